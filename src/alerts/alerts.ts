import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { Secret } from './destination.ts';
import { destinations } from './index.ts';

/** One destination of `alerts.json`: its `type` picks the schema from the list of destinations. */
const Configured = v.lazy((input) => {
  const type = typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
  const found = destinations.find((destination) => destination.type === type);
  return found?.config ?? v.strictObject({ type: v.picklist(destinations.map((destination) => destination.type)) });
});

/** `rules/alerts.json`: where alerts and forwards can go. */
export const Alerts = v.pipe(
  v.strictObject({
    $schema: v.optional(v.string()),
    destinations: v.record(v.string(), Configured),
    /** Where an alert goes that names no destination, and where Signalbox's own alerts go. */
    default: v.string(),
  }),
  v.check(
    ({ destinations: named, default: chosen }) => Object.hasOwn(named, chosen),
    'default: names no destination of this file',
  ),
);
export type Alerts = v.InferOutput<typeof Alerts>;

/** Reads `alerts.json`. @throws AppError `rule_invalid`, naming the field */
export function readAlerts(value: unknown): Alerts {
  const parsed = v.safeParse(Alerts, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new AppError('rule_invalid', `alerts.json: ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
}

/** The names of all secrets that the destinations need. */
export const secretsOf = (alerts: Alerts): readonly string[] =>
  Object.values(alerts.destinations).flatMap((config) => {
    const kind = kindOf(config);
    return kind.secrets(config).map(({ secret }: Secret) => secret);
  });

/** The kind of a configured destination. */
export function kindOf(config: object) {
  const type = 'type' in config ? config.type : undefined;
  const found = destinations.find((destination) => destination.type === type);
  if (!found) throw new AppError('rule_invalid', `alerts.json: unknown type of destination "${String(type)}"`);
  return found;
}

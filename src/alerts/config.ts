import * as v from 'valibot';
import { Match } from '../api/match.ts';
import { AppError } from '../errors.ts';
import { closest } from '../rules/model/closest.ts';
import { Hours } from '../rules/model/hours.ts';
import { Duration, described, SchemaLine } from '../rules/model/values.ts';
import type { Destination, Secret } from './destinations/destination.ts';
import { destinations } from './destinations/index.ts';

const Types = v.picklist(destinations.map((destination) => destination.type));

/** One destination of `alerts.json`: its `type` picks the schema from the list of destinations. */
export const Configured = v.lazy((input) => {
  const type =
    typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
  const found = destinations.find((destination) => destination.type === type);
  return found?.config ?? v.strictObject({ type: Types, fallback: v.optional(v.string()) });
});

const Name = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const Names = v.union([
  Name,
  v.pipe(v.array(Name), v.nonEmpty('expected at least one destination')),
]);

/** What alerts are told apart by. Not the severity: when that changes, it is the same alert. */
const GroupBy = v.array(
  v.pipe(
    v.string(),
    v.regex(
      /^(rule|owner|app_id|channel|label\..+)$/,
      'expected "rule", "owner", "app_id", "channel" or "label.<name>"',
    ),
  ),
);

const timing = {
  group_by: v.optional(
    described('What alerts are told apart by; alike ones are told together.', GroupBy),
  ),
  group_wait: v.optional(
    described(
      'How long the first message waits for more of the same.',
      v.union([v.literal('0s'), Duration], 'expected a duration like "30s", or "0s"'),
    ),
  ),
  group_interval: v.optional(
    described('The least time between two messages about one group.', Duration),
  ),
  repeat: v.optional(
    described(
      'When it is said again while it lasts.',
      v.union([v.literal('never'), Duration], 'expected a duration like "4h", or "never"'),
    ),
  ),
  resolve_after: v.optional(
    described(
      'After how long without a new one it is over.',
      v.union([v.literal('never'), Duration], 'expected a duration like "6h", or "never"'),
    ),
  ),
};

/** A branch of the route tree: which alerts take it, and where it leads. What it leaves out it has from the branch above. */
export interface Route {
  readonly name?: string | undefined;
  readonly match?: Match | undefined;
  /** A schedule by name: `to` counts within it, `else` outside; without `else` the branch is closed outside. */
  readonly schedule?: string | undefined;
  readonly to?: string | readonly string[] | undefined;
  readonly else?: string | readonly string[] | undefined;
  /** Also look at the branches after this one. */
  readonly continue?: boolean | undefined;
  readonly group_by?: readonly string[] | undefined;
  readonly group_wait?: string | undefined;
  readonly group_interval?: string | undefined;
  readonly repeat?: string | undefined;
  readonly resolve_after?: string | undefined;
  readonly routes?: readonly Route[] | undefined;
}

/** A route where one stands, so that routes can hold routes. */
export const Branch: v.GenericSchema<unknown, Route> = v.lazy(() => Route);

export const Route: v.GenericSchema<unknown, Route> = v.pipe(
  v.strictObject({
    name: v.optional(described('What the route is called where it is explained.', Name)),
    match: v.optional(described('Which alerts take it; without, all of them.', Match)),
    schedule: v.optional(
      described('A schedule by name: `to` counts within it, `else` outside.', Name),
    ),
    to: v.optional(described('Where they go: a destination, or several.', Names)),
    else: v.optional(
      described('Where they go outside the schedule; without, the next route is asked.', Names),
    ),
    continue: v.optional(described('`true`: also look at the routes after this one.', v.boolean())),
    ...timing,
    routes: v.optional(described('Routes that are asked first.', v.array(Branch))),
  }),
  v.check(
    ({ schedule, else: otherwise }) => schedule !== undefined || otherwise === undefined,
    '"else" needs a "schedule"',
  ),
);

/** While an alert that `if` means lasts, those that `mutes` means are not told, where they are alike in `same`. */
const Inhibition = v.strictObject({
  name: v.optional(described('What it is called where it is explained.', Name)),
  if: described('While one of these lasts,', Match),
  mutes: described('these are not told,', Match),
  same: v.optional(
    described('where they are alike in this. Default: app and channel.', GroupBy),
    () => ['app_id', 'channel'],
  ),
});
export type Inhibition = v.InferOutput<typeof Inhibition>;

/** `rules/alerts.json`: where alerts and forwards can go, and which go where. */
export const Alerts = v.pipe(
  v.strictObject({
    $schema: SchemaLine,
    destinations: described(
      'Where alerts and forwards can go, by name.',
      v.record(v.string(), Configured),
    ),
    default: described(
      'Where an alert goes that no route takes, and where Signalbox’s own alerts go.',
      Name,
    ),
    schedules: v.optional(described('Opening hours, by name.', v.record(v.string(), Hours)), {}),
    ...timing,
    routes: v.optional(
      described('Which alert goes where: the first route that matches takes it.', v.array(Branch)),
      [],
    ),
    inhibit: v.optional(described('Alerts that others make superfluous.', v.array(Inhibition)), []),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { path, message } of faults(dataset.value)) {
      // Where in the input it stands, as valibot's own issues say it.
      let input: unknown = dataset.value;
      const items = path.map((key) => {
        const item = { type: 'unknown', origin: 'value', input, key, value: undefined } as const;
        input = typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
        return item;
      });
      const [first, ...rest] = items;
      addIssue({ message, ...(first ? { path: [first, ...rest] } : {}) });
    }
  }),
);
export type Alerts = v.InferOutput<typeof Alerts>;

/** The keys of `alerts.json`, for hints. */
export const ALERTS_KEYS = [
  'destinations',
  'default',
  'schedules',
  'routes',
  'inhibit',
  ...Object.keys(timing),
];

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Names that lead nowhere. */
function* faults(alerts: {
  destinations: Readonly<Record<string, { fallback?: string | undefined }>>;
  default: string;
  schedules: object;
  routes: readonly Route[];
}): Generator<Fault> {
  const known = Object.keys(alerts.destinations);
  const schedules = Object.keys(alerts.schedules);
  const taken = new Set(['default']);
  const missing = (what: string, name: string, names: readonly string[]) =>
    [`names no ${what} of this file ("${name}")`, closest(name, names)].filter(Boolean).join(': ');

  if (!known.includes(alerts.default))
    yield {
      path: ['default'],
      message: `default: ${missing('destination', alerts.default, known)}`,
    };
  for (const [name, { fallback }] of Object.entries(alerts.destinations)) {
    if (fallback === undefined) continue;
    const path = ['destinations', name, 'fallback'];
    if (fallback === name) yield { path, message: 'a destination cannot be its own fallback' };
    else if (!known.includes(fallback))
      yield { path, message: missing('destination', fallback, known) };
  }
  yield* inRoutes(alerts.routes, ['routes']);

  function* inRoutes(
    routes: readonly Route[],
    under: readonly (string | number)[],
  ): Generator<Fault> {
    for (const [index, branch] of routes.entries()) {
      const path = [...under, index];
      for (const key of ['to', 'else'] as const) {
        for (const name of namesOf(branch[key]))
          if (!known.includes(name))
            yield { path: [...path, key], message: missing('destination', name, known) };
      }
      if (branch.schedule !== undefined && !schedules.includes(branch.schedule))
        yield {
          path: [...path, 'schedule'],
          message: missing('schedule', branch.schedule, schedules),
        };
      if (branch.name !== undefined && taken.has(branch.name))
        yield { path: [...path, 'name'], message: `another route is called "${branch.name}" too` };
      if (branch.name !== undefined) taken.add(branch.name);
      yield* inRoutes(branch.routes ?? [], [...path, 'routes']);
    }
  }
}

/** One name or several, as a list. */
export const namesOf = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;

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

/** The destinations that need the binding for mails. */
export const mailing = (alerts: Alerts): readonly string[] =>
  Object.entries(alerts.destinations)
    .filter(([, config]) => kindOf(config).mail)
    .map(([name]) => name);

/** The kind of a configured destination. */
export function kindOf(config: object): Destination {
  const type = 'type' in config ? config.type : undefined;
  const found = destinations.find((destination) => destination.type === type);
  if (!found)
    throw new AppError(
      'rule_invalid',
      `alerts.json: unknown type of destination "${String(type)}"`,
    );
  return found;
}

/** A destination by its name. @throws AppError `destination_refused` where there is none */
export function destinationNamed(
  alerts: Alerts,
  name: string,
): { readonly fallback?: string | undefined } {
  const config = Object.hasOwn(alerts.destinations, name) ? alerts.destinations[name] : undefined;
  if (!config)
    throw new AppError('destination_refused', `alerts.json has no destination "${name}"`);
  return config;
}

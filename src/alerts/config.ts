import * as v from 'valibot';
import { Match } from '../api/alerts/match.ts';
import { AppError } from '../errors.ts';
import { closestOrAll } from '../rules/model/closest.ts';
import { Hours } from '../rules/model/hours.ts';
import { Duration, described, SchemaLine } from '../rules/model/values.ts';
import type { Destination, Secret } from './destinations/destination.ts';
import { destinations } from './destinations/index.ts';
import { Heartbeat, heartbeatFaults } from './heartbeat.ts';

const Types = v.picklist(destinations.map((destination) => destination.type));

/** One destination of `alerts.json`: its `type` picks the schema from the list of destinations. */
export const Configured = v.lazy((input) => {
  const type =
    typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
  const found = destinations.find((destination) => destination.type === type);
  // Its other settings are those of the type that was meant.
  return found?.config ?? v.looseObject({ type: Types, fallback: v.optional(v.string()) });
});

const Name = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const Names = v.union([
  Name,
  v.pipe(v.array(Name), v.nonEmpty('expected at least one destination')),
]);

/** The fields by which alerts are grouped. Severity is not one: an alert whose severity changes is the same alert. */
const GroupBy = v.array(
  v.pipe(
    v.string(),
    v.regex(
      /^(rule|owner|app_id|channel|about|label\..+)$/,
      'expected "rule", "owner", "app_id", "channel", "about" or "label.<name>"',
    ),
  ),
);

const timing = {
  group_by: v.optional(
    described('The fields by which alerts are grouped; a group gets one message.', GroupBy),
  ),
  group_wait: v.optional(
    described(
      'How long the first message waits for more alerts of the group.',
      v.union([v.literal('0s'), Duration], 'expected a duration like "30s", or "0s"'),
    ),
  ),
  group_interval: v.optional(
    described('The least time between two messages about one group.', Duration),
  ),
  repeat: v.optional(
    described(
      'How often the message is repeated while the alert is active.',
      v.union([v.literal('never'), Duration], 'expected a duration like "4h", or "never"'),
    ),
  ),
  resolve_after: v.optional(
    described(
      'How long after the last alert the group is resolved.',
      v.union([v.literal('never'), Duration], 'expected a duration like "6h", or "never"'),
    ),
  ),
};

/** A node of the route tree: which alerts match it, and where they go. It inherits the fields that it leaves out. */
export interface Route {
  readonly name?: string | undefined;
  readonly match?: Match | undefined;
  /** A schedule by name: `to` applies within it, `else` outside; without `else` the route does not match outside. */
  readonly schedule?: string | undefined;
  readonly to?: string | readonly string[] | undefined;
  readonly else?: string | readonly string[] | undefined;
  /** Also try the routes after this one. */
  readonly continue?: boolean | undefined;
  readonly group_by?: readonly string[] | undefined;
  readonly group_wait?: string | undefined;
  readonly group_interval?: string | undefined;
  readonly repeat?: string | undefined;
  readonly resolve_after?: string | undefined;
  readonly routes?: readonly Route[] | undefined;
}

/** A route inside a route. */
export const Branch: v.GenericSchema<unknown, Route> = v.lazy(() => Route);

export const Route: v.GenericSchema<unknown, Route> = v.pipe(
  v.strictObject({
    name: v.optional(described('The name of the route in explanations.', Name)),
    match: v.optional(described('Which alerts match; all if missing.', Match)),
    schedule: v.optional(
      described('A schedule by name: `to` applies within it, `else` outside.', Name),
    ),
    to: v.optional(described('The destination, or several.', Names)),
    else: v.optional(
      described(
        'The destination outside the schedule; if missing, the next route is tried.',
        Names,
      ),
    ),
    continue: v.optional(described('`true`: also try the routes after this one.', v.boolean())),
    ...timing,
    routes: v.optional(described('Routes that are tried first.', v.array(Branch))),
  }),
  v.forward(
    v.check(
      ({ schedule, else: otherwise }) => schedule !== undefined || otherwise === undefined,
      '"else" needs a "schedule": it is the destination outside of it. Add one, or remove "else"',
    ),
    ['else'],
  ),
);

/** While an alert that matches `if` is active, alerts that match `mutes` are not sent if they have the same values in `same`. */
const Inhibition = v.strictObject({
  name: v.optional(described('The name of the inhibition in explanations.', Name)),
  if: described('While one of these is active,', Match),
  mutes: described('these are not sent,', Match),
  same: v.optional(
    described('if they have the same values in these fields. Default: app and channel.', GroupBy),
    () => ['app_id', 'channel'],
  ),
});
export type Inhibition = v.InferOutput<typeof Inhibition>;

/** `rules/alerts.json`: the destinations of alerts and forwards, and the routes of alerts. */
export const Alerts = v.pipe(
  v.strictObject({
    $schema: SchemaLine,
    destinations: described(
      'The destinations of alerts and forwards, by name.',
      v.record(v.string(), Configured),
    ),
    default: described(
      'The destination of alerts that match no route, and of Signalbox’s own alerts.',
      Name,
    ),
    schedules: v.optional(
      described('Schedules (opening hours), by name.', v.record(v.string(), Hours)),
      {},
    ),
    ...timing,
    routes: v.optional(
      described('The routes of alerts: the first one that matches applies.', v.array(Branch)),
      [],
    ),
    inhibit: v.optional(
      described('Alerts that are not sent while another one is active.', v.array(Inhibition)),
      [],
    ),
    heartbeats: v.optional(
      described('Triggers whose callbacks must keep arriving.', v.array(Heartbeat)),
      [],
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { path, message } of faults(dataset.value)) {
      // The path in the form of valibot's own issues.
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

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** References to names that do not exist. */
function* faults(alerts: {
  destinations: Readonly<Record<string, { fallback?: string | undefined }>>;
  default: string;
  schedules: Readonly<Record<string, Hours>>;
  routes: readonly Route[];
  heartbeats: readonly Heartbeat[];
}): Generator<Fault> {
  const known = Object.keys(alerts.destinations);
  const schedules = Object.keys(alerts.schedules);
  const taken = new Set(['default']);
  const missing = (what: string, name: string, names: readonly string[]) =>
    [
      `names no ${what} of this file ("${name}")`,
      closestOrAll(name, names) ?? `add it under "${what}s", or correct the name`,
    ].join(': ');

  if (!known.includes(alerts.default))
    yield {
      path: ['default'],
      message: missing('destination', alerts.default, known),
    };
  for (const [name, { fallback }] of Object.entries(alerts.destinations)) {
    if (fallback === undefined) continue;
    const path = ['destinations', name, 'fallback'];
    if (fallback === name) yield { path, message: 'a destination cannot be its own fallback' };
    else if (!known.includes(fallback))
      yield { path, message: missing('destination', fallback, known) };
  }
  yield* inRoutes(alerts.routes, ['routes']);
  yield* heartbeatFaults(alerts.heartbeats, alerts.schedules);

  function* inRoutes(
    routes: readonly Route[],
    under: readonly (string | number)[],
  ): Generator<Fault> {
    for (const [index, branch] of routes.entries()) {
      const path = [...under, index];
      for (const key of ['to', 'else'] as const) {
        const written = branch[key];
        for (const [at, name] of namesOf(written).entries())
          if (!known.includes(name))
            yield {
              path: [...path, key, ...(typeof written === 'string' ? [] : [at])],
              message: missing('destination', name, known),
            };
      }
      if (branch.schedule !== undefined && !schedules.includes(branch.schedule))
        yield {
          path: [...path, 'schedule'],
          message: missing('schedule', branch.schedule, schedules),
        };
      if (branch.name !== undefined && taken.has(branch.name))
        yield { path: [...path, 'name'], message: `another route is also called "${branch.name}"` };
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

/** The names of all secrets of the destinations. */
export const secretsOf = (alerts: Alerts): readonly string[] =>
  Object.values(alerts.destinations).flatMap((config) => {
    const kind = kindOf(config);
    return kind.secrets(config).map(({ secret }: Secret) => secret);
  });

/** The destinations that need the binding EMAIL. */
export const mailing = (alerts: Alerts): readonly string[] =>
  Object.entries(alerts.destinations)
    .filter(([, config]) => kindOf(config).transport === 'email')
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

import { stableId } from '../callbacks/callback-id.ts';
import { isWithin, saidHours } from '../rules/model/hours.ts';
import { milliseconds } from '../rules/model/values.ts';
import { type Alerts, namesOf, type Route } from './config.ts';
import { type Alert, fieldOf, matches, saidMatch } from './match.ts';

/** When a group is told, in milliseconds. */
export interface Timing {
  readonly wait: number;
  readonly interval: number;
  /** `null`: never. */
  readonly repeat: number | null;
  readonly quiet: number | null;
  /** What happened only once is told only once: not repeated, and its end is told only where an incident is open. */
  readonly once: boolean;
}

/** One way that an alert takes. */
export interface Routed {
  /** The route's name, or its place in the tree: `2.1`. */
  readonly route: string;
  /** The destinations, as the hour is. */
  readonly to: readonly string[];
  /** Why this route, in words. */
  readonly reason: string;
  readonly timing: Timing;
  /** What the group has in common, by name. */
  readonly group: Readonly<Record<string, string>>;
}

/** What else decides about an alert's way. */
export interface Wish {
  /** The destination that the rule itself names: no route is asked. */
  readonly to?: string | undefined;
  /** Another rule says when it is over. */
  readonly resolvable: boolean;
  /** No wait is longer, in milliseconds: on somebody's own machine. */
  readonly atMost?: number | undefined;
}

const DEFAULTS = {
  group_by: ['rule', 'app_id', 'channel', 'label.trouble'],
  group_wait: '30s',
  group_interval: '5m',
  repeat: '4h',
  resolve_after: '6h',
} as const;

/**
 * The ways of an alert: pure, and the only place that knows. The first branch that matches takes it, and its own branches
 * are asked first; `continue` lets the next one look too. What no branch takes, the default catches.
 */
export function route(alert: Alert, wish: Wish, alerts: Alerts, now: number): readonly Routed[] {
  const root: Route = { ...alerts, to: alerts.default, routes: undefined };
  if (wish.to !== undefined)
    return [
      routed(
        `to:${wish.to}`,
        { ...root, to: wish.to },
        [wish.to],
        'the rule itself names the destination',
        alert,
        wish,
      ),
    ];
  const found = walk(alerts.routes, root, '');
  if (found.length > 0) return found;
  const why =
    alerts.routes.length === 0
      ? 'there are no routes: the default'
      : 'no route matches: the default';
  return [routed('default', root, [alerts.default], why, alert, wish)];

  function walk(routes: readonly Route[], above: Route, under: string): readonly Routed[] {
    const ways: Routed[] = [];
    for (const [index, branch] of routes.entries()) {
      const place = `${under}${index + 1}`;
      if (!matches(branch.match ?? {}, alert)) continue;
      const own = inherited(branch, above);
      const hours = hoursOf(branch, alerts, now);
      if (hours.closed) continue;
      const inner = walk(branch.routes ?? [], own, `${place}.`);
      const name = branch.name ?? place;
      const words = [saidMatch(branch.match ?? {}), ...hours.words].join(', ');
      const to = hours.otherwise ? namesOf(branch.else) : namesOf(own.to);
      ways.push(
        ...(inner.length > 0
          ? inner
          : [routed(name, own, to, `route ${name}: ${words}`, alert, wish)]),
      );
      if (!branch.continue) break;
    }
    return ways;
  }
}

/** What a branch leaves out it has from above; its match, schedule and branches are its own. */
const inherited = (branch: Route, above: Route): Route => ({
  ...branch,
  to: branch.to ?? above.to,
  group_by: branch.group_by ?? above.group_by,
  group_wait: branch.group_wait ?? above.group_wait,
  group_interval: branch.group_interval ?? above.group_interval,
  repeat: branch.repeat ?? above.repeat,
  resolve_after: branch.resolve_after ?? above.resolve_after,
});

interface HoursNow {
  readonly closed: boolean;
  readonly otherwise: boolean;
  readonly words: readonly string[];
}

function hoursOf(branch: Route, { schedules }: Alerts, now: number): HoursNow {
  const name = branch.schedule;
  const hours = name === undefined ? undefined : schedules[name];
  if (name === undefined || !hours) return { closed: false, otherwise: false, words: [] };
  const within = isWithin(hours)(now);
  return {
    closed: !within && branch.else === undefined,
    otherwise: !within,
    words: [`${within ? 'within' : 'outside'} ${name}, ${saidHours(hours)}`],
  };
}

function routed(
  name: string,
  own: Route,
  to: readonly string[],
  reason: string,
  alert: Alert,
  { resolvable, atMost = Number.POSITIVE_INFINITY }: Wish,
): Routed {
  const span = (written: string): number | null =>
    written === 'never' ? null : written === '0s' ? 0 : milliseconds(written);
  // The first word of something critical does not wait for company.
  const wait = own.group_wait ?? (alert.severity === 'critical' ? '0s' : DEFAULTS.group_wait);
  const quiet = own.resolve_after ?? (resolvable ? 'never' : DEFAULTS.resolve_after);
  const fields = (own.group_by ?? DEFAULTS.group_by).map(
    (field) => [field, fieldOf(alert, field)] as const,
  );
  return {
    route: name,
    to,
    reason,
    timing: {
      wait: Math.min(span(wait) ?? 0, atMost),
      interval: Math.min(span(own.group_interval ?? DEFAULTS.group_interval) ?? 0, atMost),
      repeat: span(own.repeat ?? DEFAULTS.repeat),
      quiet: span(quiet),
      once: own.repeat === undefined && own.resolve_after === undefined && !resolvable,
    },
    group: Object.fromEntries(
      fields.filter(
        (field): field is [string, string] => field[1] !== undefined && field[1] !== '',
      ),
    ),
  };
}

/** The id of a group: the same for the same route and the same values of what it is grouped by. */
export const groupId = ({ route: name, group }: Pick<Routed, 'route' | 'group'>): Promise<string> =>
  stableId(['alert group', name, ...Object.entries(group).flat()]);

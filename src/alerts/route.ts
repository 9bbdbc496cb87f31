import { stableId } from '../crypto/stable-id.ts';
import { formatHours, isWithin } from '../rules/model/hours.ts';
import { milliseconds } from '../rules/model/values.ts';
import { type Alerts, namesOf, type Route } from './config.ts';
import { type Alert, describeMatch, fieldOf, matches } from './match.ts';

/** When messages about a group are sent, in milliseconds. */
export interface Timing {
  readonly wait: number;
  readonly interval: number;
  /** `null`: never. */
  readonly repeat: number | null;
  readonly quiet: number | null;
  /** An alert that came only once is sent once: it is not repeated, and its end is sent only to destinations with open incidents. */
  readonly once: boolean;
}

/** An alert on one of its routes. */
export interface Routed {
  /** The route's name, or its position in the tree: `2.1`. */
  readonly route: string;
  /** The destinations at this hour. */
  readonly to: readonly string[];
  /** Why this route applies, as text. */
  readonly reason: string;
  readonly timing: Timing;
  /** The fields and values by which it is grouped. */
  readonly group: Readonly<Record<string, string>>;
}

/** Further inputs to routing. */
export interface RouteOptions {
  /** The destination that the rule names: routes are not used. */
  readonly to?: string | undefined;
  /** Another rule resolves it. */
  readonly resolvable: boolean;
  /** The longest wait, in milliseconds (setting `ALERT_MAX_WAIT`). */
  readonly maxWait?: number | undefined;
}

const DEFAULTS = {
  group_by: ['rule', 'app_id', 'channel', 'label.trouble'],
  group_wait: '30s',
  group_interval: '5m',
  repeat: '4h',
  resolve_after: '6h',
} as const;

/**
 * The routes of an alert. Pure, and the only implementation of routing. The first matching route applies, its nested routes first;
 * `continue` also tries the next one. An alert that matches no route goes to the default.
 */
export function route(
  alert: Alert,
  wish: RouteOptions,
  alerts: Alerts,
  now: number,
): readonly Routed[] {
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
      const words = [describeMatch(branch.match ?? {}), ...hours.words].join(', ');
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

/** A route with the fields that it inherits; match, schedule and nested routes are not inherited. */
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
    words: [`${within ? 'within' : 'outside'} ${name}, ${formatHours(hours)}`],
  };
}

function routed(
  name: string,
  own: Route,
  to: readonly string[],
  reason: string,
  alert: Alert,
  { resolvable, maxWait = Number.POSITIVE_INFINITY }: RouteOptions,
): Routed {
  const span = (written: string): number | null =>
    written === 'never' ? null : written === '0s' ? 0 : milliseconds(written);
  // The first message about a critical alert does not wait for others.
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
      wait: Math.min(span(wait) ?? 0, maxWait),
      interval: Math.min(span(own.group_interval ?? DEFAULTS.group_interval) ?? 0, maxWait),
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

/** The id of a group: the same for the same route and the same grouping values. */
export const groupId = ({ route: name, group }: Pick<Routed, 'route' | 'group'>): Promise<string> =>
  stableId(['alert group', name, ...Object.entries(group).flat()]);

import * as v from 'valibot';
import type { Match } from '../api/alerts/match.ts';
import type { Finding } from '../rules/model/finding.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import { formatDuration, milliseconds } from '../rules/model/values.ts';
import { Alerts, type Route } from './config.ts';
import { covers, describeMatch } from './match.ts';

/** Findings about routes that no alert reaches, and about times of a route that contradict each other. */
export function unreached({ alerts }: Pick<RulebookSource, 'alerts'>): readonly Finding[] {
  const read = v.safeParse(Alerts, alerts);
  if (!read.success) return [];
  return [...contradictions(read.output, []), ...inRoutes(read.output.routes, ['routes'])];
}

function inRoutes(routes: readonly Route[], under: Finding['path']): readonly Finding[] {
  return routes.flatMap((route, index) => {
    const path = [...under, index];
    const own = contradictions(route, path);
    const taker = routes.slice(0, index).find((earlier) => takesAll(earlier, route.match ?? {}));
    if (!taker) return [...own, ...inRoutes(route.routes ?? [], [...path, 'routes'])];
    const name = taker.name ?? `route ${routes.indexOf(taker) + 1}`;
    return [
      ...own,
      warning(
        [...path, route.name === undefined ? 'match' : 'name'],
        'never-reached',
        `no alert reaches this route: "${name}" before it takes ${describeMatch(taker.match ?? {})}`,
        `move it before "${name}", or add "continue": true to "${name}"`,
      ),
    ];
  });
}

/** Whether a route takes every alert of a match, at any hour, and passes none on. */
const takesAll = (route: Route, match: Match): boolean =>
  !route.continue &&
  (route.schedule === undefined || route.else !== undefined) &&
  covers(route.match ?? {}, match);

type Times = Pick<Route, 'group_wait' | 'group_interval' | 'repeat' | 'resolve_after'>;

function contradictions(times: Times, path: Finding['path']): readonly Finding[] {
  const pairs = [
    ['repeat', 'group_interval', 'is not repeated more often than that'],
    ['resolve_after', 'group_interval', 'would be resolved before its next message'],
    ['resolve_after', 'group_wait', 'would be resolved before its first message'],
  ] as const;
  return pairs.flatMap(([short, long, why]) => {
    const [less, more] = [times[short], times[long]];
    if (less === undefined || less === 'never' || more === undefined || more === '0s') return [];
    if (milliseconds(less) >= milliseconds(more)) return [];
    return warning(
      [...path, short],
      'times-contradict',
      `"${short}" (${formatDuration(less)}) is shorter than "${long}" (${formatDuration(more)}): an alert ${why}`,
      `write at least "${more}"`,
    );
  });
}

const warning = (
  path: Finding['path'],
  code: Finding['code'],
  message: string,
  hint: string,
): Finding => ({ file: 'alerts.json', path, code, severity: 'warning', message, hint });

import * as v from 'valibot';
import type { Finding } from '../rules/model/finding.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import { Alerts, namesOf, type Route } from './config.ts';

/**
 * Findings about destinations and schedules of `alerts.json` that no route, rule, fallback or heartbeat names.
 * @param byRules the destinations that the actions of rules name
 */
export function unused(
  { alerts }: Pick<RulebookSource, 'alerts'>,
  byRules: readonly string[],
): readonly Finding[] {
  const read = v.safeParse(Alerts, alerts);
  if (!read.success) return [];
  const { destinations, schedules, default: standard, heartbeats } = read.output;
  const routes = allRoutes(read.output.routes);
  const named = new Set([
    standard,
    ...routes.flatMap((route) => [...namesOf(route.to), ...namesOf(route.else)]),
    ...Object.values(destinations).flatMap(({ fallback }) => fallback ?? []),
    ...byRules,
  ]);
  const followed = new Set([
    ...routes.flatMap(({ schedule }) => schedule ?? []),
    ...heartbeats.flatMap(({ hours }) => (typeof hours === 'string' ? hours : [])),
  ]);
  return [
    ...Object.keys(destinations)
      .filter((name) => !named.has(name))
      .map((name) =>
        finding(
          ['destinations', name],
          `nothing is sent to the destination "${name}": no route and no rule names it`,
          `add a route: {"match": {"owner": "…"}, "to": "${name}"}, or remove it`,
        ),
      ),
    ...Object.keys(schedules)
      .filter((name) => !followed.has(name))
      .map((name) =>
        finding(
          ['schedules', name],
          `no route and no heartbeat follows the schedule "${name}"`,
          `write "schedule": "${name}" into a route, or remove it`,
        ),
      ),
  ];
}

const allRoutes = (routes: readonly Route[]): readonly Route[] =>
  routes.flatMap((route) => [route, ...allRoutes(route.routes ?? [])]);

const finding = (path: Finding['path'], message: string, hint: string): Finding => ({
  file: 'alerts.json',
  path,
  code: 'unused',
  severity: 'warning',
  message,
  hint,
});

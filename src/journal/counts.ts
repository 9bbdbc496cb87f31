import * as v from 'valibot';
import type { Entry } from './entry.ts';

/** The length of the periods that counts are stored for, in milliseconds. */
export const HOUR = 3_600_000;

/** What is counted: all callbacks, callbacks by a property, and rules by their outcome. */
export type CountKind =
  | 'callback'
  | 'trigger'
  | 'channel'
  | 'app'
  | 'reason'
  | 'fired'
  | 'shadow'
  | 'erred';

/** Returns what an entry adds to the counts of its hour. A decision of a rulebook in shadow counts its rules only. */
export function countedIn(entry: Entry): readonly (readonly [CountKind, string])[] {
  const { shadow, trigger, channel, appId, reasonCode, rules } = entry;
  const found = countedRules(rules);
  if (shadow) return found;
  found.push(['callback', ''], ['trigger', trigger], ['app', appId]);
  if (channel !== undefined) found.push(['channel', channel]);
  if (reasonCode !== undefined) found.push(['reason', reasonCode]);
  return found;
}

/** Returns what rules add to the counts. */
export const countedRules = (rules: Entry['rules']): [CountKind, string][] =>
  rules.map(({ rule, outcome }) => [outcome, rule]);

/** Returns the start of an hour, in milliseconds since 1970. */
export const hourOf = (at: number): number => Math.floor(at / HOUR) * HOUR;

const CountRow = v.object({ kind: v.string(), name: v.string(), n: v.number() });
export type CountRow = v.InferOutput<typeof CountRow>;

/** Sums the counts of the hours from that of `since` on (milliseconds since 1970). */
export const countsSince = (since: number, DB: D1Database): D1PreparedStatement =>
  DB.prepare('SELECT kind, name, sum(n) AS n FROM counts WHERE hour >= ? GROUP BY kind, name').bind(
    hourOf(since),
  );

export const readCounts = (results: unknown): readonly CountRow[] =>
  v.parse(v.array(CountRow), results);

/** How far back an app is known, in milliseconds. */
const APPS = 14 * 24 * HOUR;

/** Returns the apps of the callbacks of the last weeks. */
export async function recentApps(DB: D1Database): Promise<readonly string[]> {
  const { results } = await DB.prepare(
    "SELECT DISTINCT name FROM counts WHERE kind = 'app' AND hour >= (SELECT max(hour) FROM counts) - ? AND name <> ''",
  )
    .bind(APPS)
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

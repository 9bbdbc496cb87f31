import * as v from 'valibot';
import { Match } from '../api/alerts/match.ts';
import type { Inhibition } from './config.ts';
import { type Alert, describeMatch, fieldOf, matches } from './match.ts';

/** A silence: which alerts it mutes, until when, set by whom and why. Times are milliseconds since 1970. */
export const Silence = v.object({
  id: v.string(),
  match: Match,
  until: v.number(),
  actor: v.string(),
  reason: v.string(),
  at: v.number(),
});
export type Silence = v.InferOutput<typeof Silence>;

/** The longest active silence that matches an alert. */
export const silencedBy = (
  alert: Alert,
  silences: readonly Silence[],
  now: number,
): Silence | undefined =>
  silences
    .filter(({ match, until, at }) => at <= now && now < until && matches(match, alert))
    .toSorted((a, b) => b.until - a.until)[0];

/** The active alert that inhibits an alert, by `inhibit` in alerts.json. An alert that itself matches `if` is not inhibited. */
export function inhibitedBy(
  alert: Alert,
  firing: readonly Alert[],
  inhibitions: readonly Inhibition[],
): { readonly by: Alert; readonly reason: string } | undefined {
  for (const inhibition of inhibitions) {
    if (!matches(inhibition.mutes, alert) || matches(inhibition.if, alert)) continue;
    const by = firing.find(
      (other) =>
        matches(inhibition.if, other) &&
        inhibition.same.every(
          (field) => (fieldOf(other, field) ?? '') === (fieldOf(alert, field) ?? ''),
        ),
    );
    if (by)
      return {
        by,
        reason:
          inhibition.name ??
          `${describeMatch(inhibition.if)} mutes ${describeMatch(inhibition.mutes)}`,
      };
  }
  return undefined;
}

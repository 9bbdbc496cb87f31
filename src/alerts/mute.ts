import * as v from 'valibot';
import { Match } from '../api/match.ts';
import type { Inhibition } from './config.ts';
import { type Alert, fieldOf, matches, saidMatch } from './match.ts';

/** A silence as somebody set it: what it means, until when, by whom and why. Times are milliseconds since 1970. */
export const Silence = v.object({
  id: v.string(),
  match: Match,
  until: v.number(),
  actor: v.string(),
  reason: v.string(),
  at: v.number(),
});
export type Silence = v.InferOutput<typeof Silence>;

/** The silence that lasts longest of those that mean an alert now. */
export const silencedBy = (
  alert: Alert,
  silences: readonly Silence[],
  now: number,
): Silence | undefined =>
  silences
    .filter(({ match, until, at }) => at <= now && now < until && matches(match, alert))
    .toSorted((a, b) => b.until - a.until)[0];

/** What inhibits an alert: an alert that lasts and that a rule of `inhibit` puts above it. Nothing inhibits its own kind. */
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
          inhibition.name ?? `${saidMatch(inhibition.if)} mutes ${saidMatch(inhibition.mutes)}`,
      };
  }
  return undefined;
}

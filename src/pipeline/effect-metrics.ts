import { effectSeconds, effectsTotal, queueSeconds } from '../objects/metrics/definitions.ts';
import type { Effect } from '../work/effect.ts';
import type { DeadLetter, EffectOutcome, Services } from '../work/services.ts';

/** Counts for `/metrics` how long a message waited before its first try. */
export function countWait(
  queue: DeadLetter['queue'],
  { attempts, timestamp }: Pick<Message<unknown>, 'attempts' | 'timestamp'>,
  { metrics, now }: Pick<Services, 'metrics' | 'now'>,
): void {
  if (attempts === 1)
    metrics.observe(queueSeconds, { queue }, (now() - timestamp.getTime()) / 1000);
}

/** Counts the outcome of an effect for `/metrics`, and how long after the event it was done. */
export function countEffect(
  { action, subject }: Effect,
  outcome: EffectOutcome['outcome'],
  { metrics, now }: Pick<Services, 'metrics' | 'now'>,
): void {
  metrics.count(effectsTotal, { action, outcome });
  if (outcome === 'done')
    metrics.observe(effectSeconds, { action }, (now() - subject.eventTime) / 1000);
}

import { actionNamed } from '../actions/index.ts';
import type { EffectQueue, Work } from '../work/effect.ts';
import type { Services } from '../work/services.ts';

/** Returns the queue that work waits on: that of its action, else `effects`. */
export const queueOf = (work: Work): EffectQueue =>
  (work.kind === 'effect' ? actionNamed(work.action)?.queue : undefined) ?? 'effects';

/** Puts one message on the queue of its work. */
export async function sendWork(
  body: Work,
  services: Pick<Services, EffectQueue>,
  delaySeconds = 0,
): Promise<void> {
  await services[queueOf(body)].sendBatch([{ body, delaySeconds }]);
}

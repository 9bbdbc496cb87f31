import type { Work } from './effect.ts';
import { actionNamed } from './index.ts';
import type { Services } from './services.ts';
import { weightOf } from './weight.ts';

/** A queue takes 100 messages or 256 KB in one `sendBatch`. Source: Cloudflare Queues, limits. */
const BATCH = { messages: 100, bytes: 240_000 };

/** Puts work on the queue: one `sendBatch` unless it is too much for one. Waits are those of the actions, at most the setting's. */
export async function enqueue(work: readonly Work[], services: Services): Promise<void> {
  const messages = work.map((body) => ({ body, ...delayOf(body, services.settings.maxRetryDelay) }));
  let batch: typeof messages = [];
  let bytes = 0;
  for (const message of messages) {
    const size = weightOf(message.body);
    if (batch.length > 0 && (batch.length === BATCH.messages || bytes + size > BATCH.bytes)) {
      await services.effects.sendBatch(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) await services.effects.sendBatch(batch);
}

function delayOf(work: Work, most: number): { delaySeconds?: number } {
  if (work.kind !== 'effect') return {};
  const wanted = actionNamed(work.action)?.delay?.(work.params, work.facts);
  return wanted === undefined ? {} : { delaySeconds: Math.floor(Math.min(spread(wanted), most / 1000)) };
}

/** Up to a tenth more, so that what failed together does not return together. */
const spread = (seconds: number): number => seconds * (1 + Math.random() / 10);

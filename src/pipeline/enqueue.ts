import { actionNamed } from '../actions/index.ts';
import type { Work } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { jsonSize } from './message-size.ts';
import { trouble } from './operator-alert.ts';

/** A queue takes 100 messages or 256 KB in one `sendBatch`. Source: Cloudflare Queues, limits. */
const BATCH = { messages: 100, bytes: 240_000 };

/** A queue takes 128 KB in one message; metadata of about 100 bytes counts. Source: Cloudflare Queues, limits. */
const MOST = 127_500;

/** Puts work on the queue: one `sendBatch` unless it is too much for one. Waits are those of the actions, at most the setting's. */
export async function enqueue(work: readonly Work[], services: Services): Promise<void> {
  const messages = work.map((body) => ({
    body,
    ...delayOf(body, services.settings.maxRetryDelay),
  }));
  let batch: typeof messages = [];
  let bytes = 0;
  const tooLarge: Work[] = [];
  for (const message of messages) {
    const size = jsonSize(message.body);
    if (size > MOST) {
      tooLarge.push(message.body);
      continue;
    }
    if (batch.length > 0 && (batch.length === BATCH.messages || bytes + size > BATCH.bytes)) {
      await services.effects.sendBatch(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) await services.effects.sendBatch(batch);
  for (const what of tooLarge) await rejectOversized(what, services);
}

/** All work is made to fit. If some does not, it must not hinder the rest for good: it is kept, and told. */
async function rejectOversized(work: Work, services: Services): Promise<void> {
  const what =
    work.kind === 'effect'
      ? `${work.action} of rule ${work.rule.name}`
      : `a message of kind ${work.kind}`;
  const reason = `it has ${jsonSize(work)} bytes, and a queue takes 128 KB a message`;
  console.error({ event: 'queue.too-large', what, reason });
  await services.deadLetters.keep({
    queue: 'effects',
    work,
    code: 'action_impossible',
    reason,
    attempts: 0,
  });
  const text = `${what} was too large for the queue and was not done: ${reason}. GET /v1/dead-letters shows it. Please report it: this is a bug.`;
  await services.effects.sendBatch([
    {
      body: trouble(
        `${what} was too large for the queue`.slice(0, 200),
        text.slice(0, 2000),
        services.now(),
      ),
    },
  ]);
}

function delayOf(work: Work, most: number): { delaySeconds?: number } {
  if (work.kind !== 'effect') return {};
  const wanted = actionNamed(work.action)?.delay?.(work.params, work.facts);
  return wanted === undefined
    ? {}
    : { delaySeconds: Math.floor(Math.min(spread(wanted), most / 1000)) };
}

/** Up to a tenth more, so that what failed together does not return together. */
const spread = (seconds: number): number => seconds * (1 + Math.random() / 10);

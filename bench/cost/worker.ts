import * as original from '../../src/worker.ts';
import { bytesInD1, bytesInR2, countingD1, countingKv, countingR2 } from './bindings.ts';
import { advance, setTime, settle, time } from './clock.ts';
import type { Counted, Setup, Timed } from './counts.ts';
import { count, counted, countFor, isBusy } from './meter.ts';
import { bytesInObjects, countingClass, countingNamespace } from './objects.ts';
import { openQueues } from './queues.ts';

/** Signalbox, of which everything billable is counted, by a clock that its driver moves. */
const worker = original.default;
let counting: Record<string, unknown> | undefined;
const countingEnv = (): object => counting ?? {};
const classes = <T>(Original: T, binding: string): T =>
  // The class has the methods of the original.
  countingClass(Original as never, binding, countingEnv) as T;

export const AlertDesk = classes(original.AlertDesk, 'ALERT_DESK');
export const AlertGroup = classes(original.AlertGroup, 'ALERT_GROUPS');
export const Budgets = classes(original.Budgets, 'BUDGETS');
export const Changes = classes(original.Changes, 'CHANGES');
export const Claims = classes(original.Claims, 'CLAIMS');
export const Fifo = classes(original.Fifo, 'FIFO');
export const Heartbeats = classes(original.Heartbeats, 'HEARTBEATS');
export const Messages = classes(original.Messages, 'MESSAGES');
export const Metrics = classes(original.Metrics, 'METRICS');
export const Pauses = classes(original.Pauses, 'PAUSES');
export const Recipients = classes(original.Recipients, 'RECIPIENTS');
export const Refusals = classes(original.Refusals, 'REFUSALS');
export const Rulebooks = classes(original.Rulebooks, 'RULEBOOKS');
export const Senders = classes(original.Senders, 'SENDERS');
export const Tally = classes(original.Tally, 'TALLY');
export { SignalboxRpc } from '../../src/worker.ts';

/** Sinch and every receiver: nothing leaves the machine. */
let posted = 0;
globalThis.fetch = async (input) => {
  const url = new Request(input as string).url;
  if (url.includes('/oauth2/token'))
    return Response.json({ access_token: 'bench', expires_in: 3_600, token_type: 'bearer' });
  if (url.includes('messages:send'))
    return Response.json({ message_id: `01BENCHRESENT${posted++}`, accepted_time: '' });
  return Response.json({});
};

/** What an environment without its counters holds is left as it is: settings. */
function setUp(env: Record<string, unknown>, setup: Setup, context: ExecutionContext): void {
  setTime(setup.start);
  const all: Record<string, unknown> = { ...env };
  for (const binding of setup.objects)
    all[binding] = countingNamespace(env[binding] as DurableObjectNamespace, binding);
  all.KV = countingKv(env.KV as KVNamespace);
  all.ARCHIVE = countingR2(env.ARCHIVE as R2Bucket);
  for (const binding of ['DB', 'JOURNAL_DB'])
    all[binding] = countingD1(env[binding] as D1Database, binding);
  const queues = openQueues(setup, async (batch) => worker.queue(batch, all as never, context));
  counting = Object.assign(all, queues);
}

async function answer({ at, kind, headers, body }: Timed, context: ExecutionContext) {
  await advance(at, isBusy);
  await countFor([kind], true, async () => {
    count('requests');
    const request = new Request('https://bench.example/callbacks', {
      method: 'POST',
      headers,
      body,
    });
    const response = await worker.fetch(request, counting as never, context);
    const text = await response.text();
    if (response.status !== 200 || text.includes('deferred'))
      throw new Error(`${kind}: ${response.status} ${text}`);
  });
  await countFor([kind], false, () => settle(isBusy));
}

/** Runs both crons at a time, so that what is old goes. */
const crons = async (context: ExecutionContext): Promise<void> => {
  for (const cron of ['47 * * * *', '17 3 * * *'])
    await countFor(['crons'], false, async () => {
      count('requests');
      await worker.scheduled(
        { cron, scheduledTime: time(), noRetry: () => {} },
        counting as never,
        context,
      );
      await settle(isBusy);
    });
};

const report = (): Counted => ({
  ...counted(),
  stored: { objects: bytesInObjects(), d1: bytesInD1(), r2: bytesInR2() },
});

/** `/setup`, `/run` some callbacks, `/age` all by days, `/report`. */
export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/setup') setUp({ ...env }, await request.json<Setup>(), context);
    if (pathname === '/run')
      for (const one of await request.json<Timed[]>()) await answer(one, context);
    if (pathname === '/age') {
      const { days, most } = await request.json<{ days: number; most: number }>();
      await advance(time() + days * 86_400_000, isBusy, most);
      await crons(context);
    }
    return Response.json(report());
  },
};

import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openObjects } from '../../../src/objects/index.ts';
import { stepsOf } from '../../../src/objects/messages/calendar.ts';
import { figuresOf, grouped } from '../../../src/objects/messages/delivery-stats.ts';
import { addCounts, type Counts } from '../../../src/objects/messages/figures.ts';
import { runs } from '../../setup/runs.ts';
import { evictAll, reset } from '../storage.ts';
import { DAY, HOUR, NOW } from './sender.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW + HOUR }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const { messages } = openObjects(env, { hash: (text) => text });
const STATUSES = ['QUEUED_ON_CHANNEL', 'SWITCHING_CHANNEL', 'DELIVERED', 'READ', 'FAILED'];
const CHANNELS = ['RCS', 'SMS'];

/** What happens to a root (message 0) and to two messages that are sent again in its place. */
type Event =
  | { kind: 'submitted'; of: number; at: number }
  | { kind: 'status'; of: number; status: string; at: number; channel: string; reason: string }
  | { kind: 'link'; of: number };

const again = fc.nat({ max: 2 });
const moment = fc.integer({ min: 0, max: 8 }).map((n) => NOW + n * 10 * 60_000);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('submitted' as const), of: again, at: moment }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      of: again,
      status: fc.constantFrom(...STATUSES),
      at: moment,
      channel: fc.constantFrom(...CHANNELS),
      reason: fc.constantFrom('RATE_LIMITED', 'CHANNEL_REJECT'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('link' as const),
      of: fc.integer({ min: 1, max: 2 }),
    }),
  },
);

const idOf = (run: string, of: number): string => (of === 0 ? run : `${run}-${of}`);
const callbackOf = (run: string, one: Event): string => `${run}/${JSON.stringify(one)}`;

async function happen(run: string, batchId: string, one: Event): Promise<void> {
  const message = messages.of(idOf(run, one.of));
  if (one.kind === 'link') return message.link({ root: run, attempt: one.of });
  const { at } = one;
  if (one.kind === 'submitted')
    return message.noteSubmitted({ sealed: 's', at, appId: 'app-1', channel: 'RCS', batchId });
  const { status, channel, reason: reasonCode } = one;
  const report = { status, at, channel, appId: 'app-1', batchId, reasonCode };
  await message.noteStatus({ ...report, callbackId: callbackOf(run, one) });
}

const SPAN = { since: NOW - HOUR, until: NOW + 4 * HOUR };
const rowsNow = () => messages.figures(stepsOf('hour', SPAN, 'UTC').bounds);
const countsNow = async (): Promise<Counts> =>
  (await rowsNow()).reduce<Counts>((sum, { counts }) => addCounts(sum, counts), {});

describe('the figures', () => {
  test('are the same in any order, with any redelivery, resent or not, and each status counts a message once', async () => {
    const plan = fc.array(event, { minLength: 1, maxLength: 8 }).chain((events) =>
      fc.record({
        events: fc.constant(events),
        others: fc.shuffledSubarray([...events, ...events, ...events], {
          minLength: 3 * events.length,
        }),
        evict: fc.boolean(),
      }),
    );
    let run = 0;
    const added = async (events: readonly Event[], evict: boolean) => {
      const root = `01FIGURE${run++}`;
      const batchId = `batch-${root}`;
      const before = await rowsNow();
      for (const one of events) {
        await happen(root, batchId, one);
        if (evict) await evictAll();
      }
      // Whatever was sent again is linked in the end.
      for (const of of [1, 2]) await happen(root, batchId, { kind: 'link', of });
      const keyed = (rows: typeof before) =>
        grouped(rows, ({ step, channel }) => [String(step), channel]);
      const earlier = new Map(keyed(before).map(({ key, counts }) => [key.join(), counts]));
      const rows = keyed(await rowsNow()).map(({ key, counts }) => ({
        key: key.join(),
        counts: addCounts(counts, earlier.get(key.join()) ?? {}, -1),
      }));
      const total = rows.reduce<Counts>((sum, { counts }) => addCounts(sum, counts), {});
      const batch = await messages.batches.read(batchId, 0);
      expect(batch?.counts ?? {}).toEqual(total);
      return { rows: rows.filter(({ counts }) => Object.keys(counts).length > 0), total };
    };
    await fc.assert(
      fc.asyncProperty(plan, async ({ events, others, evict }) => {
        const { rows, total } = await added(events, false);
        expect((await added(others, evict)).rows).toEqual(rows);
        const has = (...some: string[]): boolean =>
          events.some((one) => one.kind === 'status' && some.includes(one.status));
        const once = (held: boolean): number => (held ? 1 : 0);
        const reached = has('DELIVERED', 'READ');
        expect(figuresOf(total)).toMatchObject({
          queued: once(has('QUEUED_ON_CHANNEL')),
          switched: once(has('SWITCHING_CHANNEL')),
          delivered: once(has('DELIVERED')),
          read: once(has('READ')),
          reached: once(reached),
          failed: once(has('FAILED') && !reached),
          successRate: reached || has('FAILED') ? once(reached) : undefined,
          readRate: reached ? once(has('READ')) : undefined,
        });
        // Whether the submission of a resent message came before its link must not matter; that of the root counts.
        const submitted = events.some((one) => one.kind === 'submitted' && one.of === 0);
        expect(figuresOf(total).submitted).toBe(once(submitted));
      }),
      { numRuns: runs(25) },
    );
  }, 120_000);

  test('go after 400 days', async () => {
    await happen('01OLD', 'batch-old', { kind: 'submitted', of: 0, at: NOW });
    expect(await countsNow()).toEqual({ submitted: 1 });
    vi.setSystemTime(NOW + 401 * DAY);
    const late = { kind: 'submitted' as const, of: 0, at: NOW + 401 * DAY };
    for (let n = 0; n < 200; n++) await happen(`01NEW${n}`, `batch-${n}`, late);
    expect(await countsNow()).toEqual({});
    expect(await messages.batches.read('batch-old', 0)).toBeUndefined();
  });
});

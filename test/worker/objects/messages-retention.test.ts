import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openObjects } from '../../../src/objects/index.ts';
import type { StatusNote } from '../../../src/objects/messages/lineage.ts';
import { shardOf } from '../../../src/objects/shards.ts';
import { evictAll, reset } from '../storage.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
const NOW = Date.parse('2100-01-01T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ROOT = '01ROOT';
const AGAIN = '01AGAIN';
const { messages } = openObjects(env, { hash: (text) => text });
const status = (
  said: string,
  at: number,
  more: Partial<StatusNote> = {},
): Omit<StatusNote, 'messageId'> => ({
  status: said,
  at,
  callbackId: `${said}-${at}`,
  ...more,
});

const shard = (id = ROOT) => env.MESSAGES.getByName(`shard-${shardOf(id)}`);
/** The kinds of tables that hold anything on the shard of a message. */
const rows = (id = ROOT) =>
  runInDurableObject(shard(id), (_, { storage }) => [
    ...new Set(
      storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB '*_[0-9]*'")
        .toArray()
        .filter(({ name }) => storage.sql.exec(`SELECT 1 FROM ${name}`).toArray().length > 0)
        .map(({ name }) => name.replace(/_\d+$/, ''))
        .sort(),
    ),
  ]);

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('what is kept of messages', () => {
  const sweepAt = async (at: number, id = ROOT): Promise<boolean> => {
    vi.setSystemTime(at);
    return runDurableObjectAlarm(shard(id));
  };
  test('goes after its time: the message after a day, its lineage after seven and six hours', async () => {
    await messages.of(ROOT).noteSubmitted({ sealed: 'sealed', at: NOW });
    await messages.of(ROOT).noteStatus(status('FAILED', NOW, { batchId: 'batch' }));
    await messages.of(ROOT).startAttempt({ n: 1, at: NOW });
    expect(await sweepAt(NOW + DAY - 1)).toBe(true);
    expect(await rows()).toEqual(['failed', 'lineages', 'submitted']);
    expect(await sweepAt(NOW + DAY)).toBe(true);
    expect(await rows()).toEqual(['failed', 'lineages']);
    expect(await sweepAt(NOW + 7 * DAY)).toBe(true);
    expect(await rows()).toEqual(['failed', 'lineages']);
    expect(await sweepAt(NOW + 7 * DAY + 6 * HOUR)).toBe(true);
    expect(await rows()).toEqual([]);
    expect(await sweepAt(NOW + 8 * DAY)).toBe(false);
  });

  test('is not given after its time, before its table goes', async () => {
    await messages.of(ROOT).noteSubmitted({ sealed: 'sealed', at: NOW + HOUR });
    vi.setSystemTime(NOW + DAY + HOUR);
    expect((await messages.of(ROOT).read()).submitted).toBeUndefined();
    expect(await rows()).toEqual(['submitted']);
  });

  test('is when it was submitted, for seven days, of a message of which nothing else comes', async () => {
    await messages.of(ROOT).noteSubmitted({ sealed: 'sealed', at: NOW, batchId: 'batch' });
    await evictAll();
    expect(await sweepAt(NOW + DAY)).toBe(true);
    expect(await rows()).toEqual(['lineages']);
    await messages.of(ROOT).noteStatus(status('DELIVERED', NOW + 2 * DAY));
    expect(await messages.of(ROOT).read()).toMatchObject({
      submission: { at: NOW },
      batchId: 'batch',
      status: 'DELIVERED',
    });
    const [row, ...others] = await messages.figures([NOW, NOW + DAY]);
    expect([row?.counts, others]).toEqual([{ submitted: 1 }, []]);
    await sweepAt(NOW + 8 * DAY + 6 * HOUR);
    expect(await rows()).toEqual([]);
  });

  test.each([
    ['is known to be sent', false],
    ['has a status', true],
  ])('is nothing of the message of a person who was erased, while when it was submitted stays: it %s', async (_, isReported) => {
    const at = NOW;
    for (const [id, person] of [
      [ROOT, 'ada'],
      [`${ROOT}-2`, 'bob'],
    ] as const) {
      await messages.of(id).noteSubmitted({ sealed: `to ${person}`, at, person });
      if (isReported) await messages.of(id).noteStatus(status('QUEUED_ON_CHANNEL', NOW));
    }
    await evictAll();
    await messages.of(ROOT).noteStatus(status('FAILED', NOW + 1));
    expect(await messages.forget(['ada'], NOW + 2)).toBe(1);
    expect(await messages.forget(['ada'], NOW + 3)).toBe(0);
    await messages.of(ROOT).noteSubmitted({ sealed: 'again', at, person: 'ada', whole: true });
    const [one, other] = await Promise.all([ROOT, `${ROOT}-2`].map((id) => messages.of(id).read()));
    expect([one?.submitted, one?.submission?.at]).toEqual([undefined, NOW]);
    expect(other?.submitted).toBe('to bob');
    const [row] = await messages.figures([NOW, NOW + DAY]);
    expect(row?.counts).toMatchObject({ submitted: 2 });
  });

  test('stays seven days longer when it is sent again', async () => {
    await messages.of(ROOT).noteStatus(status('FAILED', NOW));
    vi.setSystemTime(NOW + 3 * DAY);
    await messages.of(ROOT).startAttempt({ n: 1, at: NOW + 3 * DAY });
    await sweepAt(NOW + 8 * DAY);
    expect(await messages.of(ROOT).read()).toMatchObject({
      status: 'FAILED',
      attempts: [{ n: 1 }],
    });
    await sweepAt(NOW + 10 * DAY + 6 * HOUR);
    expect(await rows()).toEqual([]);
  });

  test('includes where a resent message points to, for seven days', async () => {
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    await sweepAt(NOW + 7 * DAY, AGAIN);
    expect(await messages.lineage(AGAIN)).toEqual({ root: ROOT, attempt: 1 });
    await sweepAt(NOW + 7 * DAY + 6 * HOUR, AGAIN);
    expect(await rows(AGAIN)).toEqual([]);
  });

  test('is found after a change in each of many tables, and counted once', async () => {
    const spans = Array.from({ length: 12 }, (_, n) => NOW + n * 13 * HOUR);
    for (const [n, at] of spans.entries()) {
      vi.setSystemTime(at);
      await messages.of(ROOT).noteStatus(status(n === 0 ? 'DELIVERED' : 'READ', at));
      if (n % 3 === 0) await sweepAt(at + HOUR);
    }
    expect((await messages.of(ROOT).read()).statuses).toHaveLength(12);
    const [row, ...others] = await messages.figures([NOW, NOW + 30 * DAY]);
    expect(row?.counts).toMatchObject({ delivered: 1, read: 1, reached: 1, reached_read: 1 });
    expect(others).toEqual([]);
  });

  test('goes without deleting rows, however many there are', async () => {
    const written = await runInDurableObject(shard(), async (instance, { storage }) => {
      for (let n = 0; n < 2_100; n++)
        await instance.noteSubmitted(`message-${n}`, {
          ...{ sealed: 'sealed', at: NOW - 7 * DAY, until: NOW, person: `person-${n}` },
        });
      const exec = vi.spyOn(storage.sql, 'exec');
      vi.setSystemTime(NOW + 8 * DAY);
      await instance.alarm();
      return exec.mock.results.reduce((sum, { value }) => sum + value.rowsWritten, 0);
    });
    expect(await rows()).toEqual([]);
    expect(written).toBeLessThan(20);
  });
});

describe('a lineage', () => {
  test('is the same in whatever order links and statuses come, with any redelivery, and evicted at any moment', async () => {
    const STATUSES = ['QUEUED_ON_CHANNEL', 'SWITCHING_CHANNEL', 'DELIVERED', 'READ', 'FAILED'];
    type Step =
      | { kind: 'status'; of: number; said: string; at: number }
      | { kind: 'link'; of: number };
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({
        kind: fc.constant('status' as const),
        of: fc.nat({ max: 2 }),
        said: fc.constantFrom(...STATUSES),
        at: fc.integer({ min: NOW, max: NOW + 3 }),
      }),
      fc.record({ kind: fc.constant('link' as const), of: fc.integer({ min: 1, max: 2 }) }),
    );
    const plan = fc.array(step, { minLength: 1, maxLength: 6 }).chain((steps) =>
      fc.record({
        steps: fc.constant(steps),
        others: fc.shuffledSubarray([...steps, ...steps], { minLength: 2 * steps.length }),
        evict: fc.boolean(),
      }),
    );
    let lineages = 0;
    const recordAfter = async (steps: readonly Step[], evict: boolean) => {
      const lineage = `lineage-${lineages++}`;
      const id = (n: number) => `${lineage}-${n}`;
      for (const one of steps) {
        if (one.kind === 'link')
          await messages.of(id(one.of)).link({ root: id(0), attempt: one.of });
        else
          await messages
            .of(id(one.of))
            .noteStatus(
              status(one.said, one.at, { callbackId: `${one.of}-${one.said}-${one.at}` }),
            );
        if (evict) await evictAll();
      }
      // Whatever came before its link is linked in the end, as a retry that was sent always is.
      for (const n of [1, 2]) await messages.of(id(n)).link({ root: id(0), attempt: n });
      return JSON.stringify(await messages.of(id(0)).read()).replaceAll(lineage, 'lineage');
    };
    await fc.assert(
      fc.asyncProperty(plan, async ({ steps, others, evict }) => {
        expect(await recordAfter(others, evict)).toBe(await recordAfter(steps, false));
      }),
      { numRuns: 20 },
    );
  });
});

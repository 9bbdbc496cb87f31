import {
  evictAllDurableObjects,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openObjects } from '../../../src/objects/index.ts';
import type { MessageStatus } from '../../../src/objects/messages/lineage.ts';
import { shardOf } from '../../../src/objects/shards.ts';

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
  more: Partial<MessageStatus> = {},
): Omit<MessageStatus, 'messageId'> => ({
  status: said,
  at,
  callbackId: `${said}-${at}`,
  ...more,
});

const shard = (id = ROOT) => env.MESSAGES.getByName(`shard-${shardOf(id)}`);
/** The tables that hold anything on the shard of a message. */
const rows = (id = ROOT) =>
  runInDurableObject(shard(id), (_, { storage }) =>
    ['submitted', 'aliases', 'lineages', 'statuses', 'attempts'].filter(
      (table) => storage.sql.exec(`SELECT 1 FROM ${table}`).toArray().length > 0,
    ),
  );

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
  test('goes after its time: the message after a day, its lineage after seven', async () => {
    await messages.of(ROOT).noteSubmitted({ sealed: 'sealed', at: NOW });
    await messages.of(ROOT).noteStatus(status('FAILED', NOW));
    await messages.of(ROOT).startAttempt({ n: 1, at: NOW });
    expect(await sweepAt(NOW + DAY - 1)).toBe(true);
    expect(await rows()).toEqual(['submitted', 'lineages', 'statuses', 'attempts']);
    expect(await sweepAt(NOW + DAY)).toBe(true);
    expect(await rows()).toEqual(['lineages', 'statuses', 'attempts']);
    expect(await sweepAt(NOW + 7 * DAY)).toBe(true);
    expect(await rows()).toEqual([]);
    expect(await sweepAt(NOW + 8 * DAY)).toBe(false);
  });

  test('stays seven days longer when it is sent again', async () => {
    await messages.of(ROOT).noteStatus(status('FAILED', NOW));
    await messages.of(ROOT).startAttempt({ n: 1, at: NOW + 3 * DAY });
    await sweepAt(NOW + 8 * DAY);
    expect(await rows()).toEqual(['lineages', 'statuses', 'attempts']);
    await sweepAt(NOW + 10 * DAY);
    expect(await rows()).toEqual([]);
  });

  test('includes where a resent message points to, for seven days', async () => {
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    await sweepAt(NOW + 7 * DAY - 1, AGAIN);
    expect(await rows(AGAIN)).toEqual(['aliases']);
    await sweepAt(NOW + 7 * DAY, AGAIN);
    expect(await rows(AGAIN)).toEqual([]);
  });

  test('goes in several goes when it is much', async () => {
    await runInDurableObject(shard(), async (instance) => {
      for (let n = 0; n < 2_100; n++)
        await instance.noteSubmitted(`message-${n}`, {
          sealed: 'sealed',
          at: NOW - 7 * DAY,
          until: NOW,
        });
    });
    expect(await sweepAt(NOW)).toBe(true);
    expect(await rows()).toEqual(['submitted', 'lineages']);
    expect(await sweepAt(NOW)).toBe(true);
    expect(await rows()).toEqual([]);
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
        if (evict) await evictAllDurableObjects();
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

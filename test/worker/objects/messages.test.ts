import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openObjects } from '../../../src/objects/index.ts';
import type { AttemptState, MessageStatus } from '../../../src/objects/messages/lineage.ts';
import { shardOf } from '../../../src/objects/shards.ts';
import { reset } from '../storage.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
const NOW = Date.parse('2100-01-01T00:00:00Z');
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
/** What the tables of a kind hold on the shard of a message. */
const rows = (kind: 'lineages' | 'submitted', id = ROOT) =>
  runInDurableObject(shard(id), (_, { storage }) =>
    storage.sql
      .exec<{ name: string }>('SELECT name FROM sqlite_master WHERE name GLOB ?', `${kind}_*`)
      .toArray()
      .flatMap(({ name }) => storage.sql.exec(`SELECT * FROM ${name}`).toArray()),
  );

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('a message', () => {
  test('that nobody heard of is its own root, and nothing is known of it', async () => {
    expect(await messages.lineage(ROOT)).toEqual({ root: ROOT, attempt: 0 });
    expect(await messages.of(ROOT).read()).toEqual({
      root: ROOT,
      statuses: [],
      attempts: [],
      delivered: false,
    });
  });

  test('is kept as it was submitted first, sealed', async () => {
    await messages.of(ROOT).noteSubmitted({ sealed: 'sealed-1', at: NOW });
    await messages.of(ROOT).noteSubmitted({ sealed: 'sealed-2', at: NOW + 1 });
    expect((await messages.of(ROOT).read()).submitted).toBe('sealed-1');
  });

  test('is kept as the whole request that sent it, even where a callback told of it sooner, and never the other way', async () => {
    await messages.of(ROOT).noteSubmitted({ sealed: 'callback', at: NOW });
    await messages.of(ROOT).noteSubmitted({ sealed: 'request', at: NOW + 1, whole: true });
    await messages.of(ROOT).noteSubmitted({ sealed: 'callback again', at: NOW + 2 });
    expect((await messages.of(ROOT).read()).submitted).toBe('request');
  });

  test('keeps every status, once a callback, oldest first', async () => {
    const seen = [
      status('READ', NOW + 2),
      status('QUEUED_ON_CHANNEL', NOW),
      status('DELIVERED', NOW + 1),
      status('READ', NOW + 2),
    ];
    for (const one of seen)
      expect(await messages.of(ROOT).noteStatus(one)).toEqual({ root: ROOT, attempt: 0 });
    expect((await messages.of(ROOT).read()).statuses).toEqual([
      {
        messageId: ROOT,
        status: 'QUEUED_ON_CHANNEL',
        at: NOW,
        callbackId: `QUEUED_ON_CHANNEL-${NOW}`,
      },
      { messageId: ROOT, status: 'DELIVERED', at: NOW + 1, callbackId: `DELIVERED-${NOW + 1}` },
      { messageId: ROOT, status: 'READ', at: NOW + 2, callbackId: `READ-${NOW + 2}` },
    ]);
  });

  test.each<[string, string[], string, boolean]>([
    ['QUEUED_ON_CHANNEL', ['QUEUED_ON_CHANNEL'], 'QUEUED_ON_CHANNEL', false],
    [
      'DELIVERED, though the queue was heard of later',
      ['DELIVERED', 'QUEUED_ON_CHANNEL'],
      'DELIVERED',
      true,
    ],
    ['READ, though DELIVERED was heard of later', ['READ', 'DELIVERED'], 'READ', true],
    [
      'FAILED, though a switch of channels was heard of later',
      ['FAILED', 'SWITCHING_CHANNEL'],
      'FAILED',
      false,
    ],
    ['an unknown status before all others', ['TELEPORTED'], 'TELEPORTED', false],
    [
      'any known status rather than an unknown one',
      ['QUEUED_ON_CHANNEL', 'TELEPORTED'],
      'QUEUED_ON_CHANNEL',
      false,
    ],
  ])('stands at %s', async (_, seen, stands, delivered) => {
    for (const [later, said] of seen.entries())
      await messages.of(ROOT).noteStatus(status(said, NOW + later));
    expect(await messages.of(ROOT).read()).toMatchObject({ status: stands, delivered });
  });

  test('says when it first failed, and why', async () => {
    await messages.of(ROOT).noteStatus(status('FAILED', NOW + 5, { reasonCode: 'RATE_LIMITED' }));
    await messages.of(ROOT).noteStatus(status('FAILED', NOW + 3, { callbackId: 'earlier' }));
    expect(await messages.of(ROOT).read()).toMatchObject({
      firstFailedAt: NOW + 3,
      statuses: [{ callbackId: 'earlier' }, { reasonCode: 'RATE_LIMITED' }],
    });
  });
});

describe('a message sent again', () => {
  test('points to its root, from wherever its id lies', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `01RESENT${n}`);
    expect(new Set(ids.map(shardOf)).size).toBeGreaterThan(5);
    for (const [n, id] of ids.entries()) {
      await messages.of(id).link({ root: ROOT, attempt: n + 1 });
      expect(
        await messages.of(id).noteStatus(status('DELIVERED', NOW, { callbackId: id })),
      ).toEqual({
        root: ROOT,
        attempt: n + 1,
      });
      expect(await messages.lineage(id)).toEqual({ root: ROOT, attempt: n + 1 });
    }
    const record = await messages.of(ROOT).read();
    expect(record.statuses.map(({ messageId }) => messageId)).toEqual(ids.toSorted());
    for (const id of ids) expect(await messages.of(id).read()).toEqual(record);
  });

  test('leads to the very root, even when it was sent in place of another one sent again', async () => {
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    await messages.of('01THIRD').link({ root: AGAIN, attempt: 2 });
    expect(await messages.lineage('01THIRD')).toEqual({ root: ROOT, attempt: 2 });
  });

  test('is linked once: a later link changes nothing', async () => {
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    await messages.of(AGAIN).link({ root: '01OTHER', attempt: 5 });
    expect(await messages.lineage(AGAIN)).toEqual({ root: ROOT, attempt: 1 });
  });

  test('takes statuses along that came before it was linked', async () => {
    expect(await messages.of(AGAIN).noteStatus(status('DELIVERED', NOW))).toEqual({
      root: AGAIN,
      attempt: 0,
    });
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    expect(await messages.of(ROOT).read()).toMatchObject({
      delivered: true,
      statuses: [{ messageId: AGAIN, status: 'DELIVERED' }],
    });
    expect(await messages.of(AGAIN).noteStatus(status('DELIVERED', NOW))).toEqual({
      root: ROOT,
      attempt: 1,
    });
    expect((await messages.of(ROOT).read()).statuses).toHaveLength(1);
  });

  test('is linked only when its root has every status of it', async () => {
    await messages.of(AGAIN).noteStatus(status('DELIVERED', NOW));
    const [delivered] = await shard(AGAIN).link(AGAIN, ROOT, 1, 0);
    expect(delivered).toMatchObject({ messageId: AGAIN, status: 'DELIVERED' });
    expect(await messages.lineage(AGAIN)).toEqual({ root: AGAIN, attempt: 0 });
    await messages.of(AGAIN).noteStatus(status('READ', NOW + 1));
    const [read] = await shard(AGAIN).link(AGAIN, ROOT, 1, 1);
    expect(read).toMatchObject({ status: 'READ' });
    expect(await messages.lineage(AGAIN)).toEqual({ root: AGAIN, attempt: 0 });
    expect(await shard(AGAIN).link(AGAIN, ROOT, 1, 2)).toEqual([]);
    expect(await messages.lineage(AGAIN)).toEqual({ root: ROOT, attempt: 1 });
  });

  test('leaves its statuses with its root alone', async () => {
    expect(shardOf(AGAIN)).not.toBe(shardOf(ROOT));
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    await messages.of(AGAIN).noteStatus(status('DELIVERED', NOW));
    expect(JSON.parse(String((await rows('lineages', AGAIN))[0]?.lineage)).t).toEqual([]);
    expect((await messages.of(ROOT).read()).statuses).toHaveLength(1);
  });

  test('stands where its newest sending stands', async () => {
    await messages.of(ROOT).noteStatus(status('FAILED', NOW));
    await messages.of(ROOT).startAttempt({ n: 1, at: NOW + 1 });
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    await messages.of(ROOT).endAttempt({ n: 1, state: 'sent', messageId: AGAIN, at: NOW + 2 });
    await messages.of(AGAIN).noteStatus(status('QUEUED_ON_CHANNEL', NOW + 3));
    expect(await messages.of(ROOT).read()).toMatchObject({
      status: 'QUEUED_ON_CHANNEL',
      delivered: false,
      firstFailedAt: NOW,
    });
  });

  test('is not kept a second time when Sinch tells of it', async () => {
    await messages.of(ROOT).noteSubmitted({ sealed: 'first', at: NOW });
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    await messages.of(AGAIN).noteSubmitted({ sealed: 'again', at: NOW });
    expect((await messages.of(AGAIN).read()).submitted).toBe('first');
    expect(await rows('submitted', AGAIN)).toEqual([]);
  });
});

describe('an attempt', () => {
  test('tells whoever starts it again what was known of it', async () => {
    const message = messages.of(ROOT);
    expect(await message.startAttempt({ n: 1, at: NOW })).toBeUndefined();
    expect(await message.startAttempt({ n: 1, at: NOW + 1 })).toEqual({
      n: 1,
      state: 'started',
      at: NOW,
    });
    await message.endAttempt({ n: 1, state: 'failed', reason: 'sinch_unavailable', at: NOW + 2 });
    expect(await message.startAttempt({ n: 1, at: NOW + 3 })).toEqual({
      n: 1,
      state: 'failed',
      reason: 'sinch_unavailable',
      at: NOW + 2,
    });
    expect((await message.read()).attempts).toEqual([{ n: 1, state: 'started', at: NOW + 3 }]);
  });

  test.each<AttemptState>([
    'started',
    'failed',
  ])('that was sent stays sent when it is said to be %s', async (state) => {
    const message = messages.of(ROOT);
    await message.endAttempt({ n: 1, state: 'sent', messageId: AGAIN, at: NOW });
    if (state === 'started') await message.startAttempt({ n: 1, at: NOW + 1 });
    else await message.endAttempt({ n: 1, state, at: NOW + 1 });
    expect((await message.read()).attempts).toEqual([
      { n: 1, state: 'sent', messageId: AGAIN, at: NOW },
    ]);
  });

  test('is found by the id of any message of the lineage', async () => {
    await messages.of(AGAIN).link({ root: ROOT, attempt: 1 });
    await messages.of(AGAIN).startAttempt({ n: 2, at: NOW });
    expect((await messages.of(ROOT).read()).attempts).toEqual([
      { n: 2, state: 'started', at: NOW },
    ]);
  });
});

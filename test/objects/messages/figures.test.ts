import { describe, expect, test } from 'vitest';
import { byStatus, figuresOf, grouped } from '../../../src/objects/messages/delivery-stats.ts';
import {
  addCounts,
  contributionsOf,
  differenceOf,
  SLOT,
  totalOf,
} from '../../../src/objects/messages/figures.ts';
import {
  currentStatus,
  deliverySecondsOf,
  type MessageStatus,
} from '../../../src/objects/messages/lineage.ts';

const report = (status: string, at: number, over: Partial<MessageStatus> = {}): MessageStatus => ({
  ...{ messageId: 'm1', callbackId: `${status}-${at}`, status, at, appId: 'app', channel: 'SMS' },
  ...over,
});
const submission = { at: 1_000, appId: 'app', channel: 'SMS' };

describe('what a message adds to the figures', () => {
  const namesOf = (statuses: readonly MessageStatus[]): readonly string[] =>
    Object.keys(totalOf(contributionsOf({ submission, statuses })))
      .filter((name) => !name.startsWith('to_'))
      .toSorted();

  test.each<[string, readonly MessageStatus[], readonly string[]]>([
    ['submitted', [], ['submitted']],
    ['failed', [report('FAILED', 2_000, { reasonCode: 'X' })], ['failed/X', 'submitted']],
    [
      'failed twice: its newest failure',
      [report('FAILED', 3_000, { reasonCode: 'Y' }), report('FAILED', 2_000, { reasonCode: 'X' })],
      ['failed/Y', 'submitted'],
    ],
    ['delivered', [report('DELIVERED', 2_000)], ['delivered', 'reached', 'submitted']],
    [
      'failed and then delivered: recovered',
      [report('FAILED', 2_000), report('DELIVERED', 3_000)],
      ['delivered', 'reached', 'recovered', 'submitted'],
    ],
    [
      'delivered and then failed: not recovered',
      [report('DELIVERED', 2_000), report('FAILED', 3_000)],
      ['delivered', 'reached', 'submitted'],
    ],
    [
      'read only',
      [report('READ', 2_000)],
      ['reached', 'reached_read', 'read', 'submitted'].toSorted(),
    ],
  ])('%s', (_, statuses, names) => {
    expect(namesOf(statuses)).toEqual(names);
    expect(namesOf(statuses.toReversed())).toEqual(names);
  });

  test('counts each status once, in the slot of its oldest report', () => {
    const statuses = [report('DELIVERED', 2 * SLOT), report('DELIVERED', SLOT + 5)];
    const found = contributionsOf({ submission, statuses });
    expect(found.map(({ slot }) => slot)).toEqual([0, SLOT, SLOT]);
    expect(totalOf(found)).toMatchObject({ delivered: 1, reached: 1, submitted: 1 });
  });

  test('knows no durations without a submission', () => {
    const statuses = [report('DELIVERED', 2_000)];
    const names = Object.keys(totalOf(contributionsOf({ statuses })));
    expect(names).toEqual(['delivered', 'reached']);
    const timed = Object.keys(totalOf(contributionsOf({ submission, statuses })));
    expect(timed.filter((name) => name.startsWith('to_delivered/'))).toHaveLength(1);
  });
});

describe('counts', () => {
  test('are added and subtracted; 0 is left out', () => {
    expect(addCounts({ a: 1, b: 2 }, { b: 1, c: 3 })).toEqual({ a: 1, b: 3, c: 3 });
    expect(addCounts({ a: 1, b: 2 }, { a: 1, b: 3 }, -1)).toEqual({ b: -1 });
  });

  test('differ by row: what is the same on both sides needs nothing', () => {
    const row = (slot: number, counts: Record<string, number>) => ({
      ...{ slot, appId: 'app', channel: 'SMS' },
      counts,
    });
    expect(
      differenceOf(
        [row(0, { submitted: 1, 'failed/X': 1 }), row(SLOT, { read: 1 })],
        [row(0, { submitted: 1, reached: 1 }), row(SLOT, { read: 1 })],
      ),
    ).toEqual([row(0, { reached: 1, 'failed/X': -1 })]);
  });
});

describe('the figures of counts', () => {
  const counts = {
    ...{ submitted: 10, queued: 9, delivered: 6, read: 2, switched: 1, reached: 7, recovered: 1 },
    ...{ reached_read: 2, 'failed/X': 2, 'failed/': 1, failed_not: 5, 'to_delivered/12': 6 },
  };

  test('are counts by reason, and shares', () => {
    expect(figuresOf(counts)).toMatchObject({
      ...{ submitted: 10, queued: 9, delivered: 6, read: 2, switched: 1, reached: 7, recovered: 1 },
      ...{ failed: 3, failedByReason: { X: 2, '': 1 }, successRate: 0.7, readRate: 0.2857 },
      secondsToDelivered: { messages: 6 },
      secondsToRead: undefined,
    });
    expect(figuresOf({})).toMatchObject({ successRate: undefined, readRate: undefined });
  });

  test.each([
    [
      { status: true, reason: false },
      {
        SUBMITTED: 10,
        QUEUED_ON_CHANNEL: 9,
        SWITCHING_CHANNEL: 1,
        DELIVERED: 6,
        READ: 2,
        FAILED: 3,
      },
    ],
    [
      { status: true, reason: true },
      {
        ...{ SUBMITTED: 10, QUEUED_ON_CHANNEL: 9, SWITCHING_CHANNEL: 1, DELIVERED: 6, READ: 2 },
        ...{ 'FAILED X': 2, 'FAILED ': 1 },
      },
    ],
    [
      { status: false, reason: true },
      { ' X': 2, ' ': 1 },
    ],
  ])('by %j', (by, expected) => {
    const rows = byStatus(counts, by).map(({ status = '', reason_code, messages }) => [
      reason_code === undefined ? status : `${status} ${reason_code}`,
      messages,
    ]);
    expect(Object.fromEntries(rows)).toEqual(expected);
  });

  test('are grouped by a key, in its order', () => {
    const row = (appId: string, channel: string, read: number) => ({
      ...{ step: 0, appId, channel },
      counts: { read },
    });
    const rows = [row('b', 'SMS', 1), row('a', 'SMS', 2), row('b', 'RCS', 4)];
    expect(grouped(rows, ({ appId }) => [appId])).toEqual([
      { key: ['a'], counts: { read: 2 } },
      { key: ['b'], counts: { read: 5 } },
    ]);
  });
});

describe('the status of a message', () => {
  test.each([
    [
      'the furthest',
      [report('READ', 1), report('DELIVERED', 2), report('QUEUED_ON_CHANNEL', 3)],
      'READ',
    ],
    [
      'of no other message',
      [report('READ', 1, { messageId: 'm2' }), report('FAILED', 2)],
      'FAILED',
    ],
    ['unknown without a report', [], undefined],
  ])('is %s', (_, statuses, expected) => expect(currentStatus(statuses, 'm1')).toBe(expected));

  test.each<[string, MessageStatus, readonly MessageStatus[], number | undefined]>([
    ['its own time', report('DELIVERED', 4_500), [report('DELIVERED', 4_500)], 3.5],
    ['never less than none', report('DELIVERED', 500), [], 0],
    [
      'the oldest delivery, of a message that was read',
      report('READ', 9_000),
      [report('DELIVERED', 4_000), report('DELIVERED', 3_000)],
      2,
    ],
    ['nothing, if only read', report('READ', 9_000), [], undefined],
    ['nothing, if failed', report('FAILED', 9_000), [report('DELIVERED', 3_000)], undefined],
  ])('proves as the time to the delivery %s', (_, one, statuses, seconds) => {
    expect(deliverySecondsOf(one, submission, statuses)).toBe(seconds);
    expect(deliverySecondsOf(one, undefined, statuses)).toBeUndefined();
  });
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { BatchDetail, Batches } from '../../../src/api/delivery/batches.ts';
import type { DeliveryStats } from '../../../src/api/delivery/delivery-stats.ts';
import type { Message } from '../../../src/api/delivery/messages.ts';
import type { OverviewAnswer } from '../../../src/api/operating/overview.ts';
import { type Box, openBox } from '../box.ts';
import { greeting, publish, rules } from '../publisher.ts';
import { APP, minutes, receipt, submitted } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const read = async <T>(box: Box, path: string): Promise<T> => (await box.ask(path)).json<T>();
const stats = (box: Box, query = '') => read<DeliveryStats>(box, `/v1/delivery-stats${query}`);
/** A time before the box opens, which is at noon. */
const ago = (before: number): string => minutes(-before);

/** Four messages: one read, one delivered by a retry on its own, one failed for good, one that changes its channel. */
async function filled(): Promise<Box> {
  const box = openBox();
  await box.take(submitted('01JREAD', { at: ago(50) }));
  await box.take(receipt('01JREAD', 'READ', { at: ago(40) }));
  for (const status of ['DELIVERED', 'QUEUED_ON_CHANNEL', 'DELIVERED'])
    await box.take(receipt('01JREAD', status, { at: ago(49) }));
  await box.take(submitted('01JAGAIN', { at: ago(30) }));
  await box.take(receipt('01JAGAIN', 'FAILED', { code: 'RATE_LIMITED', at: ago(29) }));
  await box.take(receipt('01JGONE', 'FAILED', { code: 'CHANNEL_REJECT', at: ago(20) }));
  await box.take(receipt('01JRCS', 'SWITCHING_CHANNEL', { channel: 'RCS', at: ago(15) }));
  await box.take(receipt('01JRCS', 'DELIVERED', { at: ago(14) }));
  await box.drain(3600);
  const [resent] = await box.arrivals('messages:send');
  await box.take(submitted(resent?.message_id ?? '', { at: minutes(2) }));
  await box.take(receipt(resent?.message_id ?? '', 'DELIVERED', { at: minutes(5) }));
  return box;
}

describe('GET /v1/delivery-stats', () => {
  test('counts each message once, a resent one as its root, with its rates and times', async () => {
    const box = await filled();
    const { total, rows } = await stats(box);
    expect(total).toMatchObject({
      submitted: 2,
      queued: 1,
      delivered: 3,
      read: 1,
      reached: 3,
      recovered: 1,
      failed: 1,
      failed_by_reason: { CHANNEL_REJECT: 1 },
      switched: 1,
      success_rate: 0.75,
      read_rate: 0.3333,
      seconds_to_read: { messages: 1 },
    });
    expect(total.seconds_to_delivered?.messages).toBe(2);
    // One minute, and 35 minutes.
    expect(total.seconds_to_delivered?.p50).toBeGreaterThan(54);
    expect(total.seconds_to_delivered?.p50).toBeLessThan(66);
    expect(total.seconds_to_delivered?.p95).toBeGreaterThan(35 * 54);
    expect(total.seconds_to_delivered?.p95).toBeLessThan(35 * 66);
    expect(rows).toMatchObject([
      { channel: 'RCS', switched: 1, reached: 0, success_rate: null },
      { channel: 'SMS', reached: 3, failed: 1 },
    ]);
  });

  test('groups by app, hour, status and reason', async () => {
    const box = await filled();
    const of = async (query: string) => (await stats(box, query)).rows;
    expect(await of('?group_by=app_id,day&tz=Pacific/Auckland')).toMatchObject([
      { app_id: APP, day: '2026-11-21', reached: 3 },
    ]);
    expect(
      (await of('?group_by=hour&since=2h')).map((row) => [
        row.hour,
        'reached' in row && row.reached,
      ]),
    ).toEqual([
      ['2026-11-20T11:00', 2],
      ['2026-11-20T12:00', 1],
    ]);
    expect(await of('?group_by=status')).toEqual([
      { status: 'SUBMITTED', messages: 2 },
      { status: 'QUEUED_ON_CHANNEL', messages: 1 },
      { status: 'SWITCHING_CHANNEL', messages: 1 },
      { status: 'DELIVERED', messages: 3 },
      { status: 'READ', messages: 1 },
      { status: 'FAILED', messages: 1 },
    ]);
    expect(await of('?group_by=channel,reason_code')).toEqual([
      { channel: 'SMS', reason_code: 'CHANNEL_REJECT', messages: 1 },
    ]);
    expect(await of('?channel=RCS&group_by=app_id')).toMatchObject([{ switched: 1, reached: 0 }]);
    expect(await of('?app_id=another')).toEqual([]);
  });

  test('fills the overview', async () => {
    const box = await filled();
    expect((await read<OverviewAnswer>(box, '/v1/overview')).delivery).toEqual([
      { channel: 'SMS', delivered: 3, failed: 1 },
    ]);
  });

  test('takes all the 400 days that it keeps, though the clock goes on meanwhile', async () => {
    const box = openBox();
    let now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now++);
    expect((await box.ask('/v1/delivery-stats?since=400d')).status).toBe(200);
  });

  test.each([
    ['?group_by=week', 'expected a list of'],
    ['?group_by=day,hour', 'only one of hour, day and month'],
    ['?tz=Mars/Base', 'expected a time zone'],
    ['?since=401d', 'at most 400 days'],
    ['?since=63d&group_by=hour', 'at most 62 days'],
    ['?since=1d&until=2d', 'must be before'],
  ])('refuses %s', async (query, detail) => {
    const response = await openBox().ask(`/v1/delivery-stats${query}`);
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      400,
      expect.stringContaining(detail),
    ]);
  });
});

describe('a message', () => {
  test('is shown with all its times', async () => {
    const box = await filled();
    expect(await read<Message>(box, '/v1/messages/01JREAD')).toMatchObject({
      submitted_at: ago(50),
      queued_at: ago(49),
      delivered_at: ago(49),
      read_at: ago(40),
      first_failed_at: null,
      delivery_seconds: 60,
      read_seconds: 600,
      batch_id: null,
    });
  });

  test('that was delivered late is known to rules', async () => {
    const box = openBox();
    await publish(
      box,
      rules({
        'late.json': {
          ...greeting({ name: 'late' }),
          on: ['MESSAGE_DELIVERY'],
          when: { fact: 'delivery_seconds', operator: 'greaterThan', value: 100 },
        },
      }),
    );
    await box.take(submitted('01JLATE', { at: ago(10) }));
    await box.take(submitted('01JSOON', { at: ago(10) }));
    const fired = async (callback: object) =>
      (await box.take(callback)).fired.map(({ rule }) => rule).includes('late');
    const late = receipt('01JLATE', 'DELIVERED', { at: ago(5) });
    expect(await fired(receipt('01JLATE', 'QUEUED_ON_CHANNEL', { at: ago(5) }))).toBe(false);
    expect(await fired(late)).toBe(true);
    expect(await fired(late)).toBe(true);
    expect(await fired(receipt('01JLATE', 'READ', { at: ago(4) }))).toBe(true);
    expect(await fired(receipt('01JSOON', 'DELIVERED', { at: ago(9) }))).toBe(false);
    expect(await fired(receipt('01JSOON', 'READ', { at: ago(1) }))).toBe(false);
    expect(await fired(receipt('01JUNKNOWN', 'DELIVERED', { at: ago(1) }))).toBe(false);
  });
});

describe('a batch', () => {
  const metadata = JSON.stringify({ _batch_id: 'batch-1' });
  /** The notification in the form of the specification: it has no counts. */
  const processed = (at: string, status = 'BATCH_STATUS_PROCESSED') => ({
    ...{ app_id: APP, accepted_time: at, event_time: at },
    batch_status_update_notification: {
      batch_id: 'batch-1',
      batch_status: status,
      batch_type: 'BATCH_TYPE_MESSAGES',
    },
  });

  test('has our own counts where its notification has none, its failed messages and their retries', async () => {
    const box = openBox();
    for (const id of ['01JA', '01JB', '01JC'])
      await box.take(submitted(id, { metadata, at: ago(30) }));
    await box.take(receipt('01JA', 'DELIVERED', { metadata, at: ago(29) }));
    await box.take(receipt('01JB', 'FAILED', { metadata, code: 'RATE_LIMITED', at: ago(28) }));
    await box.take(receipt('01JC', 'FAILED', { metadata, code: 'CHANNEL_REJECT', at: ago(27) }));
    const first = await box.take(processed(ago(1)));
    await box.drain(3600);
    const [resent] = await box.arrivals('messages:send');
    const attempts = [{ n: 1, state: 'sent', message_id: resent?.message_id }];
    expect(await read<BatchDetail>(box, '/v1/batches/batch-1')).toMatchObject({
      batch_id: 'batch-1',
      app_id: APP,
      status: 'BATCH_STATUS_PROCESSED',
      reported: null,
      counted: {
        submitted: 3,
        reached: 1,
        failed: 2,
        failed_by_reason: { RATE_LIMITED: 1, CHANNEL_REJECT: 1 },
      },
      reports: [{ total: 3, successful: 1, failed: 2, decision: first.id }],
      failed_messages: [
        { message_id: '01JB', reason_code: 'RATE_LIMITED', attempts },
        { message_id: '01JC', reason_code: 'CHANNEL_REJECT', attempts: [] },
      ],
    });
    await box.take(receipt(resent?.message_id ?? '', 'DELIVERED', { metadata, at: minutes(5) }));
    expect(await read<Batches>(box, '/v1/batches')).toMatchObject({
      batches: [{ batch_id: 'batch-1', counted: { reached: 2, recovered: 1, failed: 1 } }],
    });
    expect((await box.ask('/v1/batches/batch-2')).status).toBe(404);
  });

  test('gives rules the reasons that its notification leaves out, with its counts or without', async () => {
    const box = openBox();
    for (const id of ['01JA', '01JB'])
      await box.take(receipt(id, 'FAILED', { metadata, code: 'CHANNEL_REJECT', at: ago(28) }));
    const counts = { total_messages: 4, failed_messages: 2 };
    const update = { batch_id: 'batch-1', status: 'PARTIAL', ...counts };
    const alerted = async (callback: object) => {
      await box.take(callback);
      await box.drain(3600);
      return JSON.stringify((await box.arrivals('alert')).at(-1)?.body);
    };
    expect(await alerted(processed(ago(20)))).toContain('Reasons: CHANNEL_REJECT.');
    const partial = { app_id: APP, accepted_time: ago(10), batch_status_update: update };
    expect(await alerted(partial)).toContain('Reasons: CHANNEL_REJECT.');
    const named = { ...update, failed_messages: 3, failure_reasons: ['RATE_LIMITED'] };
    const third = { ...partial, accepted_time: ago(5), batch_status_update: named };
    expect(await alerted(third)).toContain('Reasons: RATE_LIMITED.');
    expect(await read<BatchDetail>(box, '/v1/batches/batch-1')).toMatchObject({
      reports: [{ failed: 2 }, { total: 4, failed: 2 }, { total: 4, failed: 3 }],
    });
  });

  test('gives rules our counts, and a redelivery the same ones', async () => {
    const box = openBox();
    await publish(
      box,
      rules({
        'batch-half-failed.json': {
          ...greeting({ name: 'batch-half-failed' }),
          on: ['BATCH_STATUS_UPDATE'],
          when: { fact: 'batch_failed_ratio', operator: 'equal', value: 0.5 },
        },
      }),
    );
    await box.take(receipt('01JA', 'DELIVERED', { metadata, at: ago(29) }));
    await box.take(receipt('01JB', 'FAILED', { metadata, code: 'CHANNEL_REJECT', at: ago(28) }));
    const fired = async (callback: object) =>
      (await box.take(callback)).fired.map(({ rule }) => rule).includes('batch-half-failed');
    expect(await fired(processed(ago(20)))).toBe(true);
    await box.take(receipt('01JC', 'DELIVERED', { metadata, at: ago(10) }));
    expect(await fired(processed(ago(20)))).toBe(true);
    expect(await fired(processed(ago(1), 'BATCH_STATUS_CANCELLED'))).toBe(false);
    const reported = {
      app_id: APP,
      batch_status_update: {
        batch_id: 'batch-2',
        status: 'PARTIAL',
        total_messages: 4,
        failed_messages: 2,
        failure_reasons: ['CHANNEL_REJECT'],
      },
    };
    expect(await fired(reported)).toBe(true);
    expect(await read<BatchDetail>(box, '/v1/batches/batch-2')).toMatchObject({
      status: 'PARTIAL',
      reported: { total: 4, successful: 2, failed: 2 },
      reported_reasons: ['CHANNEL_REJECT'],
      counted: { submitted: 0, reached: 0, failed: 0 },
    });
  });
});

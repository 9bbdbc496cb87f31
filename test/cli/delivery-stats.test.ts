import { expect, test } from 'vitest';
import type { DeliveryStats } from '../../src/api/delivery/delivery-stats.ts';
import { listen } from './deciding-worker.ts';

const figures: DeliveryStats['total'] = {
  submitted: 110,
  queued: 100,
  delivered: 80,
  read: 40,
  failed: 20,
  failed_by_reason: { CHANNEL_REJECT: 15, '': 5 },
  switched: 0,
  reached: 80,
  recovered: 3,
  success_rate: 0.8,
  read_rate: 0.5,
  seconds_to_delivered: { p50: 2.1, p95: 30, messages: 80 },
  seconds_to_read: null,
};
const none: DeliveryStats['total'] = {
  ...{ submitted: 0, queued: 0, delivered: 0, read: 0, failed: 0, failed_by_reason: {} },
  ...{ switched: 1, reached: 0, recovered: 0, success_rate: null, read_rate: null },
  ...{ seconds_to_delivered: null, seconds_to_read: null },
};
const answer = (rows: DeliveryStats['rows']): DeliveryStats => ({
  since: '2026-11-13T12:00:00.000Z',
  until: '2026-11-20T12:00:00.000Z',
  tz: 'UTC',
  rows,
  total: figures,
});

test('shows figures with bars, and why messages failed', async () => {
  const worker = await listen(
    answer([
      { channel: 'RCS', ...none },
      { channel: 'SMS', ...figures },
    ]),
  );
  expect(await worker.run(...['delivery-stats'])).toBe(0);
  expect(worker.asked[0]?.path).toBe('/v1/delivery-stats?since=7d&group_by=channel');
  expect(worker.out.join('\n')).toMatchInlineSnapshot(`
    "Messages from 2026-11-13 12:00:00 to 2026-11-20 12:00:00

    channel  submitted  delivered  read  failed  success            read rate  to delivered
    RCS              0          0     0       0
    SMS            110         80    40      20  80.0 %   ████████  50.0 %     2.1 s, p95 30 s
    all            110         80    40      20  80.0 %   ████████  50.0 %     2.1 s, p95 30 s

    failed because of  messages
    CHANNEL_REJECT           15  ████████████████████
    no reason                 5  ██████▋"
  `);
});

test('shows messages by status', async () => {
  const worker = await listen(
    answer([
      { status: 'DELIVERED', messages: 8 },
      { status: 'FAILED', messages: 2 },
    ]),
  );
  expect(await worker.run(...['delivery-stats', '--by', 'status'])).toBe(0);
  expect(worker.out.join('\n')).toMatchInlineSnapshot(`
    "Messages from 2026-11-13 12:00:00 to 2026-11-20 12:00:00

    status     messages
    DELIVERED         8  ████████████████████
    FAILED            2  █████"
  `);
});

test('prints CSV for accounting, by app, channel and month, and starts no formula', async () => {
  const worker = await listen(
    answer([{ app_id: '=1+1', channel: 'SMS', month: '2026-11', ...figures }]),
  );
  expect(await worker.run(...['delivery-stats', '--csv'])).toBe(0);
  expect(worker.asked[0]?.path).toBe(
    '/v1/delivery-stats?since=400d&group_by=app_id%2Cchannel%2Cmonth',
  );
  expect(worker.out.join('\n')).toMatchInlineSnapshot(`
    "month,app_id,channel,submitted,delivered_or_read,read,failed
    2026-11,"'=1+1",SMS,110,80,40,20"
  `);
});

test('says that nothing was counted', async () => {
  const worker = await listen(answer([]));
  expect(await worker.run(...['delivery-stats', '--since', '1h'])).toBe(0);
  expect(worker.out.join('\n')).toContain('none was counted');
});

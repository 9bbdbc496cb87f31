import { reset, runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ADA, BOB, NOW, shard } from './recipient.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('the last delivery', () => {
  const reached = (at: number, messageId: string, channel = 'SMS') => ({
    channel,
    status: 'DELIVERED',
    at,
    messageId,
  });

  test('is the newest of each channel, in whatever order they arrive', async () => {
    for (const delivery of [reached(2, 'b'), reached(1, 'a'), reached(1, 'c', 'MMS')])
      await shard().noteDelivery(ADA, delivery);
    expect((await shard().read([ADA, BOB])).map(({ deliveries }) => deliveries)).toEqual([
      [reached(1, 'c', 'MMS'), reached(2, 'b')],
      undefined,
    ]);
  });
});

describe('deliveries', () => {
  const DAY = 86_400_000;
  const delivery = (at: number) => ({ channel: 'SMS', status: 'READ', at, messageId: String(at) });
  const known = async () =>
    (await shard().read([ADA, BOB])).map(({ deliveries }) => deliveries?.map(({ at }) => at));

  test('are kept for 13 months and a quarter at most, and found in the table of any quarter', async () => {
    await shard().noteDelivery(ADA, delivery(NOW));
    await shard().noteDelivery(BOB, delivery(NOW));
    vi.setSystemTime(NOW + 200 * DAY);
    await shard().noteDelivery(ADA, delivery(NOW + 200 * DAY));
    await shard().noteDelivery(ADA, delivery(NOW + 100 * DAY));
    expect(await known()).toEqual([[NOW + 200 * DAY], [NOW]]);
    vi.setSystemTime(NOW + 396 * DAY);
    await runDurableObjectAlarm(shard());
    expect(await known()).toEqual([[NOW + 200 * DAY], [NOW]]);
    vi.setSystemTime(NOW + 488 * DAY);
    await runDurableObjectAlarm(shard());
    expect(await known()).toEqual([[NOW + 200 * DAY], undefined]);
    vi.setSystemTime(NOW + 688 * DAY);
    await runDurableObjectAlarm(shard());
    expect(await known()).toEqual([undefined, undefined]);
  });
});

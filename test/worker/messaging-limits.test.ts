import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Sender } from '../../src/api/operating/senders.ts';
import { type Box, openBox } from './box.ts';
import { APP, minutes } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** Meta reports how many people a day the business may write to first; it never names the earlier number. */
const capability = (limit: number | string, at: string, field = 'business_capability_update') => ({
  app_id: APP,
  event_time: at,
  unsupported_callback: {
    channel: 'WHATSAPP',
    id: `01JLIMIT${at}`,
    payload: JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          time: 1_795_000_000,
          changes: [{ field, value: { max_daily_conversations_per_business: limit } }],
        },
      ],
    }),
  },
});

const firedBy = async (box: Box, callback: object) =>
  (await box.take(callback)).fired
    .map(({ rule }) => rule)
    .filter((rule) => rule !== 'unsupported-forwarded');

const sender = async (box: Box) => (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<Sender>();

describe('a messaging limit that names no earlier one', () => {
  test('is compared with the stored one', async () => {
    const box = openBox();
    expect(await firedBy(box, capability(2000, minutes(-50)))).toEqual(['limit-changed']);
    expect(await firedBy(box, capability(10_000, minutes(-40)))).toEqual(['limit-raised']);
    expect(await firedBy(box, capability('TIER_250', minutes(-30)))).toEqual(['limit-lowered']);
    expect(await firedBy(box, capability(250, minutes(-20)))).toEqual([]);
    expect(await firedBy(box, capability(-1, minutes(-10)))).toEqual(['limit-raised']);
    const { messaging_limit: now, history } = await sender(box);
    expect(now).toEqual({ limit: '-1', since: minutes(-10) });
    expect(history.map(({ event, limit, previous }) => [event, limit, previous])).toEqual([
      ['messaging_limit', '2000', undefined],
      ['messaging_limit', '10000', '2000'],
      ['messaging_limit', 'TIER_250', '10000'],
      ['messaging_limit', '250', 'TIER_250'],
      ['messaging_limit', '-1', '250'],
    ]);
  });

  test('gets the same answer again, and the order of arrival does not matter', async () => {
    const box = openBox();
    await box.take(capability(10_000, minutes(-60)));
    const lowered = capability(2000, minutes(-40));
    expect(await firedBy(box, lowered)).toEqual(['limit-lowered']);
    expect(await firedBy(box, capability(100_000, minutes(-50)))).toEqual(['limit-raised']);
    expect(await firedBy(box, lowered)).toEqual(['limit-lowered']);
    expect((await sender(box)).messaging_limit?.limit).toBe('2000');
  });

  test('is compared in a dry run, which stores nothing', async () => {
    const box = openBox();
    await box.take(capability(10_000, minutes(-60)));
    const body = JSON.stringify(capability(250, minutes(-40)));
    const answer = await box.ask('/v1/dry-run', { method: 'POST', body });
    expect(JSON.stringify(await answer.json())).toContain('limit-lowered');
    expect((await sender(box)).messaging_limit?.limit).toBe('10000');
  });

  test('reports the earlier limit to people', async () => {
    const box = openBox();
    await box.take(capability(10_000, minutes(-60)));
    await box.take(capability(250, minutes(-40)));
    await box.drain(600);
    expect(JSON.stringify(await box.arrivals('alert'))).toContain('It was 10000.');
  });
});

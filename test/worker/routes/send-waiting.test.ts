import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from '../box.ts';
import { APP, inbound, minutes, rating } from '../sample.ts';
import { reset } from '../storage.ts';
import { request, send, sent } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a sender that would rather wait', () => {
  const whatsapp = (more: object = {}) => request(more, '46701740699', 'WHATSAPP');

  /** A sender of ten a minute that has used them up. Waiting moves the clock; `meanwhile` happens during it. */
  async function usedUp(meanwhile: (box: Box) => Promise<unknown> = async () => {}) {
    const box = openBox();
    await box.take(rating('RED'));
    for (let count = 0; count < 10; count++) await send(box, whatsapp());
    const waits: number[] = [];
    vi.spyOn(scheduler, 'wait').mockImplementation(async (milliseconds) => {
      waits.push(milliseconds / 1000);
      vi.setSystemTime(Date.now() + milliseconds);
      await meanwhile(box);
    });
    return { box, waits };
  }

  test.each([
    'wait=10',
    'respond-async, wait=6',
    'WAIT = "10"',
    'wait=10; x=y',
    'wait=999',
  ])('is held back until there is a permit: Prefer: %s', async (prefer) => {
    const { box, waits } = await usedUp();
    expect((await send(box, whatsapp(), { prefer })).status).toBe(200);
    expect(waits).toEqual([6]);
    expect(await sent(box)).toHaveLength(11);
  });

  test.each([
    'wait=5',
    'wait=0',
    'wait',
    'wait=-6',
    'wait=soon',
    'x=y; wait=10',
    'await=10',
    '',
  ])('is refused at once when that would take longer, or is not asked for: Prefer: %s', async (prefer) => {
    const { box, waits } = await usedUp();
    const late = await send(box, whatsapp(), { prefer });
    expect([late.status, late.headers.get('retry-after'), waits]).toEqual([429, '6', []]);
    expect(await sent(box)).toHaveLength(10);
  });

  test('waits no longer than half a minute, however often others are faster', async () => {
    const { box, waits } = await usedUp((busy) => send(busy, whatsapp()));
    const late = await send(box, whatsapp(), { prefer: 'wait=3600' });
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '6']);
    expect(waits).toEqual([6, 6, 6, 6, 6]);
  });

  test('is not sent to who says STOP meanwhile', async () => {
    const { box } = await usedUp((meanwhile) =>
      meanwhile.take(
        inbound('STOP', { channel: 'WHATSAPP', identity: '46701740699', at: minutes(0) }),
      ),
    );
    const answer = await send(box, whatsapp(), { prefer: 'wait=10' });
    expect(await answer.json()).toMatchObject({
      error: { code: 403, details: [{ code: 'consent_forbids' }] },
    });
    expect(await sent(box)).toHaveLength(10);
  });

  test('does not wait for a sender that may not send at all', async () => {
    const { box, waits } = await usedUp();
    const stopped = {
      to: '0',
      for: '1h',
      content: 'marketing',
      actor: 'ines',
      reason: 'campaign gone wrong',
    };
    await box.ask(`/v1/senders/${APP}/WHATSAPP/throttle`, {
      method: 'PUT',
      body: JSON.stringify(stopped),
    });
    expect((await send(box, whatsapp(), { prefer: 'wait=30' })).status).toBe(403);
    expect(waits).toEqual([]);
  });
});

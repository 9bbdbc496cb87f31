import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Message } from '../../../src/api/delivery/messages.ts';
import { openBox } from '../box.ts';
import { minutes, receipt, submitted } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a message', () => {
  test('is shown with every receipt and every sending anew, by the id of any of them', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE'));
    const { id } = await box.take(
      receipt('01JMESSAGE', 'FAILED', { code: 'RATE_LIMITED', at: minutes(0) }),
    );
    await box.drain(3600);
    const [resent] = await box.arrivals('messages:send');
    const last = resent?.message_id ?? '';
    await box.take(receipt(last, 'DELIVERED', { at: minutes(50) }));
    const read = async (message: string) =>
      (await box.ask(`/v1/messages/${message}`)).json<Message>();
    const shown = await read('01JMESSAGE');
    expect(shown).toMatchObject({
      root: '01JMESSAGE',
      status: 'DELIVERED',
      delivered: true,
      first_failed_at: minutes(0),
      statuses: [
        {
          message_id: '01JMESSAGE',
          status: 'FAILED',
          at: minutes(0),
          reason_code: 'RATE_LIMITED',
          decision: id,
        },
        { message_id: last, status: 'DELIVERED', at: minutes(50) },
      ],
      attempts: [{ n: 1, state: 'sent', message_id: last }],
      copy_kept: true,
    });
    expect(await read(last)).toEqual(shown);
  });

  test('of which nobody told is not found', async () => {
    expect(await (await openBox().ask('/v1/messages/01JNOBODY')).json()).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  });
});

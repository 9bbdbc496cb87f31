import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { APP, rating } from '../sample.ts';
import { reset } from '../storage.ts';
import { type Box, maySend, post, whatsapp } from './asking.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('permits', () => {
  const permits = async (box: Box, count: number, content = 'marketing') =>
    (await post(box, '/v1/permits', { app_id: APP, channel: 'WHATSAPP', content, count })).json();

  test('are granted in full where nothing limits', async () => {
    expect(await permits(openBox(), 500)).toEqual({ granted: 500 });
  });

  test('are as many as the throttle in force leaves, and say when to ask again', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    expect(await permits(box, 7)).toEqual({ granted: 7 });
    expect(await permits(box, 7)).toEqual({ granted: 3, retry_after: 6 });
    expect(await permits(box, 1, 'notification')).toEqual({ granted: 1 });
    vi.setSystemTime(Date.now() + 6_000);
    expect(await permits(box, 7)).toEqual({ granted: 1, retry_after: 6 });
    const { senders } = await maySend(box, [whatsapp('marketing')]);
    expect(senders).toMatchObject([{ left: 0, retry_after: 6 }]);
  });

  test.each([0, 1.5, '3', 1_000_001])('refuse a count of %s', async (count) => {
    const response = await post(openBox(), '/v1/permits', {
      app_id: APP,
      channel: 'SMS',
      content: 'other',
      count,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/^count: /) });
  });
});

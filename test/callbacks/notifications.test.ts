import { describe, expect, test } from 'vitest';
import { type Callback, readCallbacks, readCallbackText } from '../../src/callbacks/callback.ts';

const NOW = Date.parse('2026-11-21T00:00:00Z');
const all = (body: object): Promise<readonly Callback[]> =>
  readCallbacks(new TextEncoder().encode(JSON.stringify(body)), NOW);

const change = (field: string, value: object = {}) => ({ field, value });
const notification = (entries: object[][], asText = true) => {
  const payload = {
    object: 'whatsapp_business_account',
    entry: entries.map((changes, at) => ({ id: `waba-${at}`, time: 1_795_000_000, changes })),
  };
  return {
    app_id: 'app',
    unsupported_callback: {
      channel: 'WHATSAPP',
      id: 'notice-1',
      payload: asText ? JSON.stringify(payload) : payload,
    },
  };
};
const fields = (callbacks: readonly Callback[]) =>
  callbacks.map((callback) => callback.fact('meta_field', {}));

describe('a notification with several events', () => {
  test.each([
    true,
    false,
  ])('is a callback for each change of each entry (as a text: %s)', async (asText) => {
    const callbacks = await all(
      notification([[change('security'), change('account_update')], [change('security')]], asText),
    );
    expect(fields(callbacks)).toEqual(['security', 'account_update', 'security']);
    expect(new Set(callbacks.map(({ id }) => id)).size).toBe(3);
  });

  test('has the same ids when it comes again, and each is read from its own body', async () => {
    const body = notification([[change('security'), change('account_update')]]);
    const [once, again] = [await all(body), await all(body)];
    expect(again.map(({ id }) => id)).toEqual(once.map(({ id }) => id));
    for (const callback of once) {
      const reread = await readCallbackText(callback.raw, NOW);
      expect([reread.id, reread.fact('meta_field', {})]).toEqual([
        callback.id,
        callback.fact('meta_field', {}),
      ]);
      expect(await all(JSON.parse(callback.raw))).toHaveLength(1);
    }
  });

  test('lists each person of one change by itself', async () => {
    const preference = (wa_id: string, value: string) => ({
      wa_id,
      category: 'marketing_messages',
      value,
    });
    const value = {
      messaging_product: 'whatsapp',
      user_preferences: [preference('12025550143', 'stop'), preference('12025550144', 'resume')],
    };
    const callbacks = await all(notification([[change('user_preferences', value)]]));
    expect(callbacks.map(({ subject }) => subject.identity)).toEqual([
      '12025550143',
      '12025550144',
    ]);
    expect(callbacks.map((callback) => callback.fact('notice_kind', {}))).toEqual([
      'preference_stop',
      'preference_resume',
    ]);
  });

  test.each([
    ['one change', notification([[change('security')]])],
    ['no change', notification([[]])],
    ['no notification', { app_id: 'a', unsupported_callback: { payload: 'x', id: '1' } }],
    ['another trigger', { app_id: 'a', event: { id: '1' } }],
  ])('is not made of %s, whose body and id stay', async (_, body) => {
    const callbacks = await all(body);
    expect(callbacks).toHaveLength(1);
    expect(callbacks[0]?.raw).toBe(JSON.stringify(body));
  });
});

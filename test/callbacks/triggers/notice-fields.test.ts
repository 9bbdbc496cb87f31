import { describe, expect, test } from 'vitest';
import { factsOf, read } from '../../../src/samples/samples.ts';

const channelEvent = (event_type: string, additional_data: object) => ({
  app_id: '01JAPP',
  channel_event_notification: {
    channel_event: { channel: 'WHATSAPP', event_type, additional_data },
  },
});

const metaNotice = (field: string, value: object) => ({
  app_id: '01JAPP',
  unsupported_callback: {
    channel: 'WHATSAPP',
    payload: JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field, value }] }],
    }),
  },
});

describe('a notice', () => {
  test('a template’s rating is never recorded as the sender’s', async () => {
    const event = channelEvent('WHATSAPP_TEMPLATE_QUALITY_SCORE_UPDATED', {
      quality_rating: 'RED',
    });
    expect((await read(event)).stateRecords).toEqual([]);
  });

  test('an announced category is the coming one, and the present one is the earlier', async () => {
    const notice = metaNotice('template_category_update', {
      new_category: 'UTILITY',
      correct_category: 'MARKETING',
      category_update_timestamp: 1_793_697_300,
    });
    const names = ['template_category', 'previous_template_category', 'template_category_at'];
    expect(factsOf(await read(notice), names)).toEqual({
      template_category: 'MARKETING',
      previous_template_category: 'UTILITY',
      template_category_at: 1_793_697_300_000,
    });
  });

  test('Meta’s notice names the person of a preference and of a call', async () => {
    const preference = { wa_id: 12025550143, category: 'marketing_messages', value: 'stop' };
    const call = { from: '12025550144', event: 'connect', direction: 'USER_INITIATED' };
    const made = { to: '12025550145', event: 'connect', direction: 'BUSINESS_INITIATED' };
    for (const [field, value, identity] of [
      ['user_preferences', { user_preferences: [preference] }, '12025550143'],
      ['user_preferences', { user_preferences: [{ user_id: 'US.1349' }] }, 'US.1349'],
      ['calls', { calls: [call] }, '12025550144'],
      ['calls', { calls: [made] }, '12025550145'],
      ['account_update', { event: 'ACCOUNT_DELETED' }, undefined],
    ] as const) {
      const { subject } = await read(metaNotice(field, value));
      expect(subject).toMatchObject({ channel: 'WHATSAPP' });
      expect(subject.identity).toBe(identity);
    }
  });
});

describe('the end of a restriction', () => {
  const END = Date.parse('2026-12-06T21:20:00Z');
  test.each<[string, unknown]>([
    ['seconds', END / 1000],
    ['seconds as a text', String(END / 1000)],
    ['milliseconds', END],
    ['a date', '2026-12-06T21:20:00+00:00'],
    ['a date without a colon in its zone', '2026-12-06T22:20:00+0100'],
  ])('is read from %s', async (_, expiration) => {
    const notice = metaNotice('account_update', {
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [
        { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration },
        { restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION', expiration: 1_900_000_000 },
      ],
    });
    expect((await read(notice)).fact('restricted_until', {})).toBe(END);
  });

  test.each([[undefined], [0], ['soon'], [null]])('is missing for %j', async (expiration) => {
    const restriction_info = [
      { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration },
    ];
    const notice = metaNotice('account_update', { event: 'ACCOUNT_RESTRICTION', restriction_info });
    expect((await read(notice)).fact('restricted_until', {})).toBeUndefined();
  });
});

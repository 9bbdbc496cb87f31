import { describe, expect, test } from 'vitest';
import { factsOf, read } from '../../../src/samples/samples.ts';

const NAMES = [
  ...[
    'quality_rating',
    'number_status',
    'display_name_status',
    'certificate_status',
    'account_status',
    'violation_type',
  ],
  ...[
    'ban_state',
    'restriction_types',
    'template_name',
    'template_language',
    'template_status',
    'template_quality',
  ],
  ...['template_category', 'messaging_limit', 'news_reason'],
];

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

describe('facts of a channel event', () => {
  test.each([
    ['WHATS_APP_QUALITY_RATING_CHANGED', { quality_rating: 'RED' }, { quality_rating: 'RED' }],
    ['WHATS_APP_QUALITY_RATING_CHANGED', { qualityRating: 'yellow' }, { quality_rating: 'YELLOW' }],
    ['quality_update', { Quality_Rating: 'Green' }, { quality_rating: 'GREEN' }],
    ['QUALITY_UPDATE', { rating: 'RED' }, { quality_rating: 'RED' }],
    ['STARS_UPDATE', { rating: '5' }, {}],
    ['SOMETHING', { quality_rating: 'RED' }, { quality_rating: 'RED' }],
    ['QUALITY_UPDATE', { quality_rating: '' }, {}],
    ['PHONE_NUMBER_STATUS', { status: 'restricted' }, { number_status: 'RESTRICTED' }],
    ['ANYTHING', { phone_number_status: 'VERIFIED' }, { number_status: 'VERIFIED' }],
    ['DISPLAY_NAME_UPDATE', { status: 'APPROVED' }, { display_name_status: 'APPROVED' }],
    ['PHONE_NUMBER_NAME_UPDATE', { decision: 'REJECTED' }, { display_name_status: 'REJECTED' }],
    ['CERTIFICATE_RENEWAL', { status: 'REQUIRED' }, { certificate_status: 'REQUIRED' }],
    [
      'TEMPLATE_STATUS',
      { template_name: 'offer', status: 'PAUSED' },
      { template_name: 'offer', template_status: 'PAUSED' },
    ],
    ['LIMIT', { messaging_limit: 'TIER_10K' }, { messaging_limit: 'TIER_10K' }],
    ['LIMIT', { max_daily_conversations_per_business: 250 }, { messaging_limit: '250' }],
  ])('%s %j', async (type, data, expected) => {
    expect(factsOf(await read(channelEvent(type, data)), NAMES)).toEqual(expected);
  });

  test('its identity is the sender’s, not a person’s', async () => {
    const callback = await read({
      app_id: '01JAPP',
      channel_event: {
        channel_identity: { channel: 'WHATSAPP', identity: '447700900999' },
        event_type: 'X',
        additional_data: {},
      },
    });
    expect(factsOf(callback, ['channel', 'identity', 'sender_id'])).toEqual({
      channel: 'WHATSAPP',
      sender_id: '447700900999',
    });
  });

  test('the previous rating is remembered, as Sinch says it', async () => {
    const event = channelEvent('QUALITY_UPDATE', {
      quality_rating: 'red',
      previous_rating: 'green',
    });
    expect((await read(event)).stateRecords).toEqual([
      { kind: 'rating', channel: 'WHATSAPP', rating: 'RED', previous: 'GREEN' },
    ]);
  });
});

describe('facts of Meta’s own notices', () => {
  test.each([
    [
      'account_update',
      {
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [{ restriction_type: 'A' }, { restriction_type: 'B' }],
      },
      { account_status: 'ACCOUNT_RESTRICTION', restriction_types: ['A', 'B'] },
    ],
    [
      'account_update',
      { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'SCAM' } },
      { account_status: 'ACCOUNT_VIOLATION', violation_type: 'SCAM' },
    ],
    [
      'account_update',
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } },
      { account_status: 'DISABLED_UPDATE', ban_state: 'DISABLE' },
    ],
    ['account_review_update', { decision: 'REJECTED' }, { account_status: 'REJECTED' }],
    [
      'phone_number_quality_update',
      { event: 'FLAGGED', current_limit: 'TIER_1K' },
      { number_status: 'FLAGGED', messaging_limit: 'TIER_1K' },
    ],
    ['phone_number_name_update', { decision: 'APPROVED' }, { display_name_status: 'APPROVED' }],
    [
      'message_template_status_update',
      {
        event: 'REJECTED',
        message_template_name: 'offer',
        message_template_language: 'en',
        reason: 'INVALID_FORMAT',
      },
      {
        template_status: 'REJECTED',
        template_name: 'offer',
        template_language: 'en',
        news_reason: 'INVALID_FORMAT',
      },
    ],
    [
      'message_template_quality_update',
      { new_quality_score: 'RED', message_template_name: 'offer' },
      { template_quality: 'RED', template_name: 'offer' },
    ],
    ['template_category_update', { new_category: 'MARKETING' }, { template_category: 'MARKETING' }],
    [
      'business_capability_update',
      { max_daily_conversations_per_business: 'TIER_UNLIMITED' },
      { messaging_limit: 'TIER_UNLIMITED' },
    ],
  ])('%s %j', async (field, value, expected) => {
    const callback = await read(metaNotice(field, value));
    expect(factsOf(callback, NAMES)).toEqual(expected);
    expect(factsOf(callback, ['meta_object', 'meta_field'])).toEqual({
      meta_object: 'whatsapp_business_account',
      meta_field: field,
    });
  });
});

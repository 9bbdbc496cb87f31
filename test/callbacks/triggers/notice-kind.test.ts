import { describe, expect, test } from 'vitest';
import { read } from '../../../src/samples/samples.ts';

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

const LISTS = {
  'restriction-words': [
    'RESTRICTED',
    'RESTRICTION',
    'FLAGGED',
    'BANNED',
    'DISABLED',
    'DELETED',
    'SUSPENDED',
  ],
  'restriction-lifted-words': ['UNRESTRICTED', 'UNFLAGGED', 'REINSTATED', 'LIFTED'],
  'number-states-good': ['VERIFIED', 'ACTIVE', 'CONNECTED', 'UNFLAGGED'],
  'template-states-good': ['APPROVED', 'REINSTATED', 'UNPAUSED', 'PENDING'],
};
const kindOf = async (body: object) => {
  const callback = await read(body);
  return [callback.fact('notice_family', LISTS), callback.fact('notice_kind', LISTS)];
};

describe('what a notice is about, by its type and its fields', () => {
  test.each<[string, object, string, string]>([
    // News of a template never touch the sender, whatever words they contain.
    ['WHATSAPP_TEMPLATE_REINSTATED', { name: 'a' }, 'template', 'other'],
    ['WHATSAPP_TEMPLATE_DELETED', { name: 'a' }, 'template', 'template_stopped'],
    ['TEMPLATE_DISABLED', {}, 'template', 'template_stopped'],
    ['STATUS_UPDATE', { template_name: 'a', status: 'BANNED' }, 'template', 'template_stopped'],
    [
      'ACCOUNT_UPDATE',
      { message_template_name: 'a', status: 'DISABLED' },
      'template',
      'template_stopped',
    ],
    [
      'WHATSAPP_TEMPLATE_QUALITY_SCORE_UPDATED',
      { quality_rating: 'RED' },
      'template',
      'template_quality',
    ],
    [
      'WHATSAPP_TEMPLATE_CATEGORY_UPDATED',
      { category: 'MARKETING' },
      'template',
      'template_category',
    ],
    ['WHATSAPP_TEMPLATE_COMMENT_ADDED', { state: 'REJECTED' }, 'template', 'other'],
    // A sender's limit, name, quality and comment are not its state.
    [
      'WHATSAPP_SENDER_DAILY_LIMIT_CHANGED',
      { dailyLimit: 'TIER_250' },
      'messaging_limit',
      'limit_changed',
    ],
    [
      'WHATSAPP_SENDER_QUALITY_RATING_CHANGED',
      { qualityRating: 'RED' },
      'quality',
      'quality_rated',
    ],
    ['WHATSAPP_SENDER_USERNAME_UPDATED', { state: 'DELETED' }, 'username', 'other'],
    ['DISPLAY_NAME_UPDATE', { status: 'DISABLED' }, 'display_name', 'other'],
    ['WHATSAPP_SENDER_COMMENT_ADDED', { state: 'ACTIVE', comment: 'BANNED' }, 'number', 'other'],
    [
      'PHONE_NUMBER_STATUS_UPDATE',
      { status: 'PENDING', reason: 'template DELETED' },
      'number',
      'other',
    ],
    // The state of the sender itself.
    ['PHONE_NUMBER_STATUS_UPDATE', { status: 'RESTRICTED' }, 'number', 'sender_restricted'],
    ['PHONE_NUMBER_STATUS_UPDATE', { status: 'NOT_VERIFIED' }, 'number', 'other'],
    ['PHONE_NUMBER_BANNED', {}, 'number', 'sender_restricted'],
    ['WHATSAPP_SENDER_INACTIVE', {}, 'number', 'sender_inactive'],
    ['WHATSAPP_SENDER_ACTIVE', {}, 'number', 'sender_restored'],
    ['RCS_SENDER_STATUS_UPDATED', { state: 'SUSPENDED' }, 'number', 'sender_restricted'],
    ['ACCOUNT_RESTRICTION', { status: 'ACTIVE' }, 'account', 'sender_restricted'],
    ['ACCOUNT_RESTRICTION_LIFTED', {}, 'account', 'sender_restored'],
    [
      'RCS_BRAND_REGISTRATION_PROCESS_STATUS_UPDATED',
      { status: 'REJECTED' },
      'account',
      'account_review',
    ],
    ['CERTIFICATE_RENEWAL', { status: 'DELETED' }, 'certificate', 'other'],
    ['RESTRICTED', {}, 'other', 'other'],
  ])('of Sinch: %s %j is %s, %s', async (type, data, ...expected) => {
    expect(await kindOf(channelEvent(type, data))).toEqual(expected);
  });

  const restricted = (...types: string[]) => ({
    event: 'ACCOUNT_RESTRICTION',
    restriction_info: types.map((restriction_type) => ({ restriction_type })),
  });
  test.each<[string, object, string, string]>([
    [
      'account_update',
      restricted('RESTRICTED_BIZ_INITIATED_MESSAGING'),
      'account',
      'sender_restricted',
    ],
    [
      'account_update',
      restricted('RESTRICTED_ADD_PHONE_NUMBER_ACTION'),
      'account',
      'account_restricted_otherwise',
    ],
    [
      'account_update',
      restricted('RESTRICTED_USER_INITIATED_CALLING', 'RESTRICTED_UTILITY_TEMPLATES'),
      'account',
      'account_restricted_otherwise',
    ],
    [
      'account_update',
      restricted('RESTRICTED_USER_INITIATED_CALLING', 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING'),
      'account',
      'sender_restricted',
    ],
    ['account_update', { event: 'ACCOUNT_VIOLATION' }, 'account', 'account_warned'],
    ['account_update', { event: 'ACCOUNT_DELETED' }, 'account', 'sender_restricted'],
    [
      'account_update',
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } },
      'account',
      'sender_restored',
    ],
    [
      'account_update',
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE' } },
      'account',
      'sender_restricted',
    ],
    ['account_update', { event: 'PARTNER_REMOVED' }, 'account', 'account_offboarded'],
    ['account_update', { event: 'ACCOUNT_OFFBOARDED' }, 'account', 'account_offboarded'],
    [
      'account_update',
      { event: 'VOLUME_BASED_PRICING_TIER_UPDATE', volume_tier_info: { tier: '1:2' } },
      'account',
      'other',
    ],
    ['account_review_update', { decision: 'REJECTED' }, 'account', 'account_review'],
    ['account_review_update', { decision: 'APPROVED' }, 'account', 'other'],
    ['account_alerts', { alert_info: { alert_severity: 'CRITICAL' } }, 'account', 'account_alert'],
    ['account_alerts', { alert_severity: 'WARNING' }, 'account', 'account_alert'],
    ['account_alerts', { alert_info: { alert_severity: 'INFORMATIONAL' } }, 'account', 'other'],
    [
      'phone_number_quality_update',
      { event: 'DOWNGRADE', current_limit: 'TIER_50' },
      'messaging_limit',
      'limit_lowered',
    ],
    [
      'phone_number_quality_update',
      { event: 'UPGRADE', current_limit: 'TIER_10K' },
      'messaging_limit',
      'limit_raised',
    ],
    [
      'phone_number_quality_update',
      { event: 'THROUGHPUT_UPGRADE' },
      'messaging_limit',
      'limit_raised',
    ],
    ['phone_number_quality_update', { event: 'FLAGGED' }, 'number', 'sender_restricted'],
    ['phone_number_quality_update', { event: 'UNFLAGGED' }, 'number', 'sender_restored'],
    [
      'phone_number_quality_update',
      { event: 'ONBOARDING', current_limit: 'TIER_250' },
      'messaging_limit',
      'other',
    ],
    [
      'business_capability_update',
      { max_daily_conversations_per_business: 2000 },
      'messaging_limit',
      'limit_changed',
    ],
    ['phone_number_name_update', { decision: 'REJECTED' }, 'display_name', 'display_name_rejected'],
    ['payment_configuration_update', { status: 'Needs Testing' }, 'payment', 'payment_problem'],
    ['payment_configuration_update', { status: 'Active' }, 'payment', 'other'],
    [
      'message_template_status_update',
      { event: 'PENDING_DELETION', message_template_name: 'a' },
      'template',
      'template_stopped',
    ],
    [
      'message_template_status_update',
      { event: 'LIMIT_EXCEEDED', message_template_name: 'a' },
      'template',
      'template_stopped',
    ],
    [
      'message_template_status_update',
      { event: 'REINSTATED', message_template_name: 'a' },
      'template',
      'other',
    ],
    [
      'message_template_status_update',
      { new_quality_score: 'RED', message_template_name: 'a' },
      'template',
      'template_quality',
    ],
    ['message_template_quality_update', { new_quality_score: 'GREEN' }, 'template', 'other'],
    [
      'template_category_update',
      { previous_category: 'UTILITY', new_category: 'MARKETING' },
      'template',
      'template_category',
    ],
    ['message_template_components_update', { message_template_name: 'a' }, 'template', 'other'],
    ['security', { event: 'PIN_CHANGED' }, 'security', 'other'],
    ['calls', { calls: [{ from: '12025550143', event: 'connect' }] }, 'call', 'other'],
    [
      'user_preferences',
      { user_preferences: [{ wa_id: '1', category: 'marketing_messages', value: 'stop' }] },
      'preferences',
      'preference_stop',
    ],
    [
      'user_preferences',
      { user_preferences: [{ wa_id: '1', category: 'marketing_messages', value: 'resume' }] },
      'preferences',
      'preference_resume',
    ],
    [
      'user_preferences',
      { user_preferences: [{ wa_id: '1', category: 'other_messages', value: 'stop' }] },
      'preferences',
      'other',
    ],
  ])('of Meta: %s %j is %s, %s', async (field, value, ...expected) => {
    expect(await kindOf(metaNotice(field, value))).toEqual(expected);
  });
});

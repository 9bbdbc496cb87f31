import { find, findText } from './free-form.ts';

/** A channel's notice about the sender itself: its type, and an object without documented fields. */
export interface ChannelNotice {
  readonly channel: string | undefined;
  readonly type: string | undefined;
  readonly data: unknown;
}

/** What a notice is about. */
export const FAMILIES = [
  'template',
  'quality',
  'messaging_limit',
  'display_name',
  'username',
  'certificate',
  'payment',
  'account',
  'number',
  'security',
  'preferences',
  'call',
  'other',
] as const;
export type Family = (typeof FAMILIES)[number];

/** The fields that hold a messaging limit, the present one. */
export const LIMIT_FIELDS: readonly string[] = [
  'messaging_limit',
  'messaging_limit_tier',
  'max_daily_conversations_per_business',
  'max_daily_conversation_per_phone',
  'current_limit',
  'daily_limit',
];

/** Each family by the type of the notice. The first match decides, so the narrower noun comes first: a sender's limit is a limit. */
const BY_TYPE: readonly (readonly [Family, RegExp])[] = [
  ['template', /TEMPLATE/],
  ['preferences', /PREFERENCE/],
  ['username', /USER_?NAME|USER_?ID/],
  ['display_name', /NAME/],
  ['certificate', /CERTIFICATE/],
  ['payment', /PAYMENT|BILLING|PRICING|CREDIT/],
  ['quality', /QUALITY/],
  ['messaging_limit', /LIMIT|TIER|BUSINESS_CAPABILITY|THROUGHPUT/],
  ['call', /(^|_)CALLS?(_|$)/],
  ['security', /SECURITY|(^|_)PIN(_|$)/],
  ['account', /ACCOUNT|WABA|PARTNER|BRAND|BUSINESS/],
  ['number', /NUMBER|PHONE|SENDER|AGENT/],
];

/** Each family by a field that only its notices have, for a type that names no family. */
const BY_FIELD: readonly (readonly [Family, readonly string[]])[] = [
  ['preferences', ['user_preferences']],
  ['quality', ['quality_rating', 'new_quality_rating']],
  ['messaging_limit', LIMIT_FIELDS],
  ['account', ['ban_info', 'restriction_info', 'violation_info', 'alert_info', 'account_status']],
  ['number', ['phone_number_status', 'number_status']],
  ['display_name', ['display_name_status', 'name_status', 'requested_verified_name']],
  ['certificate', ['certificate_status']],
  ['call', ['calls']],
];

const TEMPLATE_FIELDS = [
  ...['template_name', 'message_template_name', 'message_template_id', 'template_id'],
  ...['template_status', 'message_template_status', 'template_category'],
];

/** Returns a type in upper case with `_` between its words. */
export const typeName = (type: string | undefined): string =>
  (type ?? '').replace(/[\s.-]+/g, '_').toUpperCase();

/**
 * Returns what a notice is about, by its type and by its fields, never by a word elsewhere in it. What names a template is
 * about that template, whatever its type: it must not touch the sender.
 * Source: Meta's webhook fields; Sinch's ChannelEvent; triggers of Sinch's Provisioning API.
 */
export function familyOf({ type, data }: ChannelNotice): Family {
  if (find(data, TEMPLATE_FIELDS) !== undefined) return 'template';
  const name = typeName(type);
  // Despite its name, Meta's field reports a new limit, or a number that was flagged.
  if (name === 'PHONE_NUMBER_QUALITY_UPDATE' && find(data, ['quality_rating']) === undefined) {
    return /FLAGGED$/i.test(findText(data, ['event']) ?? '') ? 'number' : 'messaging_limit';
  }
  const byType = BY_TYPE.find(([, pattern]) => pattern.test(name));
  const byField = BY_FIELD.find(([, fields]) => find(data, fields) !== undefined);
  return (byType ?? byField)?.[0] ?? 'other';
}

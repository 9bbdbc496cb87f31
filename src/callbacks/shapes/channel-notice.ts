import { type Fact, fact } from '../facts/fact.ts';
import { find, findText } from './free-form.ts';
import { isRecord } from './parts.ts';

/** A channel's notice about the sender itself: its type, and an object without documented fields. */
export interface ChannelNotice {
  readonly type: string | undefined;
  readonly data: unknown;
}

/** Returns a status by its own name, or by a generic name if the notice is of that type. */
const status = (
  news: ChannelNotice | undefined,
  type: RegExp,
  ...names: string[]
): string | undefined => {
  const plain = type.test(news?.type ?? '') ? ['new_status', 'status', 'event', 'decision'] : [];
  return findText(news?.data, [...names, ...plain])?.toUpperCase();
};

/** Returns a field of an object within the notice, or of the notice itself. */
const within = (
  news: ChannelNotice | undefined,
  object: string,
  names: readonly string[],
): string | undefined => findText(find(news?.data, [object]), names) ?? findText(news?.data, names);

function restrictions(news: ChannelNotice | undefined): readonly string[] | undefined {
  const found = find(news?.data, ['restriction_info', 'restrictions', 'restriction']);
  const types = (Array.isArray(found) ? found : [found]).flatMap((one) =>
    isRecord(one)
      ? (findText(one, ['restriction_type', 'type']) ?? [])
      : typeof one === 'string'
        ? one
        : [],
  );
  return types.length > 0 ? types : undefined;
}

/**
 * Facts of a channel's notice, whether Sinch reads it (CHANNEL_EVENT) or passes on Meta's own (UNSUPPORTED).
 * Source: Meta's webhook fields account_update, phone_number_*_update, message_template_*_update, business_capability_update.
 */
export const noticeFacts = <P>(
  of: (payload: P) => ChannelNotice | undefined,
): Readonly<Record<string, Fact<P>>> => ({
  number_status: fact.text(
    'phone number status',
    'What the channel lets the number do: verified, flagged, restricted, deleted.',
    { personal: false },
    (payload) =>
      status(
        of(payload),
        /^(?!.*name).*(number|phone|sender)/i,
        'phone_number_status',
        'number_status',
      ),
  ),
  display_name_status: fact.text(
    'display name status',
    'Whether the channel approved the name that people see.',
    { personal: false },
    (payload) => status(of(payload), /name/i, 'display_name_status', 'name_status'),
  ),
  certificate_status: fact.text(
    'certificate status',
    'Whether the number’s certificate must be renewed.',
    { personal: false },
    (payload) => status(of(payload), /certificate/i, 'certificate_status'),
  ),
  account_status: fact.text(
    'account status',
    'What the channel did with the whole account.',
    { personal: false },
    (payload) => status(of(payload), /account/i, 'account_status'),
  ),
  violation_type: fact.text(
    'violation',
    'Which rule of the channel was broken.',
    { personal: false },
    (payload) => within(of(payload), 'violation_info', ['violation_type']),
  ),
  ban_state: fact.text(
    'ban',
    'Whether the account is, was or will be closed.',
    { personal: false, known: ['DISABLE', 'REINSTATE', 'SCHEDULE_FOR_DISABLE'] },
    (payload) => within(of(payload), 'ban_info', ['waba_ban_state', 'ban_state']),
  ),
  restriction_types: fact.list(
    'restrictions',
    'What the channel forbids for now.',
    { personal: false },
    (payload) => restrictions(of(payload)),
  ),
  template_name: fact.text(
    'template',
    'The message template that the notice is about.',
    { personal: false },
    (payload) => findText(of(payload)?.data, ['template_name', 'message_template_name']),
  ),
  template_language: fact.text(
    'language of the template',
    'The language of that template.',
    { personal: false },
    (payload) => findText(of(payload)?.data, ['template_language', 'message_template_language']),
  ),
  template_status: fact.text(
    'template status',
    'What the channel decided about a message template.',
    { personal: false },
    (payload) => status(of(payload), /template/i, 'template_status', 'message_template_status'),
  ),
  template_quality: fact.text(
    'quality of the template',
    'The channel’s rating of that template.',
    { personal: false },
    (payload) =>
      findText(of(payload)?.data, [
        'new_quality_score',
        'template_quality',
        'quality_score',
      ])?.toUpperCase(),
  ),
  template_category: fact.text(
    'category of the template',
    'What the channel takes the template for: marketing, utility, authentication.',
    { personal: false },
    (payload) =>
      findText(of(payload)?.data, [
        'new_category',
        'template_category',
        'message_template_category',
      ])?.toUpperCase(),
  ),
  messaging_limit: fact.text(
    'messaging limit',
    'How many people a day the channel lets you write to first.',
    { personal: false },
    (payload) => {
      const names = [
        'messaging_limit',
        'messaging_limit_tier',
        'max_daily_conversations_per_business',
        'max_daily_conversation_per_phone',
        'current_limit',
      ];
      const found = find(of(payload)?.data, names);
      return typeof found === 'number' ? String(found) : found;
    },
  ),
  news_reason: fact.text('reason given', 'The channel’s reason.', { personal: false }, (payload) =>
    findText(of(payload)?.data, ['reason', 'rejection_reason', 'status_reason']),
  ),
});

import { type Fact, fact } from '../facts/fact.ts';
import { find, findText } from './free-form.ts';
import { type ChannelNotice, FAMILIES, familyOf } from './notice-family.ts';
import {
  banState,
  limitChange,
  messagingLimit,
  previousCategory,
  previousLimit,
  restrictedUntil,
  restrictionsOf,
  statusOf,
  statusOrType,
  templateCategory,
  templateQuality,
  templateStatus,
  timeOf,
  within,
} from './notice-fields.ts';
import { kindOf, NOTICE_KINDS } from './notice-kind.ts';

/** Reads a field of a notice, where the payload holds one. */
type Read = (notice: ChannelNotice) => unknown;

/**
 * Facts of a channel's notice, whether Sinch reads it (CHANNEL_EVENT) or passes on Meta's own (UNSUPPORTED).
 * Source: Meta's webhook fields account_update, account_alerts, account_review_update, phone_number_*_update, message_template_*_update,
 * template_category_update, business_capability_update.
 */
export function noticeFacts<P>(
  of: (payload: P) => ChannelNotice | undefined,
): Readonly<Record<string, Fact<P>>> {
  const from = (read: Read) => (payload: P) => {
    const notice = of(payload);
    return notice && read(notice);
  };
  const personal = false;
  return {
    notice_family: fact.text(
      'what the event is about',
      'What the notice is about, by its type and its fields: the number, its quality, a template, the account, a limit.',
      { personal, known: FAMILIES },
      from(familyOf),
    ),
    notice_kind: fact.text(
      'kind of event',
      'What the notice means for the sender. `other` is a notice that no kind describes.',
      { personal, known: NOTICE_KINDS },
      (payload, { lists }) => {
        const notice = of(payload);
        return notice && kindOf(notice, lists);
      },
    ),
    number_status: fact.text(
      'phone number status',
      'What the channel lets the number do: verified, flagged, restricted, deleted.',
      { personal },
      from((notice) => statusOrType(notice, 'number', 'phone_number_status', 'number_status')),
    ),
    display_name_status: fact.text(
      'display name status',
      'Whether the channel approved the name that people see.',
      { personal },
      from((notice) => statusOf(notice, 'display_name', 'display_name_status', 'name_status')),
    ),
    certificate_status: fact.text(
      'certificate status',
      'Whether the number’s certificate must be renewed.',
      { personal },
      from((notice) => statusOf(notice, 'certificate', 'certificate_status')),
    ),
    account_status: fact.text(
      'account status',
      'What the channel did with the whole account.',
      { personal },
      from((notice) => statusOf(notice, 'account', 'account_status')),
    ),
    payment_setup: fact.text(
      'state of the payment set-up',
      'The state of a payment configuration.',
      { personal },
      from((notice) => statusOf(notice, 'payment')),
    ),
    alert_severity: fact.text(
      'severity of the channel’s alert',
      'How urgent the channel’s own alert is.',
      { personal, known: ['CRITICAL', 'WARNING', 'INFORMATIONAL'] },
      from((notice) => within(notice, 'alert_info', ['alert_severity'])),
    ),
    alert_type: fact.text(
      'type of the channel’s alert',
      'What the channel’s own alert is about.',
      { personal },
      from((notice) => within(notice, 'alert_info', ['alert_type'])),
    ),
    violation_type: fact.text(
      'violation',
      'Which rule of the channel was broken.',
      { personal },
      from((notice) => within(notice, 'violation_info', ['violation_type'])),
    ),
    ban_state: fact.text(
      'ban',
      'Whether the account is, was or will be closed.',
      { personal, known: ['DISABLE', 'REINSTATE', 'SCHEDULE_FOR_DISABLE'] },
      from(banState),
    ),
    restriction_types: fact.list(
      'restrictions',
      'What the channel forbids for now.',
      { personal },
      from((notice) => {
        const types = restrictionsOf(notice).flatMap(({ type }) => type ?? []);
        return types.length > 0 ? types : undefined;
      }),
    ),
    restricted_until: fact.time(
      'end of the restriction',
      'When the last restriction of messages ends, as the channel says.',
      { personal },
      from(restrictedUntil),
    ),
    template_name: fact.text(
      'template',
      'The message template that the notice is about.',
      { personal },
      from((notice) => findText(notice.data, named(notice, 'name'))),
    ),
    template_language: fact.text(
      'language of the template',
      'The language of that template.',
      { personal },
      from((notice) => findText(notice.data, named(notice, 'language'))),
    ),
    template_status: fact.text(
      'template status',
      'What the channel decided about a message template.',
      { personal },
      from(templateStatus),
    ),
    template_quality: fact.text(
      'quality of the template',
      'The channel’s rating of that template.',
      { personal },
      from(templateQuality),
    ),
    template_category: fact.text(
      'category of the template',
      'What the channel takes the template for, now or from a coming day: marketing, utility, authentication.',
      { personal },
      from(templateCategory),
    ),
    previous_template_category: fact.text(
      'earlier category of the template',
      'What the channel took the template for before.',
      { personal },
      from(previousCategory),
    ),
    template_category_at: fact.time(
      'day of the new category',
      'When an announced change of the category takes effect.',
      { personal },
      from(({ data }) => timeOf(find(data, ['category_update_timestamp']))),
    ),
    messaging_limit: fact.text(
      'messaging limit',
      'How many people a day the channel lets you write to first.',
      { personal, previous: 'previous_messaging_limit' },
      from(messagingLimit),
    ),
    previous_messaging_limit: fact.text(
      'earlier messaging limit',
      'The messaging limit before: from the notice, else from stored state.',
      { personal, recalled: true },
      from(previousLimit),
    ),
    limit_change: fact.text(
      'change of the limit',
      'Which way the messaging limit changed: as the notice says, else against the limit that is stored. `changed`: no earlier limit is known.',
      { personal, known: ['raised', 'lowered', 'changed', 'unchanged'], recalled: true },
      from((notice) => {
        const change = limitChange(notice);
        return change === 'changed' ? undefined : change;
      }),
    ),
    news_reason: fact.text(
      'reason given',
      'The channel’s reason.',
      { personal },
      from(({ data }) => findText(data, ['reason', 'rejection_reason', 'status_reason'])),
    ),
  };
}

/** The fields that name a template's attribute; a plain one counts only in a notice about a template. */
const named = (notice: ChannelNotice, attribute: string): readonly string[] => [
  `template_${attribute}`,
  `message_template_${attribute}`,
  ...(familyOf(notice) === 'template' ? [attribute] : []),
];

import type { Lists } from '../facts/fact.ts';
import { fold } from '../facts/fold.ts';
import { find, findText } from './free-form.ts';
import { type ChannelNotice, type Family, familyOf, typeName } from './notice-family.ts';
import {
  banState,
  limitChange,
  previousCategory,
  restrictionsOf,
  statusOf,
  statusOrType,
  stopsMessages,
  templateQuality,
  templateStatus,
  within,
} from './notice-fields.ts';

/** What a notice means for the sender, the kinds that a rule can act on. Anything else is `other`. */
export const NOTICE_KINDS = [
  'sender_restricted',
  'sender_restored',
  'sender_inactive',
  'quality_rated',
  'limit_lowered',
  'limit_raised',
  'limit_changed',
  'template_stopped',
  'template_quality',
  'template_category',
  'account_restricted_otherwise',
  'account_warned',
  'account_review',
  'account_offboarded',
  'account_alert',
  'display_name_rejected',
  'payment_problem',
  'preference_stop',
  'preference_resume',
  'other',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** The lists of words that decide a kind. Rule authors may change them. */
export const NOTICE_LISTS = [
  'restriction-words',
  'restriction-lifted-words',
  'number-states-good',
  'template-states-good',
] as const;
type NoticeList = (typeof NOTICE_LISTS)[number];

const has = (text: string | undefined, name: NoticeList, lists: Lists): boolean => {
  const words = ` ${fold(text ?? '')} `;
  return lists[name]?.some((word) => words.includes(` ${fold(String(word))} `)) ?? false;
};
/** Exactly one of the list: NOT_VERIFIED is not VERIFIED. */
const is = (text: string | undefined, name: NoticeList, lists: Lists): boolean =>
  text !== undefined && (lists[name]?.some((word) => fold(String(word)) === fold(text)) ?? false);

type Reader = (notice: ChannelNotice, lists: Lists) => NoticeKind | undefined;

/** Whether a word says that a sender may send less, or again. */
function restriction(text: string | undefined, lists: Lists): NoticeKind | undefined {
  if (has(text, 'restriction-lifted-words', lists)) return 'sender_restored';
  return has(text, 'restriction-words', lists) ? 'sender_restricted' : undefined;
}

const OFFBOARDED = /OFFBOARDED|PARTNER_REMOVED|PARTNER_APP_UNINSTALLED/;
const REVIEW_FAILED = /^(REJECTED|DEFERRED|PENDING|FAILED|REVOKED|DISCARDED|ACCOUNT_REJECTED)$/;

const account: Reader = (notice, lists) => {
  const ban = banState(notice);
  if (ban === 'REINSTATE') return 'sender_restored';
  if (ban === 'DISABLE' || ban === 'SCHEDULE_FOR_DISABLE') return 'sender_restricted';
  const status = statusOf(notice, 'account', 'account_status');
  const said = status ?? typeName(notice.type);
  if (OFFBOARDED.test(said)) return 'account_offboarded';
  if (/VIOLATION|WARNED|WARNING/.test(said)) return 'account_warned';
  const severity = within(notice, 'alert_info', ['alert_severity'])?.toUpperCase();
  if (severity !== undefined)
    return /^(CRITICAL|WARNING)$/.test(severity) ? 'account_alert' : 'other';
  const verification = findText(find(notice.data, ['partner_client_certification_info']), [
    'status',
  ]);
  if (
    REVIEW_FAILED.test(verification?.toUpperCase() ?? status ?? '') ||
    /ACCOUNT_REJECTED$/.test(said)
  )
    return 'account_review';
  const kind = restriction(status, lists) ?? restriction(typeName(notice.type), lists);
  return kind === 'sender_restricted' && !stopsMessages(restrictionsOf(notice))
    ? 'account_restricted_otherwise'
    : kind;
};

const number: Reader = (notice, lists) => {
  const status = statusOrType(notice, 'number', 'phone_number_status', 'number_status');
  if (is(status, 'number-states-good', lists)) return 'sender_restored';
  if (/^(INACTIVE|ERROR|REJECTED|DISCONNECTED|OFFLINE)$/.test(status ?? ''))
    return 'sender_inactive';
  return restriction(status, lists) ?? restriction(typeName(notice.type), lists);
};

const template: Reader = (notice, lists) => {
  if (previousCategory(notice) !== undefined || /CATEGORY/.test(typeName(notice.type)))
    return 'template_category';
  const status = templateStatus(notice);
  if (status !== undefined)
    return is(status, 'template-states-good', lists) ? undefined : 'template_stopped';
  return /^(RED|YELLOW|LOW|MEDIUM)$/.test(templateQuality(notice) ?? '')
    ? 'template_quality'
    : undefined;
};

const RATED = /^(GREEN|YELLOW|RED)$/i;

const READERS: { readonly [F in Family]?: Reader } = {
  account,
  number,
  template,
  quality: ({ channel, data }) =>
    channel === 'WHATSAPP' && RATED.test(ratingIn(data) ?? '') ? 'quality_rated' : undefined,
  messaging_limit: (notice) => {
    const change = limitChange(notice);
    return change && `limit_${change}`;
  },
  display_name: (notice) =>
    /^(REJECTED|DECLINED|DEFERRED)$/.test(
      statusOrType(notice, 'display_name', 'display_name_status') ?? '',
    )
      ? 'display_name_rejected'
      : undefined,
  payment: (notice) => {
    if (/PRICING/.test(typeName(notice.type))) return undefined;
    return /^(ACTIVE|OK|APPROVED)$/.test(statusOf(notice, 'payment') ?? '')
      ? undefined
      : 'payment_problem';
  },
  preferences: ({ data }) => {
    const value = findText(data, ['value'])?.toLowerCase();
    if (!/^marketing/i.test(findText(data, ['category']) ?? 'marketing')) return undefined;
    return value === 'stop'
      ? 'preference_stop'
      : value === 'resume'
        ? 'preference_resume'
        : undefined;
  },
};

const RATING_FIELDS = ['quality_rating', 'new_quality_rating', 'new_rating', 'rating'];

/** The rating that a quality notice reports. A plain `rating` counts only there. */
export const ratingIn = (data: unknown): string | undefined =>
  findText(data, RATING_FIELDS)?.toUpperCase();

/** Returns what a notice means for the sender. */
export function kindOf(notice: ChannelNotice, lists: Lists): NoticeKind {
  // A comment repeats the whole sender or template, whose state did not change with it.
  if (/COMMENT/.test(typeName(notice.type))) return 'other';
  return READERS[familyOf(notice)]?.(notice, lists) ?? 'other';
}

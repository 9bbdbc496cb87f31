import type { StateRecord } from '../model.ts';
import { find, findText } from './free-form.ts';
import {
  type ChannelNotice,
  type Family,
  familyOf,
  LIMIT_FIELDS,
  typeName,
} from './notice-family.ts';
import { isRecord, textOf } from './parts.ts';

/** Words of a type that say that something changed, but not to what. */
const EMPTY_WORDS =
  /(^|_)(STATUS|STATE|UPDATED?|CHANGED?|EVENT|NOTIFICATION|INFO|RATING|QUALITY|SCORE|LIMIT|DAILY|CATEGORY|FUTURE|COMMENT|ADDED|COMPONENTS|REVIEW|ALERTS?)(?=_|$)/g;
/** Words of a type that name its subject. */
const SUBJECT_WORDS =
  /(^|_)(WHATS_?APP|RCS|KAKAOTALK|META|MESSAGE|PHONE|NUMBER|SENDER|AGENT|TEMPLATE)(?=_|$)/g;

/** Returns what the type itself says: `WHATSAPP_TEMPLATE_DELETED` is DELETED, `TEMPLATE_STATUS_UPDATE` nothing. */
function stateInType(type: string | undefined): string | undefined {
  const rest = typeName(type).replace(SUBJECT_WORDS, '').replace(EMPTY_WORDS, '');
  return rest.replace(/^_+|_+$/g, '') || undefined;
}

const PLAIN_STATUS = ['new_status', 'status', 'event', 'decision', 'state'];

/** Returns the status of a notice of one family: by its own name, a generic name, or its type. `undefined` for another family. */
export function statusOf(
  notice: ChannelNotice,
  family: Family,
  ...names: readonly string[]
): string | undefined {
  if (familyOf(notice) !== family) return undefined;
  return findText(notice.data, [...names, ...PLAIN_STATUS])?.toUpperCase();
}

/** Returns such a status, or what the type itself says. */
export const statusOrType = (
  notice: ChannelNotice,
  family: Family,
  ...names: readonly string[]
): string | undefined =>
  statusOf(notice, family, ...names) ??
  (familyOf(notice) === family ? stateInType(notice.type) : undefined);

/** Returns a field of an object within the notice, or of the notice itself. */
export const within = (
  { data }: ChannelNotice,
  object: string,
  names: readonly string[],
): string | undefined => findText(find(data, [object]), names) ?? findText(data, names);

export const banState = (notice: ChannelNotice): string | undefined =>
  within(notice, 'ban_info', ['waba_ban_state', 'ban_state'])?.toUpperCase();

interface Restriction {
  readonly type: string | undefined;
  /** Milliseconds since 1970. */
  readonly until: number | undefined;
}

/** Restrictions of Meta's that leave messages alone: they concern calls, new numbers and new templates. */
const NO_MESSAGES = /CALL|ADD_PHONE|TEMPLATE/i;

export function restrictionsOf({ data }: ChannelNotice): readonly Restriction[] {
  const found = find(data, ['restriction_info', 'restrictions', 'restriction']);
  return (Array.isArray(found) ? found : [found]).flatMap((one) => {
    if (typeof one === 'string') return { type: one, until: undefined };
    if (!isRecord(one)) return [];
    return {
      type: findText(one, ['restriction_type', 'type']),
      until: timeOf(find(one, ['expiration', 'expires_at', 'until', 'expiration_time'])),
    };
  });
}

/** Whether the restrictions forbid to send messages. A restriction that names no type may. */
export const stopsMessages = (restrictions: readonly Restriction[]): boolean =>
  restrictions.length === 0 || restrictions.some(({ type }) => !type || !NO_MESSAGES.test(type));

/** Returns when the last restriction of messages ends, in milliseconds since 1970; without one, when the last restriction ends. */
export function restrictedUntil(notice: ChannelNotice): number | undefined {
  const all = restrictionsOf(notice);
  const messages = all.filter(({ type }) => !type || !NO_MESSAGES.test(type));
  const ends = (messages.length > 0 ? messages : all).flatMap(({ until }) => until ?? []);
  const own = timeOf(find(notice.data, ['expiration', 'restricted_until']));
  return ends.length > 0 ? Math.max(...ends) : own;
}

/** Reads a time as channels write it: seconds or milliseconds since 1970, as a number or a text, or a date with or without `:` in its zone. */
export function timeOf(value: unknown): number | undefined {
  const text = textOf(value)?.trim();
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return number === 0 ? undefined : number > 1e11 ? number : number * 1000;
  }
  const time = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isFinite(time) && time > 0 ? time : undefined;
}

export const messagingLimit = ({ data }: ChannelNotice): string | undefined =>
  textOf(find(data, LIMIT_FIELDS));

export const previousLimit = ({ data }: ChannelNotice): string | undefined =>
  textOf(find(data, ['old_limit', 'previous_limit', 'previous_messaging_limit']));

/** Returns how many people a limit allows; `undefined` if it says no number. `TIER_2K` is 2000, `-1` and UNLIMITED have no end. */
function sizeOf(limit: string | undefined): number | undefined {
  if (limit === undefined) return undefined;
  if (limit === '-1' || /UNLIMITED/i.test(limit)) return Number.POSITIVE_INFINITY;
  const [, digits, thousands] = /^(?:TIER_)?(\d+)(K?)$/i.exec(limit) ?? [];
  return digits === undefined ? undefined : Number(digits) * (thousands ? 1000 : 1);
}

/** Returns which way a limit changed: by the event's own word, else by its two values. */
export function limitChange(notice: ChannelNotice): 'raised' | 'lowered' | 'changed' | undefined {
  if (familyOf(notice) !== 'messaging_limit') return undefined;
  const word = findText(notice.data, ['event'])?.toUpperCase() ?? typeName(notice.type);
  if (/DOWNGRADE|DECREASE|LOWERED/.test(word)) return 'lowered';
  if (/UPGRADE|INCREASE|RAISED/.test(word)) return 'raised';
  const now = messagingLimit(notice);
  const compared = now === undefined ? undefined : compareLimits(now, previousLimit(notice));
  if (compared === 'lowered' || compared === 'raised') return compared;
  return now === undefined || word === 'ONBOARDING' ? undefined : 'changed';
}

/** Returns which way a limit changed; `changed` where that cannot be told. */
export function compareLimits(
  now: string,
  before: string | undefined,
): 'raised' | 'lowered' | 'changed' | 'unchanged' {
  const [size, earlier] = [sizeOf(now), sizeOf(before)];
  if (size === undefined || earlier === undefined) return now === before ? 'unchanged' : 'changed';
  if (size === earlier) return 'unchanged';
  return size < earlier ? 'lowered' : 'raised';
}

/** Returns the messaging limit that a notice reports, as state of the sender. */
export function limitRecord(notice: ChannelNotice): readonly StateRecord[] {
  const limit = familyOf(notice) === 'messaging_limit' ? messagingLimit(notice) : undefined;
  const { channel } = notice;
  return channel && limit
    ? [{ kind: 'messaging-limit', channel, limit, previous: previousLimit(notice) }]
    : [];
}

/** Meta announces a change a day before: then `new_category` is the present one and `correct_category` the coming one. */
export const templateCategory = ({ data }: ChannelNotice): string | undefined =>
  findText(data, [
    ...['correct_category', 'new_category', 'template_category', 'message_template_category'],
  ])?.toUpperCase();

export function previousCategory({ data }: ChannelNotice): string | undefined {
  const coming = findText(data, ['correct_category']) !== undefined;
  return findText(
    data,
    coming ? ['new_category'] : ['previous_category', 'old_category'],
  )?.toUpperCase();
}

export const templateQuality = (notice: ChannelNotice): string | undefined =>
  familyOf(notice) === 'template'
    ? findText(notice.data, [
        ...['new_quality_score', 'template_quality', 'quality_score', 'quality_rating'],
      ])?.toUpperCase()
    : undefined;

/** The status of a template. A change of its rating, category or text is none. */
export function templateStatus(notice: ChannelNotice): string | undefined {
  if (/QUALITY|CATEGORY|COMPONENTS|COMMENT/.test(typeName(notice.type))) return undefined;
  if (templateQuality(notice) !== undefined && find(notice.data, ['event', 'status']) === undefined)
    return undefined;
  return statusOrType(notice, 'template', 'template_status', 'message_template_status');
}

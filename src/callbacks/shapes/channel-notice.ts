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

/** Sinch’s sender states and Meta’s states of a number. Source: Provisioning API, WhatsappSenderDto; Meta, phone number status. */
const NUMBER_STATES: readonly string[] = [
  ...['ACTIVE', 'IN_PROGRESS', 'INACTIVE', 'PENDING_VERIFICATION', 'SUSPENDED', 'ERROR'],
  ...['CONNECTED', 'DISCONNECTED', 'VERIFIED', 'NOT_VERIFIED', 'PENDING', 'MIGRATED', 'OFFLINE'],
  ...['FLAGGED', 'UNFLAGGED', 'RESTRICTED', 'UNRESTRICTED', 'RATE_LIMITED', 'REINSTATED'],
  ...['BANNED', 'BLOCKED', 'DISABLED', 'DELETED', 'REJECTED', 'UNVERIFIED', 'UNKNOWN'],
];
const NAME_STATES: readonly string[] = [
  ...['APPROVED', 'DEFERRED', 'PENDING', 'REJECTED', 'DECLINED'],
  ...['AVAILABLE_WITHOUT_REVIEW', 'EXPIRED', 'NONE'],
];
/** Events of an account. Source: Meta, account_update and account_review_update. */
export const ACCOUNT_EVENTS: readonly string[] = [
  ...['ACCOUNT_RESTRICTION', 'ACCOUNT_VIOLATION', 'DISABLED_UPDATE', 'ACCOUNT_DELETED'],
  ...['ACCOUNT_OFFBOARDED', 'ACCOUNT_RECONNECTED', 'VERIFIED_ACCOUNT'],
  ...['PARTNER_ADDED', 'PARTNER_REMOVED', 'PARTNER_APP_INSTALLED', 'PARTNER_APP_UNINSTALLED'],
  ...['PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE', 'AD_ACCOUNT_LINKED', 'MM_LITE_TERMS_SIGNED'],
  ...['AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE'],
  'VOLUME_BASED_PRICING_TIER_UPDATE',
];
const ACCOUNT_STATES: readonly string[] = [
  ...ACCOUNT_EVENTS,
  ...['ACTIVE', 'INACTIVE', 'APPROVED', 'REJECTED', 'PENDING', 'DEFERRED', 'IN_REVIEW'],
  ...['RESTRICTED', 'UNRESTRICTED', 'SUSPENDED', 'DISABLED', 'BANNED', 'FLAGGED', 'REINSTATED'],
  ...['BLOCKED', 'DELETED', 'VERIFIED', 'NOT_VERIFIED', 'PENDING_VERIFICATION', 'ONBOARDED'],
];
/** Source: Meta, account_alerts. */
const ALERT_TYPES: readonly string[] = [
  ...['DEFERRED', 'FAILED', 'NEED_MORE_INFO'].map(
    (outcome) => `INCREASED_CAPABILITIES_ELIGIBILITY_${outcome}`,
  ),
  ...['OBA_APPROVED', 'OBA_REJECTED', 'PROFILE_PICTURE_LOST'],
];
/** Source: Meta, account_update, restriction_type. */
const RESTRICTIONS: readonly string[] = [
  'BIZ_INITIATED_MESSAGING',
  'CUSTOMER_INITIATED_MESSAGING',
  'ADD_PHONE_NUMBER_ACTION',
  'BUSINESS_INITIATED_CALLING',
  'USER_INITIATED_CALLING',
  'USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN',
  'BIZ_INITIATED_AND_USER_INITIATED_CALLING',
  'UTILITY_TEMPLATES',
  'DIRECT_SEND_UTILITY_TEMPLATES',
].map((what) => `RESTRICTED_${what}`);
/** Source: Meta, message_template_status_update; Provisioning API, WhatsappPartialTemplateDto. */
export const TEMPLATE_STATES: readonly string[] = [
  ...['APPROVED', 'ARCHIVED', 'UNARCHIVED', 'DELETED', 'DISABLED', 'FLAGGED', 'UNFLAGGED'],
  ...['IN_APPEAL', 'IN_REVIEW', 'LIMIT_EXCEEDED', 'LOCKED', 'UNLOCKED', 'PAUSED', 'UNPAUSED'],
  ...['PENDING', 'PENDING_DELETION', 'REINSTATED', 'REJECTED', 'ACTIVE', 'CREATED'],
];
const TEMPLATE_RATINGS = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN', 'HIGH', 'MEDIUM', 'LOW'];
const TEMPLATE_CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];
/** Source: Meta, business_capability_update and phone_number_quality_update. */
const MESSAGING_LIMITS: readonly string[] = [
  ...['50', '250', '1K', '2K', '10K', '100K', 'UNLIMITED', 'NOT_SET'].map((size) => `TIER_${size}`),
  ...['50', '250', '1000', '2000', '10000', '100000', '-1', 'UNLIMITED', 'NOT_SET'],
];
/** Source: Meta, supported languages of templates. */
const TEMPLATE_LANGUAGES: readonly string[] = `
  af sq ar ar_AE ar_EG ar_LB ar_MA ar_QA az be_BY bg bn bn_IN ca cs da de de_AT de_CH el en en_AE en_AU en_CA en_GB
  en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_US en_ZA es es_AR es_CL es_CO es_CR es_DO es_EC es_ES es_HN
  es_MX es_PA es_PE es_UY et fa fi fil fr fr_BE fr_CA fr_CH fr_CI fr_MA ga gu ha he hi hr hu id it ja ka kk kn ko ky_KG
  lo lt lv mk ml mr ms nb nl nl_BE pa pl prs_AF ps_AF pt pt_BR pt_PT ro ru rw_RW si_LK sk sl sr sv sw ta te th tr uk ur
  uz vi zh_CN zh_HK zh_TW zu`
  .trim()
  .split(/\s+/);

/** Returns a language in Meta's spelling: Sinch's Provisioning API writes EN_US, and notices of Meta en-US too. */
const languageCode = (language: string | undefined): string | undefined =>
  language?.replace(/^([a-z]{2,3})(?:[-_]([a-z]{2}))?$/i, (_, name: string, region?: string) =>
    region ? `${name.toLowerCase()}_${region.toUpperCase()}` : name.toLowerCase(),
  );

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
      { personal, known: NUMBER_STATES },
      from((notice) => statusOrType(notice, 'number', 'phone_number_status', 'number_status')),
    ),
    display_name_status: fact.text(
      'display name status',
      'Whether the channel approved the name that people see.',
      { personal, known: NAME_STATES },
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
      { personal, known: ACCOUNT_STATES },
      from((notice) => statusOf(notice, 'account', 'account_status')),
    ),
    payment_setup: fact.text(
      'state of the payment set-up',
      'The state of a payment configuration.',
      { personal, known: ['ACTIVE', 'NEEDS CONNECTING', 'NEEDS TESTING'] },
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
      { personal, known: ALERT_TYPES },
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
      { personal, known: RESTRICTIONS },
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
      'The language of that template, in Meta’s spelling: en, pt_BR.',
      { personal, known: TEMPLATE_LANGUAGES },
      from((notice) => languageCode(findText(notice.data, named(notice, 'language')))),
    ),
    template_status: fact.text(
      'template status',
      'What the channel decided about a message template.',
      { personal, known: TEMPLATE_STATES },
      from(templateStatus),
    ),
    template_quality: fact.text(
      'quality of the template',
      'The channel’s rating of that template.',
      { personal, known: TEMPLATE_RATINGS },
      from(templateQuality),
    ),
    template_category: fact.text(
      'category of the template',
      'What the channel takes the template for, now or from a coming day: marketing, utility, authentication.',
      { personal, known: TEMPLATE_CATEGORIES },
      from(templateCategory),
    ),
    previous_template_category: fact.text(
      'earlier category of the template',
      'What the channel took the template for before.',
      { personal, known: TEMPLATE_CATEGORIES },
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
      { personal, previous: 'previous_messaging_limit', known: MESSAGING_LIMITS },
      from(messagingLimit),
    ),
    previous_messaging_limit: fact.text(
      'earlier messaging limit',
      'The messaging limit before: from the notice, else from stored state.',
      { personal, recalled: true, known: MESSAGING_LIMITS },
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

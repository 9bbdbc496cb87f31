import * as v from 'valibot';
import { type Fact, fact } from '../facts/fact.ts';
import type { CallbackSubject } from '../model.ts';
import { ACCOUNT_EVENTS, noticeFacts, TEMPLATE_STATES } from '../shapes/channel-notice.ts';
import { find, findText } from '../shapes/free-form.ts';
import {
  changeOf,
  itemOf,
  type MetaChange,
  personIn,
  splitNotification,
} from '../shapes/meta-change.ts';
import type { ChannelNotice } from '../shapes/notice-family.ts';
import { limitRecord, timeOf } from '../shapes/notice-fields.ts';
import {
  contactRecord,
  isRecord,
  PERSON_FACTS,
  Personal,
  parseJsonText,
  personSubject,
  Text,
  textOf,
  withChannelIdentity,
} from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** A channel's own callback that Sinch has no name for. Source: Sinch specification, UnsupportedCallback: `payload` is a text that holds JSON. */
export const Unsupported = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw) || typeof raw.payload !== 'string') return withChannelIdentity(raw);
    return withChannelIdentity({ ...raw, payload: parseJsonText(raw.payload) ?? raw.payload });
  }),
  v.looseObject({
    ...Personal,
    id: Text,
    channel: Text,
    payload: v.optional(v.unknown()),
    /** Ours: which change of a notification with several this is. */
    part: Text,
  }),
);
export type Unsupported = v.InferOutput<typeof Unsupported>;

/** Source: Meta's webhook reference, fields with an `event`. */
const META_EVENTS: readonly string[] = [
  ...ACCOUNT_EVENTS,
  ...TEMPLATE_STATES,
  ...['ONBOARDING', 'THROUGHPUT_UPGRADE', 'UPGRADE', 'DOWNGRADE'],
  ...['PIN_CHANGED', 'PIN_RESET_REQUEST', 'PIN_REQUEST_SUCCESS', 'PIN_RESET_SUCCESS'],
  ...['SOLUTION_CREATED', 'SOLUTION_UPDATED'],
];

function noticeOf({ channel_identity, payload }: Unsupported): ChannelNotice {
  const channel = channel_identity?.channel;
  const change = changeOf(payload);
  if (change) return { channel, type: change.field, data: dataOf(change) };
  const data = isRecord(payload) && isRecord(payload.data) ? payload.data : payload;
  return { channel, type: typeOf(payload), data };
}

/** A preference is the person's own: its fields are those of the one item. */
const dataOf = (change: MetaChange): unknown =>
  change.field === 'user_preferences' ? itemOf(change, 'user_preferences') : change.value;

const typeOf = (payload: unknown): string | undefined =>
  findText(payload, ['type', 'event_type', 'event']);

function subjectOf(callback: Unsupported): CallbackSubject {
  const subject = personSubject(callback);
  return { ...subject, identity: subject.identity ?? personIn(changeOf(callback.payload)) };
}

/** Returns the callback once for each change that its notification holds; an empty list if it holds one. */
function split(raw: unknown): readonly object[] {
  if (!isRecord(raw)) return [];
  const isText = typeof raw.payload === 'string';
  const changes = splitNotification(isText ? parseJsonText(String(raw.payload)) : raw.payload);
  if (changes.length < 2) return [];
  return changes.map((payload, at) => ({
    ...raw,
    payload: isText ? JSON.stringify(payload) : payload,
    part: String(at + 1),
  }));
}

const callItem = ({ payload }: Unsupported): Record<string, unknown> => {
  const change = changeOf(payload);
  const status = itemOf(change, 'statuses');
  return status.type === 'call' ? status : itemOf(change, 'calls');
};

/** Facts of a call and of the permission to call. Source: Meta's webhook fields calls and messages (call_permission_reply). */
const callFacts: Readonly<Record<string, Fact<Unsupported>>> = {
  call_event: fact.text(
    'event of the call',
    'What happened to the call: it connects or ended.',
    { personal: false, known: ['connect', 'terminate'] },
    (callback) => textOf(callItem(callback).event),
  ),
  call_status: fact.text(
    'status of the call',
    'How far the call came, or how it ended.',
    { personal: false, known: ['RINGING', 'ACCEPTED', 'REJECTED', 'COMPLETED', 'FAILED'] },
    (callback) => textOf(callItem(callback).status),
  ),
  call_direction: fact.text(
    'direction of the call',
    'Who calls.',
    { personal: false, known: ['USER_INITIATED', 'BUSINESS_INITIATED'] },
    (callback) => textOf(callItem(callback).direction),
  ),
  call_permission: fact.text(
    'permission to call',
    'Whether the person lets you call.',
    { personal: false, known: ['accept', 'reject'] },
    (callback) => findText(permissionIn(callback), ['response']),
  ),
  call_permission_until: fact.time(
    'end of the permission to call',
    'Until when the person lets you call; missing if there is no end.',
    { personal: false },
    (callback) => timeOf(find(permissionIn(callback), ['expiration_timestamp'])),
  ),
};

const permissionIn = ({ payload }: Unsupported): unknown =>
  find(itemOf(changeOf(payload), 'messages').interactive, ['call_permission_reply']);

export const unsupported = defineTrigger<Unsupported>({
  name: 'UNSUPPORTED',
  noun: 'unsupported callback',
  description:
    'A callback of the channel that Sinch passes on as it is. Its JSON is an object under payload: path payload.type.',
  keys: ['unsupported_callback', 'unsupported'],
  subjectFacts: PERSON_FACTS,
  always: ['app_id', 'channel', 'notice_family', 'notice_kind'],
  // A person's opt-out and a restriction of the account come this way too.
  alwaysSubscribed: true,
  keepsBody: true,
  schema: Unsupported,
  split,
  identity: ({ id, part }) => (part === undefined ? [id] : [id, part]),
  subject: subjectOf,
  recordState: (callback, { appId }) => [
    ...contactRecord(subjectOf(callback), appId),
    ...limitRecord(noticeOf(callback)),
  ],
  facts: {
    unsupported_type: fact.text(
      'type of notice',
      'What the channel calls it.',
      { personal: false },
      (callback) => noticeOf(callback).type,
    ),
    meta_object: fact.text(
      'Meta object',
      'What kind of thing Meta’s notice is about.',
      { personal: false, known: ['whatsapp_business_account', 'page', 'instagram'] },
      ({ payload }) => findText(payload, ['object']),
    ),
    meta_field: fact.text(
      'Meta field',
      'What changed: Meta’s field name.',
      {
        personal: false,
        known: [
          ...[
            'account_alerts',
            'account_review_update',
            'account_settings_update',
            'account_update',
            'business_capability_update',
            'business_username_update',
            'calls',
            'messages',
            'partner_solutions',
            'payment_configuration_update',
            'security',
            'user_preferences',
          ],
          ...[
            'message_template_components_update',
            'message_template_quality_update',
            'message_template_status_update',
            'template_category_update',
          ],
          ...['phone_number_name_update', 'phone_number_quality_update'],
        ],
      },
      (callback) => changeOf(callback.payload)?.field,
    ),
    meta_event: fact.text(
      'Meta event',
      'What happened to it: Meta’s event name.',
      { personal: false, known: META_EVENTS },
      (callback) => findText(changeOf(callback.payload)?.value, ['event']),
    ),
    ...callFacts,
    ...noticeFacts(noticeOf),
  },
});

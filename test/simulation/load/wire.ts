import type { TriggerName } from '../rulebook.ts';
import { PROJECT } from './people.ts';

/** What a callback is about, whatever its shape. Times are milliseconds since 1970. */
export interface Told {
  readonly trigger: TriggerName;
  readonly app: string;
  readonly mode: 'CONVERSATION' | 'DISPATCH';
  /**
   * The time of the event as Sinch tells it: late ones lie in the past, early ones in the future.
   */
  readonly eventAt: number;
  readonly id: string;
  readonly channel: string;
  readonly number: string;
  readonly contactId: string;
  readonly text: string;
  readonly conversation: string;
  /** Of delivery reports, capabilities, opt-outs: the status; of channel events: the rating. */
  readonly status: string;
  readonly reason: string;
  readonly metadata: string;
  /** The other WhatsApp identity of the same person, or, of UNSUPPORTED, the number that replaces `number`. */
  readonly also: string;
  /** Where a recording, or a picture that a person sends, can be fetched. */
  readonly url: string;
}

/** The shape of 2021, or the specification's. */
export type Shape = 'old' | 'new';

const iso = (at: number): string => new Date(at).toISOString();

/** The body of a callback as Sinch posts it. */
export function bodyOf(told: Told, shape: Shape): string {
  const body = {
    app_id: told.trigger.startsWith('CONTACT_') ? '' : told.app,
    accepted_time: iso(told.eventAt + 300),
    // The old shape tells neither: the event then happened when Sinch accepted it.
    ...(shape === 'new' ? { project_id: PROJECT, event_time: iso(told.eventAt) } : {}),
    ...PAYLOADS[told.trigger](told, shape),
    message_metadata: '',
    correlation_id: '',
  };
  return JSON.stringify(body);
}

/** The time of the event as the body tells it. */
export const toldAt = (told: Told, shape: Shape): number =>
  shape === 'new' ? told.eventAt : told.eventAt + 300;

const personal = (
  { channel, number, contactId, conversation, mode, also }: Told,
  shape: Shape,
): object => ({
  channel_identity: {
    ...{ channel, identity: number, app_id: '' },
    ...(also === '' ? {} : { user_id: also }),
  },
  ...(shape === 'old' ? { channel } : {}),
  contact_id: contactId,
  conversation_id: conversation,
  processing_mode: mode,
});
const contactOf = ({ contactId, number, channel }: Told): object => ({
  id: contactId,
  channel_identities: [{ channel, identity: number, app_id: '' }],
  channel_priority: [channel],
  display_name: '',
  metadata: '',
  language: 'EN_GB',
});
const conversationOf = (
  { conversation, app, contactId, channel }: Told,
  active: boolean,
): object => ({
  conversation: {
    id: conversation,
    app_id: app,
    contact_id: contactId,
    active,
    active_channel: channel,
  },
});
const inbound = (told: Told, shape: Shape): object => ({
  id: told.id,
  direction: 'TO_APP',
  contact_message:
    told.url === ''
      ? { text_message: { text: told.text } }
      : { media_message: { url: told.url, caption: '' } },
  ...personal(told, shape),
  metadata: '',
  accept_time: iso(told.eventAt),
  sender_id: '12025550100',
});
const opted = ({ id, contactId, channel, number, status, mode }: Told): object => ({
  ...{ request_id: id, contact_id: contactId, channel, identity: number, status },
  processing_mode: mode,
});
/** What Meta sends when the number of a person changes. Source: Meta, system messages. */
const movedAtMeta = (from: string, to: string): object => {
  const system = { type: 'user_changed_number', wa_id: to, body: `changed from ${from} to ${to}` };
  const value = { messages: [{ from, type: 'system', system }] };
  return { object: 'whatsapp_business_account', entry: [{ changes: [{ value }] }] };
};
const reasonOf = ({ reason }: Told, shape: Shape): object | string =>
  reason === ''
    ? shape === 'old'
      ? ''
      : {}
    : { code: reason, description: 'as the channel says' };

const PAYLOADS: Readonly<Record<TriggerName, (told: Told, shape: Shape) => object>> = {
  BATCH_STATUS_UPDATE: ({ id }, shape) =>
    shape === 'old'
      ? { batch_status_update: { batch_id: id, status: 'COMPLETED', total_messages: 3 } }
      : {
          batch_status_update_notification: {
            batch_id: id,
            batch_status: 'BATCH_STATUS_PROCESSED',
            batch_type: 'BATCH_TYPE_MESSAGES',
          },
        },
  CAPABILITY: ({ id, contactId, channel, number, status }) => ({
    capability_notification: {
      ...{ request_id: id, contact_id: contactId, channel, identity: number },
      capability_status: status,
      channel_capabilities: [],
    },
  }),
  CHANNEL_EVENT: ({ channel, status, id }, shape) => {
    const event = {
      ...{ channel, event_type: 'WHATS_APP_QUALITY_RATING_CHANGED' },
      additional_data: { quality_rating: status, note: id },
    };
    return shape === 'old'
      ? { channel_event: event }
      : { channel_event_notification: { channel_event: event } };
  },
  CONTACT_CREATE: (told) => ({ contact_create_notification: { contact: contactOf(told) } }),
  CONTACT_UPDATE: (told) => ({ contact_update_notification: { contact: contactOf(told) } }),
  CONTACT_DELETE: (told) => ({ contact_delete_notification: { contact: contactOf(told) } }),
  CONTACT_MERGE: (told) => ({
    contact_merge_notification: {
      preserved_contact: contactOf(told),
      deleted_contact: contactOf({ ...told, contactId: `${told.contactId}-OLD`, channel: 'SMS' }),
    },
  }),
  CONTACT_IDENTITIES_DUPLICATION: ({ contactId, channel }) => ({
    duplicated_contact_identities_notification: {
      duplicated_identities: [{ channel, contact_ids: [contactId, `${contactId}-OLD`] }],
    },
  }),
  CONVERSATION_START: (told) => ({ conversation_start_notification: conversationOf(told, true) }),
  CONVERSATION_STOP: (told) => ({ conversation_stop_notification: conversationOf(told, false) }),
  CONVERSATION_DELETE: (told) => ({
    conversation_delete_notification: conversationOf(told, false),
  }),
  EVENT_DELIVERY: (told, shape) => ({
    event_delivery_report: {
      ...{ event_id: told.id, status: told.status, metadata: '' },
      ...personal(told, shape),
      reason: reasonOf(told, shape),
    },
  }),
  EVENT_INBOUND: (told, shape) => ({
    event: {
      ...{ id: told.id, direction: 'TO_APP', accept_time: iso(told.eventAt) },
      ...personal(told, shape),
      contact_event: { composing_event: {} },
    },
  }),
  MESSAGE_DELIVERY: (told, shape) => ({
    message_delivery_report: {
      ...{ message_id: told.id, status: told.status, metadata: told.metadata },
      ...personal(told, shape),
      reason: reasonOf(told, shape),
    },
  }),
  MESSAGE_INBOUND: (told, shape) => ({ message: inbound(told, shape) }),
  MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION: (told, shape) => ({
    message_redaction: inbound(told, shape),
  }),
  MESSAGE_SUBMIT: (told, shape) => ({
    message_submit_notification: {
      ...{ message_id: told.id, metadata: told.metadata },
      ...personal(told, shape),
      submitted_message: { text_message: { text: told.text } },
    },
  }),
  OPT_IN: (told) => ({ opt_in_notification: opted(told) }),
  OPT_OUT: (told) => ({ opt_out_notification: opted(told) }),
  RECORD_NOTIFICATION: (told, shape) => ({
    record_notification: {
      ...{ entity_id: told.id, record_status: told.reason || 'EVENT_RECORD_STORED' },
      ...(told.url === '' ? {} : { recording_url: told.url }),
      ...personal(told, shape),
    },
  }),
  SMART_CONVERSATIONS: ({ contactId, number, channel, id, conversation }) => ({
    smart_conversation_notification: {
      ...{ contact_id: contactId, channel_identity: number, channel, message_id: id },
      conversation_id: conversation,
      analysis_results: {},
    },
  }),
  UNSUPPORTED: ({ id, channel, mode, number, also }) => ({
    unsupported_callback: {
      ...{ id, channel, processing_mode: mode },
      payload: also === '' ? '{"object":"x"}' : JSON.stringify(movedAtMeta(number, also)),
    },
  }),
};

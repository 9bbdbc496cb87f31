/** Fields that Sinch is known to send, so that a new one is noticed. Free-form objects are not looked into. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const PERSONAL = 'channel_identity contact_id conversation_id processing_mode';
const MESSAGE = `id direction contact_message ${PERSONAL} channel conversation_channel metadata accept_time sender_id injected`;
const OPT = 'request_id contact_id channel identity status error_details processing_mode';
const CONVERSATION = 'conversation';

/** Around every payload. Source: Sinch specification, CallbackEventCommon. */
export const ENVELOPE_FIELDS: readonly string[] = words(
  'app_id project_id accepted_time event_time message_metadata correlation_id',
);

/** Trigger → the fields of its payload, in every known shape. Source: Sinch specification, reference pages, 2021 documentation. */
export const PAYLOAD_FIELDS: Readonly<Record<string, readonly string[]>> = {
  MESSAGE_INBOUND: words(MESSAGE),
  MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION: words(
    `${MESSAGE} redaction_type original_text original_message_id`,
  ),
  MESSAGE_SUBMIT: words(`message_id submitted_message metadata channel ${PERSONAL}`),
  MESSAGE_DELIVERY: words(`message_id status reason metadata channel ${PERSONAL}`),
  EVENT_INBOUND: words(
    `id direction contact_event contact_message_event accept_time channel ${PERSONAL}`,
  ),
  EVENT_DELIVERY: words(`event_id status reason metadata channel ${PERSONAL}`),
  CONVERSATION_START: words(CONVERSATION),
  CONVERSATION_STOP: words(CONVERSATION),
  CONVERSATION_DELETE: words(`${CONVERSATION} conversation_id`),
  CONTACT_CREATE: words('contact'),
  CONTACT_UPDATE: words('contact'),
  CONTACT_DELETE: words('contact contact_id'),
  CONTACT_MERGE: words('deleted_contact preserved_contact deleted_contact_id preserved_contact_id'),
  CONTACT_IDENTITIES_DUPLICATION: words('duplicated_identities duplicated_channel_identities'),
  CAPABILITY: words(
    'request_id contact_id channel identity capability_status channel_capabilities channel_recipient_identities reason app_id processing_mode',
  ),
  OPT_IN: words(OPT),
  OPT_OUT: words(OPT),
  CHANNEL_EVENT: words('channel_event channel event_type additional_data channel_identity'),
  UNSUPPORTED: words(`id channel payload ${PERSONAL}`),
  SMART_CONVERSATIONS: words(
    'contact_id channel_identity channel message_id conversation_id analysis_results analysis processing_mode',
  ),
  RECORD_NOTIFICATION: words(
    `entity_id record_status reason call_id recording_id recording_url duration_seconds format ${PERSONAL}`,
  ),
  BATCH_STATUS_UPDATE: words(
    `batch_id batch_status batch_type additional_data status total_messages successful_messages failed_messages
     failure_reasons processing_time_ms`,
  ),
};

const CONTACT = words(
  'id channel_identities channel_priority display_name email external_id metadata language',
);

/** Objects within payloads → their fields, wherever they stand. */
export const OBJECT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  channel_identity: words('channel identity app_id'),
  reason: words('code description sub_code channel_code'),
  error_details: words('description'),
  contact: CONTACT,
  deleted_contact: CONTACT,
  preserved_contact: CONTACT,
  conversation: words(
    `id app_id contact_id active active_channel active_channel_senders last_received metadata metadata_json correlation_id`,
  ),
  channel_event: words('channel event_type additional_data channel_identity'),
};

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Facts that no callback is without, whatever it is. */
const EVERYWHERE = words('trigger event_time age_seconds');

/**
 * Trigger → its own facts that Sinch always sends, by every shape that is known. All else may be missing: the identity of
 * a channel that keeps it to itself, the reason of a failure, the app of a contact that belongs to the project.
 * Source: Sinch specification, reference pages, 2021 documentation; held against every callback in `src/samples/callbacks`.
 */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  MESSAGE_INBOUND: words('app_id channel message_id'),
  MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION: words('app_id channel message_id'),
  MESSAGE_SUBMIT: words('app_id channel message_id'),
  MESSAGE_DELIVERY: words('app_id channel message_id status'),
  EVENT_INBOUND: words('app_id channel'),
  EVENT_DELIVERY: words('app_id channel event_id status'),
  CONVERSATION_START: words('app_id conversation_id'),
  CONVERSATION_STOP: words('app_id conversation_id'),
  CONVERSATION_DELETE: words('app_id conversation_id'),
  CONTACT_CREATE: words('contact_id'),
  CONTACT_UPDATE: words('contact_id'),
  CONTACT_DELETE: words('contact_id'),
  CONTACT_MERGE: words('deleted_contact_id preserved_contact_id'),
  CONTACT_IDENTITIES_DUPLICATION: words('duplicate_count duplicate_channels duplicate_contact_ids'),
  CAPABILITY: words('app_id channel capability_status'),
  OPT_IN: words('app_id channel opt_status'),
  OPT_OUT: words('app_id channel opt_status'),
  CHANNEL_EVENT: words('app_id channel event_type'),
  UNSUPPORTED: words('app_id channel'),
  SMART_CONVERSATIONS: words('app_id message_id'),
  RECORD_NOTIFICATION: words('app_id'),
  BATCH_STATUS_UPDATE: words('app_id batch_id batch_status'),
};

/** The facts that every callback of a trigger has. */
export const alwaysCarried = (trigger: string): readonly string[] => [
  ...EVERYWHERE,
  ...(ALWAYS[trigger] ?? []),
];

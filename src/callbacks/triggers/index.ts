import { batchStatusUpdate } from './batch-status-update.ts';
import { capability } from './capability.ts';
import { channelEvent } from './channel-event.ts';
import { contactCreate } from './contact-create.ts';
import { contactDelete } from './contact-delete.ts';
import { contactIdentitiesDuplication } from './contact-identities-duplication.ts';
import { contactMerge } from './contact-merge.ts';
import { contactUpdate } from './contact-update.ts';
import { conversationDelete } from './conversation-delete.ts';
import { conversationStart } from './conversation-start.ts';
import { conversationStop } from './conversation-stop.ts';
import { eventDelivery } from './event-delivery.ts';
import { eventInbound } from './event-inbound.ts';
import { messageDelivery } from './message-delivery.ts';
import { messageInbound } from './message-inbound.ts';
import { messageInboundRedaction } from './message-inbound-redaction.ts';
import { messageSubmit } from './message-submit.ts';
import { optIn } from './opt-in.ts';
import { optOut } from './opt-out.ts';
import { recordNotification } from './record-notification.ts';
import { smartConversations } from './smart-conversations.ts';
import { smsDelivery } from './sms-delivery.ts';
import type { Trigger } from './trigger.ts';
import { unsupported } from './unsupported.ts';

/** Every trigger that Sinch sends. To add one: its file, and a line here. Of two that share a key, the more specific comes first. */
export const triggers: readonly Trigger[] = [
  messageInboundRedaction,
  messageInbound,
  messageSubmit,
  messageDelivery,
  eventInbound,
  eventDelivery,
  conversationStart,
  conversationStop,
  conversationDelete,
  contactCreate,
  contactUpdate,
  contactDelete,
  contactMerge,
  contactIdentitiesDuplication,
  capability,
  optIn,
  optOut,
  channelEvent,
  unsupported,
  smartConversations,
  recordNotification,
  batchStatusUpdate,
  smsDelivery,
];

const byName = new Map(
  triggers.flatMap((trigger) => [trigger.name, ...trigger.aliases].map((name) => [name, trigger])),
);

/** Returns the trigger of a name or an alias; `undefined` if there is none. */
export const triggerNamed = (name: string): Trigger | undefined => byName.get(name);

import { fact } from '../facts/fact.ts';
import {
  InboundMessage,
  inboundFacts,
  messageRecords,
  messageSubject,
} from '../shapes/inbound-message.ts';
import { isRecord, PERSON_FACTS, parseJsonText } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** What Sinch's redaction notes in the message's metadata, in the shape that uses the key `message`. */
function noted({ metadata }: { readonly metadata?: unknown }): Record<string, unknown> | undefined {
  const note = typeof metadata === 'string' ? parseJsonText(metadata) : metadata;
  return isRecord(note) && note.redacted === true ? note : undefined;
}

/** A message from a person with private details taken out. Source: Sinch specification, MessageInboundSmartConversationRedaction. */
export const messageInboundRedaction = defineTrigger<InboundMessage>({
  name: 'MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION',
  noun: 'redacted inbound message',
  description: 'A person wrote to your app, and Sinch took private details out of the text.',
  keys: ['message_redaction', 'message'],
  subjectFacts: [...PERSON_FACTS, 'message_id'],
  always: ['app_id', 'channel', 'message_id'],
  schema: InboundMessage,
  claims: (payload, { body }) =>
    body.message_redaction === payload ||
    (isRecord(payload) && (payload.redaction_type !== undefined || noted(payload) !== undefined)),
  identity: (message) => [message.id],
  subject: messageSubject,
  recordState: (message, { appId }) => messageRecords(message, appId),
  facts: {
    ...inboundFacts,
    redaction_type: fact.text(
      'kind of redaction',
      'What was taken out of the text.',
      { personal: false },
      (message) => message.redaction_type,
    ),
    original_message_id: fact.text(
      'original message',
      'The message before private details were taken out.',
      { personal: false },
      (message) => noted(message)?.original_message_id,
    ),
  },
});

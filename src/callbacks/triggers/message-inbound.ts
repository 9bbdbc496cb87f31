import {
  InboundMessage,
  inboundFacts,
  messageRecords,
  messageSubject,
} from '../shapes/inbound-message.ts';
import { PERSON_FACTS } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** A message from a person. Source: Sinch specification, MessageInbound; bare `message.channel` from its 2021 documentation. */
export const messageInbound = defineTrigger<InboundMessage>({
  name: 'MESSAGE_INBOUND',
  noun: 'inbound message',
  description: 'A person wrote to your app.',
  keys: ['message'],
  subjectFacts: [...PERSON_FACTS, 'message_id'],
  always: ['app_id', 'channel', 'message_id'],
  alwaysSubscribed: true,
  schema: InboundMessage,
  identity: (message) => [message.id],
  subject: messageSubject,
  recordState: (message, { appId }) => messageRecords(message, appId),
  facts: inboundFacts,
});

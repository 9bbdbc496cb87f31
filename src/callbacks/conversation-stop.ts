import { aboutConversation, Conversation, conversationFacts, conversationMemory } from './conversation.ts';
import { defineTrigger } from './trigger.ts';

/** Source: Sinch specification, ConversationNotification. */
export const conversationStop = defineTrigger<Conversation>({
  name: 'CONVERSATION_STOP',
  noun: 'stopped conversation',
  description: 'A conversation ended. Paths start inside conversation.',
  keys: ['conversation_stop_notification'],
  schema: Conversation,
  // A conversation that was opened again stops a second time under the same id.
  identity: ({ id, last_received }, { acceptedTime, eventTime }) => [
    id,
    String(acceptedTime ?? eventTime ?? last_received ?? ''),
  ],
  about: aboutConversation,
  remembers: (conversation, { appId }) => conversationMemory(conversation, appId),
  facts: conversationFacts,
});

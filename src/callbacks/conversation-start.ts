import { aboutConversation, Conversation, conversationFacts, conversationMemory } from './conversation.ts';
import { defineTrigger } from './trigger.ts';

/** Source: Sinch specification, ConversationNotification. */
export const conversationStart = defineTrigger<Conversation>({
  name: 'CONVERSATION_START',
  noun: 'started conversation',
  description: 'A conversation began, or was opened again. Paths start inside conversation.',
  keys: ['conversation_start_notification'],
  schema: Conversation,
  // A stopped conversation that is opened again starts a second time under the same id.
  identity: ({ id, last_received }, { acceptedTime, eventTime }) => [
    id,
    String(acceptedTime ?? eventTime ?? last_received ?? ''),
  ],
  about: aboutConversation,
  remembers: (conversation, { appId }) => conversationMemory(conversation, appId),
  facts: conversationFacts,
});

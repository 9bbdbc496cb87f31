import { type Conversation, conversationTurn } from '../shapes/conversation.ts';
import { defineTrigger } from './trigger.ts';

/** Source: Sinch specification, ConversationNotification. */
export const conversationStart = defineTrigger<Conversation>({
  name: 'CONVERSATION_START',
  noun: 'started conversation',
  description: 'A conversation began, or was opened again. Paths start inside conversation.',
  keys: ['conversation_start_notification'],
  ...conversationTurn,
});

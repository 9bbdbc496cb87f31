import { type Conversation, conversationTurn } from '../shapes/conversation.ts';
import { defineTrigger } from './trigger.ts';

/** Source: Sinch specification, ConversationNotification. */
export const conversationStop = defineTrigger<Conversation>({
  name: 'CONVERSATION_STOP',
  noun: 'stopped conversation',
  description: 'A conversation ended. Paths start inside conversation.',
  keys: ['conversation_stop_notification'],
  ...conversationTurn,
});

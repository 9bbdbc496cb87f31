import {
  CONVERSATION_SUBJECT_FACTS,
  Conversation,
  conversationFacts,
  conversationSubject,
} from '../shapes/conversation.ts';
import { defineTrigger } from './trigger.ts';

/** Source: Sinch specification, ConversationNotification; the reference pages give `conversation_id` only. */
export const conversationDelete = defineTrigger<Conversation>({
  name: 'CONVERSATION_DELETE',
  noun: 'deleted conversation',
  description: 'A conversation was deleted. Paths start inside conversation.',
  keys: ['conversation_delete_notification'],
  subjectFacts: CONVERSATION_SUBJECT_FACTS,
  always: ['app_id', 'conversation_id'],
  schema: Conversation,
  identity: ({ id }) => [id],
  subject: conversationSubject,
  facts: conversationFacts,
});

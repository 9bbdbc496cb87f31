import { fact } from '../facts/fact.ts';
import { eventId } from '../facts/shared-facts.ts';
import {
  aboutEvent,
  comment,
  InboundEvent,
  payment,
  reaction,
  shortlink,
} from '../shapes/inbound-event.ts';
import { contactMemory, variantOf } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

export const eventInbound = defineTrigger<InboundEvent>({
  name: 'EVENT_INBOUND',
  noun: 'inbound event',
  description:
    'A person did something that is no message: is typing, reacted, commented, paid, followed a link.',
  keys: ['event'],
  schema: InboundEvent,
  identity: (event) => [event.id],
  about: aboutEvent,
  remembers: (event, { appId }) => contactMemory(aboutEvent(event), appId),
  facts: {
    event_id: eventId(({ id }) => id),
    event_kind: fact.text(
      'kind of event',
      'What the person did.',
      (event) =>
        variantOf(event.contact_event, '_event') ??
        variantOf(event.contact_message_event, '_event'),
      {
        known: [
          ...['composing', 'composing_end', 'conversation_deleted', 'comment', 'generic'],
          ...['payment_status_update', 'shortlink_activated', 'reaction'],
        ],
      },
    ),
    reaction_emoji: fact.text(
      'reaction',
      'The emoji of the reaction.',
      (event) => reaction(event)?.emoji,
    ),
    reaction_action: fact.text(
      'what was done with the reaction',
      'Put on or taken away.',
      (event) => reaction(event)?.action,
      {
        known: ['REACTION_ACTION_REACT', 'REACTION_ACTION_UNREACT', 'REACTION_ACTION_UNKNOWN'],
      },
    ),
    reaction_category: fact.text(
      'kind of reaction',
      'The channel’s own kind.',
      (event) => reaction(event)?.reaction_category,
    ),
    comment_id: fact.text('comment', 'Sinch’s id of the comment.', (event) => comment(event)?.id),
    comment_text: fact.text(
      'words of the comment',
      'What the person commented, for others to read.',
      (event) => comment(event)?.text,
    ),
    comment_type: fact.text(
      'kind of comment',
      'Where the comment stands.',
      (event) => comment(event)?.comment_type,
      {
        known: ['FEED', 'LIVE'],
      },
    ),
    comment_user: fact.text('commenter', 'Who commented.', (event) => comment(event)?.user),
    commented_on: fact.text(
      'post commented on',
      'What the comment is about.',
      (event) => comment(event)?.commented_on,
    ),
    payment_status: fact.text(
      'payment status',
      'How far the payment is.',
      (event) => payment(event)?.payment_status,
      {
        known: ['NEW', 'PENDING', 'CAPTURED', 'CANCELED', 'FAILED', 'UNKNOWN'].map(
          (word) => `PAYMENT_STATUS_${word}`,
        ),
      },
    ),
    payment_transaction_status: fact.text(
      'transaction status',
      'How far the latest transaction of the payment is.',
      (event) => payment(event)?.payment_transaction_status,
      {
        known: ['PENDING', 'SUCCESS', 'FAILED', 'CANCELED', 'UNKNOWN'].map(
          (word) => `PAYMENT_STATUS_TRANSACTION_${word}`,
        ),
      },
    ),
    payment_reference_id: fact.text(
      'payment',
      'Your own reference of the payment.',
      (event) => payment(event)?.reference_id,
    ),
    payment_transaction_id: fact.text(
      'transaction',
      'The channel’s id of the transaction.',
      (event) => payment(event)?.payment_transaction_id,
    ),
    shortlink_payload: fact.text(
      'payload of the link',
      'What the link carried.',
      (event) => shortlink(event)?.payload,
    ),
    shortlink_ref: fact.text(
      'reference of the link',
      'Which link it was, in your words.',
      (event) => shortlink(event)?.ref,
    ),
    shortlink_source: fact.text(
      'source of the link',
      'Where the link was found.',
      (event) => shortlink(event)?.source,
    ),
    shortlink_type: fact.text(
      'kind of link',
      'The channel’s own kind.',
      (event) => shortlink(event)?.type,
    ),
    shortlink_title: fact.text(
      'title of the link',
      'What stands on the link.',
      (event) => shortlink(event)?.title,
    ),
    existing_thread: fact.boolean(
      'existing thread',
      'Whether you had spoken with the person before.',
      (event) => shortlink(event)?.existing_thread,
    ),
  },
});

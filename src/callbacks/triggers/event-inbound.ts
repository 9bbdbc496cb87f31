import { fact } from '../facts/fact.ts';
import { direction, eventId } from '../facts/shared-facts.ts';
import {
  comment,
  eventSubject,
  InboundEvent,
  payment,
  reaction,
  shortlink,
} from '../shapes/inbound-event.ts';
import { contactRecord, PERSON_FACTS, variantOf } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

export const eventInbound = defineTrigger<InboundEvent>({
  name: 'EVENT_INBOUND',
  noun: 'inbound event',
  description:
    'A person did something that is no message: is typing, reacted, commented, paid, followed a link.',
  keys: ['event'],
  subjectFacts: [...PERSON_FACTS, 'message_id'],
  always: ['app_id', 'channel'],
  schema: InboundEvent,
  identity: (event) => [event.id],
  subject: eventSubject,
  recordState: (event, { appId }) => contactRecord(eventSubject(event), appId),
  facts: {
    direction: direction(({ direction: written }) => written),
    event_id: eventId(({ id }) => id),
    event_kind: fact.text(
      'kind of event',
      'What the person did.',
      {
        personal: false,
        eventType: true,
        known: [
          ...['composing', 'composing_end', 'conversation_deleted', 'comment', 'generic'],
          ...['payment_status_update', 'shortlink_activated', 'reaction'],
        ],
      },
      (event) =>
        variantOf(event.contact_event, '_event') ??
        variantOf(event.contact_message_event, '_event'),
    ),
    reaction_emoji: fact.text(
      'reaction',
      'The emoji of the reaction.',
      { personal: true },
      (event) => reaction(event)?.emoji,
    ),
    reaction_action: fact.text(
      'what was done with the reaction',
      'Put on or taken away.',
      {
        personal: false,
        known: ['REACTION_ACTION_REACT', 'REACTION_ACTION_UNREACT', 'REACTION_ACTION_UNKNOWN'],
      },
      (event) => reaction(event)?.action,
    ),
    reaction_category: fact.text(
      'kind of reaction',
      'The channel’s own kind.',
      { personal: false },
      (event) => reaction(event)?.reaction_category,
    ),
    comment_id: fact.text(
      'comment',
      'Sinch’s id of the comment.',
      { personal: false },
      (event) => comment(event)?.id,
    ),
    comment_text: fact.text(
      'text of the comment',
      'What the person commented, for others to read.',
      { personal: true },
      (event) => comment(event)?.text,
    ),
    comment_type: fact.text(
      'kind of comment',
      'Where the comment stands.',
      { personal: false, known: ['FEED', 'LIVE'] },
      (event) => comment(event)?.comment_type,
    ),
    comment_user: fact.text(
      'commenter',
      'Who commented.',
      { personal: true },
      (event) => comment(event)?.user,
    ),
    commented_on: fact.text(
      'post commented on',
      'What the comment is about.',
      { personal: true },
      (event) => comment(event)?.commented_on,
    ),
    payment_status: fact.text(
      'payment status',
      'How far the payment is.',
      {
        personal: false,
        known: ['NEW', 'PENDING', 'CAPTURED', 'CANCELED', 'FAILED', 'UNKNOWN'].map(
          (word) => `PAYMENT_STATUS_${word}`,
        ),
      },
      (event) => payment(event)?.payment_status,
    ),
    payment_transaction_status: fact.text(
      'transaction status',
      'How far the latest transaction of the payment is.',
      {
        personal: false,
        known: ['PENDING', 'SUCCESS', 'FAILED', 'CANCELED', 'UNKNOWN'].map(
          (word) => `PAYMENT_STATUS_TRANSACTION_${word}`,
        ),
      },
      (event) => payment(event)?.payment_transaction_status,
    ),
    payment_reference_id: fact.text(
      'payment',
      'Your own reference of the payment.',
      { personal: true },
      (event) => payment(event)?.reference_id,
    ),
    payment_transaction_id: fact.text(
      'transaction',
      'The channel’s id of the transaction.',
      { personal: true },
      (event) => payment(event)?.payment_transaction_id,
    ),
    shortlink_payload: fact.text(
      'payload of the link',
      'What the link carried.',
      { personal: true },
      (event) => shortlink(event)?.payload,
    ),
    shortlink_ref: fact.text(
      'reference of the link',
      'Your own reference of the link.',
      { personal: true },
      (event) => shortlink(event)?.ref,
    ),
    shortlink_source: fact.text(
      'source of the link',
      'Where the link was found.',
      { personal: true },
      (event) => shortlink(event)?.source,
    ),
    shortlink_type: fact.text(
      'kind of link',
      'The channel’s own kind.',
      { personal: false },
      (event) => shortlink(event)?.type,
    ),
    shortlink_title: fact.text(
      'title of the link',
      'What stands on the link.',
      { personal: true },
      (event) => shortlink(event)?.title,
    ),
    existing_thread: fact.boolean(
      'existing thread',
      'Whether you had spoken with the person before.',
      { personal: false },
      (event) => shortlink(event)?.existing_thread,
    ),
  },
});

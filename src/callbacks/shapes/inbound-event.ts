import * as v from 'valibot';
import type { CallbackSubject } from '../model.ts';
import {
  Anything,
  Flag,
  OneOf,
  Part,
  Personal,
  personSubject,
  Text,
  withChannelIdentity,
} from './parts.ts';

/** Something a person did that is no message. Source: Sinch specification, InboundEvent. */
export const InboundEvent = v.pipe(
  v.unknown(),
  v.transform(withChannelIdentity),
  v.looseObject({
    ...Personal,
    id: Text,
    direction: Text,
    accept_time: Text,
    contact_event: OneOf({
      comment_event: Part({
        id: Text,
        text: Text,
        comment_type: Text,
        commented_on: Text,
        user: Text,
      }),
      generic_event: Part({ payload: Anything }),
    }),
    contact_message_event: OneOf({
      payment_status_update_event: Part({
        reference_id: Text,
        payment_status: Text,
        payment_transaction_status: Text,
        payment_transaction_id: Text,
      }),
      shortlink_activated_event: Part({
        payload: Text,
        title: Text,
        ref: Text,
        source: Text,
        type: Text,
        existing_thread: Flag,
      }),
      reaction_event: Part({
        emoji: Text,
        action: Text,
        message_id: Text,
        reaction_category: Text,
      }),
    }),
  }),
);
export type InboundEvent = v.InferOutput<typeof InboundEvent>;

export const comment = (event: InboundEvent) => event.contact_event?.comment_event;
export const payment = (event: InboundEvent) =>
  event.contact_message_event?.payment_status_update_event;
export const shortlink = (event: InboundEvent) =>
  event.contact_message_event?.shortlink_activated_event;
export const reaction = (event: InboundEvent) => event.contact_message_event?.reaction_event;

/** A reaction is about the message it was put on. */
export const eventSubject = (event: InboundEvent): CallbackSubject => ({
  ...personSubject(event),
  messageId: reaction(event)?.message_id,
});

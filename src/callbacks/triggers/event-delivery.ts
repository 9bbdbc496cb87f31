import * as v from 'valibot';
import { deliveryFacts, eventId } from '../facts/shared-facts.ts';
import {
  PERSON_FACTS,
  Personal,
  personSubject,
  Reason,
  Text,
  withChannelIdentity,
} from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** What became of an event you sent, such as "is typing". Source: Sinch specification, EventDeliveryReport. */
export const EventDelivery = v.pipe(
  v.unknown(),
  v.transform(withChannelIdentity),
  v.looseObject({ ...Personal, event_id: Text, status: Text, reason: Reason, metadata: Text }),
);
export type EventDelivery = v.InferOutput<typeof EventDelivery>;

export const eventDelivery = defineTrigger<EventDelivery>({
  name: 'EVENT_DELIVERY',
  noun: 'sent event',
  description: 'The delivery status of an event you sent (“is typing”, a reaction) changed.',
  keys: ['event_delivery_report'],
  subjectFacts: PERSON_FACTS,
  always: ['app_id', 'channel', 'event_id', 'status'],
  schema: EventDelivery,
  identity: (report) => [
    report.event_id,
    report.channel_identity?.channel,
    report.channel_identity?.identity,
    report.status,
  ],
  subject: (report) => ({ ...personSubject(report), metadata: report.metadata }),
  facts: { ...deliveryFacts, event_id: eventId(({ event_id }) => event_id) },
});

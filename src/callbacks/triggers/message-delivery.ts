import * as v from 'valibot';
import { fact } from '../facts/fact.ts';
import { deliveryFacts } from '../facts/shared-facts.ts';
import {
  addressOf,
  PERSON_FACTS,
  Personal,
  personSubject,
  Reason,
  Text,
  withChannelIdentity,
} from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** A delivery receipt: the latest status of one outbound message. Source: Sinch specification, MessageDeliveryReport. */
export const MessageDelivery = v.pipe(
  v.unknown(),
  v.transform(withChannelIdentity),
  v.looseObject({ ...Personal, message_id: Text, status: Text, reason: Reason, metadata: Text }),
);
export type MessageDelivery = v.InferOutput<typeof MessageDelivery>;

export const messageDelivery = defineTrigger<MessageDelivery>({
  name: 'MESSAGE_DELIVERY',
  noun: 'message',
  description: 'The delivery status of a message you sent changed.',
  keys: ['message_delivery_report'],
  subjectFacts: [...PERSON_FACTS, 'message_id'],
  always: ['app_id', 'channel', 'message_id', 'status'],
  alwaysSubscribed: true,
  schema: MessageDelivery,
  identity: (report) => [
    report.message_id,
    report.channel_identity?.channel,
    report.channel_identity?.identity,
    report.status,
  ],
  subject: (report) => ({
    ...personSubject(report),
    messageId: report.message_id,
    metadata: report.metadata,
  }),
  recordState: (report, { appId }) => {
    const { message_id: messageId, status, reason } = report;
    const address = addressOf(personSubject(report), appId);
    return messageId && status
      ? [{ kind: 'status', messageId, status, reasonCode: reason?.code, address }]
      : [];
  },
  facts: {
    ...deliveryFacts,
    attempt: fact.recalled(
      'number',
      'number of retries so far',
      'How often this message was already sent again by us: 0 for the first sending.',
      { personal: false },
    ),
  },
});

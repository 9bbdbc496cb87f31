import * as v from 'valibot';
import { COUNT, fact, SPAN } from '../facts/fact.ts';
import { batchId, deliveryFacts } from '../facts/shared-facts.ts';
import {
  addressOf,
  batchIn,
  Count,
  isRecord,
  PERSON_FACTS,
  Personal,
  parseJsonText,
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
  v.looseObject({
    ...Personal,
    message_id: Text,
    status: Text,
    reason: Reason,
    metadata: Text,
    batch_id: Text,
    message_index: Count,
  }),
);
export type MessageDelivery = v.InferOutput<typeof MessageDelivery>;

/** Sinch's batch pages say that a report carries `batch_id`, and that its metadata has `_batch_id`: both are read. */
const batchOf = ({ batch_id, metadata }: MessageDelivery): string | undefined =>
  batch_id ?? batchIn(metadata);

function indexIn(metadata: string | undefined): number | undefined {
  const own = metadata === undefined ? undefined : parseJsonText(metadata);
  const index = isRecord(own) ? Number(own._message_index ?? own.message_index) : Number.NaN;
  return Number.isFinite(index) ? index : undefined;
}

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
    if (!messageId || !status) return [];
    const subject = personSubject(report);
    return [
      {
        kind: 'status',
        messageId,
        status,
        reasonCode: reason?.code,
        channel: subject.channel,
        batchId: batchOf(report),
        address: addressOf(subject, appId),
      },
    ];
  },
  facts: {
    ...deliveryFacts,
    batch_id: batchId(batchOf),
    message_index: fact.number(
      'place in the batch',
      'Which message of its batch this is, as Sinch counts them.',
      { personal: false, range: COUNT },
      ({ message_index, metadata }) => message_index ?? indexIn(metadata),
    ),
    attempt: fact.recalled(
      'number',
      'number of retries so far',
      'How often this message was already sent again by us: 0 for the first sending.',
      { personal: false, range: COUNT },
    ),
    delivery_seconds: fact.recalled(
      'number',
      'seconds to the delivery',
      'Seconds from the submission of the message to its delivery. Known on DELIVERED, and on READ after a DELIVERED, if the submission is known.',
      { personal: false, range: SPAN },
    ),
  },
});

import * as v from 'valibot';
import { fact } from './fact.ts';
import { failureClass } from './failure-class.ts';
import { aboutPerson, Personal, Reason, Text, withChannelIdentity } from './parts.ts';
import { defineTrigger } from './trigger.ts';

/** A delivery receipt: the channel's latest word on one outbound message. Source: Sinch specification, MessageDeliveryReport. */
export const MessageDelivery = v.pipe(
  v.unknown(),
  v.transform(withChannelIdentity),
  v.looseObject({ ...Personal, message_id: Text, status: Text, reason: Reason, metadata: Text }),
);
export type MessageDelivery = v.InferOutput<typeof MessageDelivery>;

export const messageDelivery = defineTrigger<MessageDelivery>({
  name: 'MESSAGE_DELIVERY',
  description: 'The delivery status of a message you sent changed.',
  keys: ['message_delivery_report'],
  schema: MessageDelivery,
  identity: (report) => [
    report.message_id,
    report.channel_identity?.channel,
    report.channel_identity?.identity,
    report.status,
  ],
  about: (report) => ({ ...aboutPerson(report), messageId: report.message_id, metadata: report.metadata }),
  remembers: ({ message_id, status, reason }) =>
    message_id && status ? [{ kind: 'status', messageId: message_id, status, reasonCode: reason?.code }] : [],
  facts: {
    status: fact.text('delivery status', 'What became of the message.', (report) => report.status, {
      known: ['QUEUED_ON_CHANNEL', 'DELIVERED', 'READ', 'FAILED', 'SWITCHING_CHANNEL'],
    }),
    reason_code: fact.text('failure reason', 'Why it failed, in Sinch’s words.', (report) => report.reason?.code),
    reason_sub_code: fact.text('failure detail', 'Sinch’s closer reason.', (report) => report.reason?.sub_code),
    reason_description: fact.text(
      'failure description',
      'Sinch’s reason as a sentence.',
      (report) => report.reason?.description,
    ),
    channel_code: fact.text(
      'channel’s own error code',
      'The code of the channel, for example Meta’s 131047.',
      (report) => report.reason?.channel_code,
    ),
    failure_class: fact.text(
      'failure class',
      'What kind of failure: the list that names the reason. An unlisted reason is uncertain.',
      (report, { lists }) => failureClass(report, lists),
      { known: ['transient', 'permanent', 'content', 'configuration', 'uncertain'] },
    ),
    attempt: fact.recalled(
      'number',
      'number of retries so far',
      'How often this message was already sent again by us: 0 for the first sending.',
    ),
  },
});

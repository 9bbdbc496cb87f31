import * as v from 'valibot';
import { COUNT, fact } from '../facts/fact.ts';
import {
  batchId,
  channelCodeFact,
  factOf,
  failureClassFact,
  statusFact,
} from '../facts/shared-facts.ts';
import { Count, isRecord, Text } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/**
 * A delivery report of Sinch's SMS API, of one recipient or of a whole batch. Source: Sinch SDKs, RecipientDeliveryReport and
 * BatchDeliveryReport.
 */
export const SmsDelivery = v.pipe(
  v.unknown(),
  v.transform((raw) => split(raw)[0] ?? raw),
  v.looseObject({
    type: Text,
    channel: Text,
    batch_id: Text,
    recipient: Text,
    code: Text,
    status: Text,
    at: Text,
    operator_status_at: Text,
    operator: Text,
    applied_originator: Text,
    encoding: Text,
    number_of_message_parts: Count,
    client_reference: Text,
    count: Count,
    total_message_count: Count,
  }),
);
export type SmsDelivery = v.InferOutput<typeof SmsDelivery>;

/** Returns one report for each recipient of a batch, and one for each state that names none. */
function split(raw: unknown): readonly object[] {
  if (!isRecord(raw) || !Array.isArray(raw.statuses)) return [];
  const { statuses, ...batch } = raw;
  return raw.statuses.filter(isRecord).flatMap(({ recipients, ...state }) => {
    const people = Array.isArray(recipients) ? recipients : [];
    if (people.length === 0) return [{ ...batch, ...state }];
    return people.map((recipient) => ({ ...batch, ...state, recipient, count: 1 }));
  });
}

/** The SMS API's states in the words of the Conversation API. `Unknown` is final there: no readable receipt came. */
const STATES: Readonly<Record<string, string>> = {
  QUEUED: 'QUEUED_ON_CHANNEL',
  DISPATCHED: 'QUEUED_ON_CHANNEL',
  DELIVERED: 'DELIVERED',
};

const statusOf = ({ status }: SmsDelivery): string | undefined =>
  status && (STATES[status.toUpperCase()] ?? 'FAILED');

/** The report in the shape of the Conversation API. */
const asReport = (report: SmsDelivery) => ({
  status: statusOf(report),
  channel_identity: { channel: report.channel, identity: report.recipient, app_id: undefined },
  reason: {
    code: undefined,
    sub_code: undefined,
    description: undefined,
    channel_code: report.code,
  },
});

export const smsDelivery = defineTrigger<SmsDelivery>({
  name: 'SMS_DELIVERY',
  noun: 'text message',
  description:
    'The delivery status of a message that you sent by Sinch’s SMS API: of one recipient, or of a batch. It names no app.',
  keys: ['sms_delivery_report'],
  api: 'sms',
  projectLevel: true,
  subjectFacts: ['channel', 'identity'],
  always: ['channel', 'batch_id', 'status'],
  schema: SmsDelivery,
  split,
  identity: ({ batch_id, recipient, status, code, count }) => [
    batch_id,
    recipient,
    status,
    code,
    recipient ? '' : String(count ?? ''),
  ],
  subject: ({ channel, recipient, client_reference }) => ({
    channel,
    identity: recipient,
    metadata: client_reference,
  }),
  facts: {
    batch_id: batchId(({ batch_id }) => batch_id),
    sms_status: fact.text(
      'status of the SMS API',
      'The status in the words of the SMS API.',
      {
        personal: false,
        known: [
          ...['Queued', 'Dispatched', 'Delivered', 'Failed', 'Rejected'],
          ...['Aborted', 'Cancelled', 'Deleted', 'Expired', 'Unknown'],
        ],
      },
      ({ status }) => status,
    ),
    recipients: fact.number(
      'number of recipients',
      'How many recipients of the batch have this status.',
      { personal: false, range: COUNT },
      ({ recipient, count }) => (recipient ? 1 : count),
    ),
    status: factOf(asReport, statusFact),
    channel_code: factOf(asReport, channelCodeFact),
    failure_class: factOf(asReport, failureClassFact),
  },
});

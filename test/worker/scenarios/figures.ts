import { expect } from 'vitest';
import type { BatchDetail, Batches } from '../../../src/api/delivery/batches.ts';
import type { DeliveryStats } from '../../../src/api/delivery/delivery-stats.ts';
import type { Box } from '../box.ts';
import { APP, minutes, PERSON, receipt, submitted } from '../sample.ts';
import * as s from './scenario.ts';

/** What a team reads of many messages: figures, batches, times. */
const stats = (groupBy: string) => (box: Box) =>
  s.read<DeliveryStats>(box, `/v1/delivery-stats?since=1d&group_by=${groupBy}`);

/** Three messages: one is read, one delivered, and one fails for good. */
const three = [
  submitted('01JR1', { at: minutes(-20) }),
  receipt('01JR1', 'DELIVERED', { at: minutes(-19) }),
  receipt('01JR1', 'READ', { at: minutes(-15) }),
  submitted('01JR2', { at: minutes(-20) }),
  receipt('01JR2', 'DELIVERED', { at: minutes(-18) }),
  submitted('01JR3', { at: minutes(-20) }),
  receipt('01JR3', 'FAILED', { at: minutes(-18), code: 'RECIPIENT_NOT_REACHABLE' }),
];

const ofBatch = JSON.stringify({ _batch_id: '01JBATCH' });
const named = (id: string) => {
  const { batch_status_update: update, ...envelope } = s.batch('COMPLETED', 100, 0);
  return { ...envelope, batch_status_update: { ...update, batch_id: id } };
};

export const FIGURES: readonly s.Scenario[] = [
  {
    message: 'lists each batch with its state and its counts',
    rows: ['B1'],
    comes: [s.batch('COMPLETED', 1000, 15)],
    seen: async (box) => (await s.read<Batches>(box, '/v1/batches')).batches,
    is: [
      expect.objectContaining({
        ...{ batch_id: '01JBATCH', status: 'COMPLETED' },
        reported: { total: 1000, successful: 985, failed: 15 },
      }),
    ],
  },
  {
    message:
      'lists the failed messages of a batch with their reason, and sends those again that may pass',
    rows: ['B2'],
    comes: [
      submitted('01JB1', { metadata: ofBatch }),
      submitted('01JB2', { metadata: ofBatch }),
      receipt('01JB1', 'FAILED', { code: 'RATE_LIMITED', metadata: ofBatch }),
      receipt('01JB2', 'FAILED', { code: 'RECIPIENT_NOT_REACHABLE', metadata: ofBatch }),
    ],
    seen: async (box) => {
      const batch = await s.read<BatchDetail>(box, '/v1/batches/01JBATCH');
      return [
        ...batch.failed_messages
          .map((one) => [one.message_id, one.reason_code, one.attempts.length])
          .toSorted(),
        await s.sent(box),
      ];
    },
    is: [['01JB1', 'RATE_LIMITED', 1], ['01JB2', 'RECIPIENT_NOT_REACHABLE', 0], [`SMS ${PERSON}`]],
  },
  {
    message: 'names every batch that ended, also where several end in the wait of one alert',
    rows: ['B3'],
    settings: { ALERT_MAX_WAIT: '24h' },
    comes: ['CAMPAIGN-1', 'CAMPAIGN-2', 'CAMPAIGN-3'].map(named),
    seen: async (box) => {
      const arrived = JSON.stringify(await box.arrivals('alert'));
      return ['CAMPAIGN-1', 'CAMPAIGN-2', 'CAMPAIGN-3'].map((id) => arrived.includes(id));
    },
    is: [true, true, true],
  },
  {
    message: 'states why messages of a batch failed, also where only some did',
    rows: ['K-B3'],
    comes: [s.batch('COMPLETED', 100, 40, { failure_reasons: ['RATE_LIMITED'] })],
    seen: s.words,
    is: expect.stringContaining('RATE_LIMITED'),
  },
  {
    message: 'states how long a batch took, beside the counts of its messages',
    rows: ['K-B4'],
    comes: [s.batch('COMPLETED', 100, 0)],
    seen: async (box) => {
      const [first] = (await s.read<Batches>(box, '/v1/batches')).batches;
      const { decisions } = await s.read<{ decisions: { id: string }[] }>(box, '/v1/decisions');
      const { facts } = await s.read<{ facts: object }>(box, `/v1/decisions/${decisions[0]?.id}`);
      return [first?.status_at, facts];
    },
    is: [minutes(-1), expect.objectContaining({ batch_processing_ms: 41_870 })],
  },
  {
    message: 'counts how many of the messages that arrived were read',
    rows: ['D3'],
    comes: three,
    seen: async (box) => (await stats('channel')(box)).total,
    is: expect.objectContaining({ reached: 2, read: 1, read_rate: 0.5 }),
  },
  {
    message: 'measures the time to delivery and the share of messages that arrive',
    rows: ['D5'],
    comes: three,
    seen: async (box) => {
      const { success_rate: rate, seconds_to_delivered: seconds } = (await stats('channel')(box))
        .total;
      return [
        rate?.toFixed(3),
        seconds?.messages,
        seconds && seconds.p95 > 100 && seconds.p50 < 130,
      ];
    },
    is: ['0.667', 2, true],
  },
  {
    message: 'compares channels by what arrives and why it fails',
    rows: ['D6', 'K-D3'],
    comes: [...three, receipt('01JR4', 'DELIVERED', { channel: 'RCS', at: minutes(-10) })],
    seen: async (box) => (await stats('channel')(box)).rows,
    is: expect.arrayContaining([
      expect.objectContaining({
        ...{ channel: 'SMS', reached: 2, failed: 1 },
        failed_by_reason: { RECIPIENT_NOT_REACHABLE: 1 },
      }),
      expect.objectContaining({ channel: 'RCS', reached: 1, failed: 0, success_rate: 1 }),
    ]),
  },
  {
    message: 'counts delivered messages by app, channel and month',
    rows: ['D7'],
    comes: three,
    seen: async (box) => (await stats('app_id,channel,month')(box)).rows,
    is: [expect.objectContaining({ app_id: APP, channel: 'SMS', month: '2026-11', delivered: 2 })],
  },
  {
    message: 'takes the reports of a message in any order: one that comes late changes nothing',
    rows: ['K-D1'],
    comes: [
      submitted('01JS', { at: minutes(-20) }),
      receipt('01JS', 'DELIVERED', { at: minutes(-5) }),
      receipt('01JS', 'QUEUED_ON_CHANNEL', { at: minutes(-6) }),
    ],
    seen: async (box) => [
      (await s.read<{ messages: { status: string }[] }>(box, '/v1/messages')).messages[0]?.status,
      await s.receipts('01JS')(box),
    ],
    is: ['DELIVERED', ['QUEUED_ON_CHANNEL', 'DELIVERED']],
  },
  ...['DISPATCH', 'CONVERSATION'].map((mode) => ({
    message: `reads the processing mode ${mode}, and a rule compares it`,
    rows: ['K-D8'] as const,
    comes: [receipt('01JS', 'DELIVERED', { mode })],
    seen: s.told,
    is: ['of-this-mode low'],
    rules: s.ownRule(
      'of-this-mode',
      ['MESSAGE_DELIVERY'],
      { fact: 'processing_mode', operator: 'equal', value: mode },
      s.tell('A mode'),
    ),
  })),
  {
    message: 'finds reports by their metadata, and by a value in it',
    rows: ['K-D7'],
    settings: { METADATA_SEARCH_PATHS: 'order.id' },
    comes: [receipt('01JS', 'DELIVERED', { metadata: '{"order":{"id":"A-17"}}' })],
    seen: async (box) => [
      await s.onRecord('?metadata=A-17')(box),
      await s.onRecord('?metadata=A-18')(box),
    ],
    is: [['MESSAGE_DELIVERY'], []],
  },
  {
    message: 'has all times of a message, and the seconds to its delivery',
    rows: ['K-D9'],
    comes: three,
    seen: (box) => s.read<object>(box, '/v1/messages/01JR1'),
    is: expect.objectContaining({
      ...{ submitted_at: minutes(-20), delivery_seconds: 60, read_seconds: 300 },
      statuses: [
        expect.objectContaining({ status: 'DELIVERED', at: minutes(-19) }),
        expect.objectContaining({ status: 'READ', at: minutes(-15) }),
      ],
    }),
  },
];

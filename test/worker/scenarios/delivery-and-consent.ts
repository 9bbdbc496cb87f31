import { expect } from 'vitest';
import { inbound, minutes, opt, PERSON, receipt, submitted } from '../sample.ts';
import * as s from './scenario.ts';

/**
 * What Sinch's own pages tell people to use these callbacks for, and what they tell to mind.
 *
 * | page | not an action of Signalbox, so not here |
 * |---|---|
 * | MESSAGE_DELIVERY | which channels report READ; how fast channels are; what processing modes mean |
 * | OPT_IN, OPT_OUT | which channels send them |
 */
const FAILED = (code: string, options: object = {}) =>
  receipt('01JS', 'FAILED', { code, ...options });

export const DELIVERY: readonly s.Scenario[] = [
  {
    message: 'what became of a message can be read, in order',
    rows: ['D1'],
    comes: [
      submitted('01JS'),
      receipt('01JS', 'QUEUED_ON_CHANNEL', { at: minutes(-9) }),
      receipt('01JS', 'DELIVERED', { at: minutes(-8) }),
      receipt('01JS', 'READ', { at: minutes(-7) }),
    ],
    seen: s.receipts('01JS'),
    is: ['QUEUED_ON_CHANNEL', 'DELIVERED', 'READ'],
  },
  {
    message: 'a failure that passes is sent again',
    rows: ['K-D4'],
    comes: [submitted('01JS'), FAILED('CHANNEL_FAILURE')],
    seen: s.sent,
    is: [`SMS ${PERSON}`],
  },
  {
    message: 'a failure that stays is not sent again',
    rows: ['K-D4'],
    comes: [submitted('01JS'), FAILED('RECIPIENT_NOT_REACHABLE')],
    seen: s.sent,
    is: [],
  },
  {
    message: 'delivered is not read',
    rows: ['K-D10'],
    comes: [receipt('01JS', 'DELIVERED')],
    seen: s.receipts('01JS'),
    is: ['DELIVERED'],
  },
  {
    message: 'the owner of the app gets an alert about a failure that a person can correct',
    comes: [FAILED('UNSUPPORTED_CONTENT')],
    seen: s.told,
    is: ['content-refused low'],
  },
  {
    message: 'delivery can be measured: who was reached when',
    comes: [receipt('01JS', 'DELIVERED', { at: minutes(-8) })],
    seen: s.recipient(),
    is: expect.objectContaining({
      last_delivery: [
        expect.objectContaining({ channel: 'SMS', status: 'DELIVERED', at: minutes(-8) }),
      ],
    }),
  },
  {
    message: 'failures can be compared by channel and reason',
    comes: [FAILED('CHANNEL_FAILURE')],
    seen: s.stats,
    is: expect.objectContaining({
      channels: [{ name: 'SMS', callbacks: 1 }],
      reason_codes: [{ name: 'CHANNEL_FAILURE', callbacks: 1 }],
    }),
  },
  {
    message: 'what was delivered is on record for the bill',
    comes: [receipt('01JS', 'DELIVERED')],
    seen: s.onRecord('?trigger=MESSAGE_DELIVERY'),
    is: ['MESSAGE_DELIVERY'],
  },
  {
    message: 'a closed window raises an alert: a template is needed',
    rows: ['K-D5'],
    comes: [FAILED('OUTSIDE_ALLOWED_SENDING_WINDOW', { channel: 'WHATSAPP' })],
    seen: s.told,
    is: ['window-closed low'],
  },
  {
    message: 'a switch of channels is left to Sinch',
    rows: ['K-D6'],
    comes: [receipt('01JS', 'SWITCHING_CHANNEL', { code: 'CHANNEL_FAILURE' })],
    seen: s.onRecord(),
    is: ['MESSAGE_DELIVERY', 'switching-channel', 'ignore noted'],
  },
  {
    message: 'metadata leads back to the order',
    rows: ['K-D7'],
    comes: [FAILED('UNSUPPORTED_CONTENT', { metadata: 'order-99' })],
    seen: s.words,
    is: expect.stringContaining('order-99'),
  },
  {
    message: 'a refusal for policy raises an alert and is not sent again',
    rows: ['K-O11'],
    comes: [submitted('01JS'), FAILED('CHANNEL_REJECT')],
    seen: s.sent,
    is: [],
  },
  {
    message: 'a person who has not opted in gets no further message',
    comes: [FAILED('RECIPIENT_NOT_OPTED_IN')],
    seen: s.suppressed(),
    is: true,
  },
];

export const CONSENT: readonly s.Scenario[] = [
  {
    message: 'an opt-out by the channel’s own button stops all messages',
    comes: [opt('OPT_OUT_SUCCEEDED')],
    seen: s.suppressed('VIBERBM'),
    is: true,
  },
  {
    message: 'an opt-in by the channel’s own button allows them again',
    rows: ['K-O6'],
    comes: [opt('OPT_OUT_SUCCEEDED', minutes(-9)), opt('OPT_IN_SUCCEEDED', minutes(-5))],
    seen: s.suppressed('VIBERBM'),
    is: false,
  },
  {
    message: 'an opt-out that failed stops all the same and raises an alert',
    rows: ['K-O4'],
    comes: [opt('OPT_OUT_FAILED')],
    seen: s.told,
    is: ['opt-out-failed high'],
  },
  ...['STOP', 'UNSUBSCRIBE', 'END'].map((word) => ({
    message: `${word} by SMS comes as a message, and stops`,
    rows: ['O1', 'K-O1', 'K-O2'] as const,
    comes: [inbound(word)],
    seen: s.suppressed(),
    is: true,
  })),
  {
    message: 'the proof names the words and the decision',
    rows: ['O4', 'K-O9'],
    comes: [inbound('STOP')],
    seen: s.recipient(),
    is: expect.objectContaining({
      history: [
        expect.objectContaining({ words: 'STOP', rule: 'stop', decision: expect.any(String) }),
      ],
    }),
  },
  {
    message: 'an opt-out on one channel is of that channel',
    comes: [opt('OPT_OUT_SUCCEEDED')],
    seen: s.suppressed('SMS'),
    is: false,
  },
];

import { minutes, PERSON, receipt, submitted } from '../sample.ts';
import * as s from './scenario.ts';

/**
 * What Sinch's own pages tell people to use these callbacks for, and what they tell to mind.
 *
 * | page | not an action of Signalbox, so not here |
 * |---|---|
 * | CAPABILITY | how long a check takes; one request a channel; synchronous checks |
 */
const is = (fact: string, value: unknown) => ({ fact, operator: 'equal', value });

const FAILED = (code: string, options: object = {}) =>
  receipt('01JS', 'FAILED', { code, ...options });

const crowd = Array.from({ length: 12 }, (_, n) => `467017406${20 + n}`);

export const CAPABILITY: readonly s.Scenario[] = [
  {
    message: 'a channel is chosen by what the person can receive',
    rows: ['K-C1'],
    comes: [s.capability('RCS', 'CAPABILITY_FULL')],
    seen: s.able('RCS'),
    is: 'CAPABILITY_FULL',
  },
  {
    message: 'no RCS, so SMS: the failed message goes out on the other channel',
    rows: ['C2', 'D2'],
    comes: [
      s.capability('RCS', 'NO_CAPABILITY'),
      submitted('01JS'),
      FAILED('RECIPIENT_NOT_REACHABLE', { channel: 'RCS' }),
    ],
    seen: s.sent,
    is: [`SMS ${PERSON}`],
    rules: s.ownRule(
      'rcs-then-sms',
      ['MESSAGE_DELIVERY'],
      { all: [is('channel', 'RCS'), is('reason_code', 'RECIPIENT_NOT_REACHABLE')] },
      {
        action: 'retry',
        params: { at_most: 1, first_delay: '1s', within: '1h', then_channel: 'SMS' },
      },
    ),
  },
  {
    message: 'whether a number has WhatsApp is known',
    rows: ['C3'],
    comes: [s.capability('WHATSAPP', 'NO_CAPABILITY')],
    seen: s.able('WHATSAPP'),
    is: 'NO_CAPABILITY',
  },
  {
    message: 'each answer is about one channel',
    rows: ['K-C3'],
    comes: [s.capability('RCS', 'CAPABILITY_FULL')],
    seen: s.able('WHATSAPP'),
    is: 'none',
  },
  {
    message: 'a preference can be kept elsewhere: the answer is passed on',
    comes: [s.capability('RCS', 'CAPABILITY_FULL')],
    seen: s.forwarded,
    is: [s.capability('RCS', 'CAPABILITY_FULL')],
    rules: s.ownRule('preference', ['CAPABILITY'], is('capability_status', 'CAPABILITY_FULL'), {
      action: 'forward',
      params: { to: 'forward' },
    }),
  },
  {
    message: 'a long list is looked up, and each person has an answer',
    comes: crowd.map((identity) => s.capability('RCS', 'CAPABILITY_FULL', { identity })),
    seen: async (box) => Promise.all(crowd.map((identity) => s.able('RCS', identity)(box))),
    is: crowd.map(() => 'CAPABILITY_FULL'),
  },
  {
    message: 'what changed is up to date, whatever comes late',
    rows: ['C6', 'K-C4'],
    comes: [
      s.capability('RCS', 'NO_CAPABILITY', { at: minutes(-2) }),
      s.capability('RCS', 'CAPABILITY_FULL', { at: minutes(-8) }),
    ],
    seen: s.able('RCS'),
    is: 'NO_CAPABILITY',
  },
  {
    message: 'a person who signs up is known by both channels',
    comes: [s.capability('RCS', 'CAPABILITY_FULL'), s.capability('WHATSAPP', 'NO_CAPABILITY')],
    seen: async (box) => [await s.able('RCS')(box), await s.able('WHATSAPP')(box)],
    is: ['CAPABILITY_FULL', 'NO_CAPABILITY'],
  },
  {
    message: 'an unknown answer is asked again, later',
    rows: ['K-C6'],
    comes: [s.capability('RCS', 'CAPABILITY_UNKNOWN')],
    seen: async (box) => (await box.arrivals('capability:query')).length,
    is: 1,
  },
  {
    message: 'a partial answer is kept as it is',
    rows: ['K-C7'],
    comes: [s.capability('RCS', 'CAPABILITY_PARTIAL')],
    seen: s.able('RCS'),
    is: 'CAPABILITY_PARTIAL',
  },
];

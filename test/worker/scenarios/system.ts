import { expect } from 'vitest';
import { minutes, PERSON, rating, receipt, submitted } from '../sample.ts';
import * as s from './scenario.ts';

/**
 * What Sinch's own pages tell people to use these callbacks for, and what they tell to mind.
 *
 * | page | not an action of Signalbox, so not here |
 * |---|---|
 * | CHANNEL_EVENT, RECORD_NOTIFICATION | that shapes differ by channel; that callers must have been told |
 */
const is = (fact: string, value: unknown) => ({ fact, operator: 'equal', value });

const FAILED = (code: string, options: object = {}) =>
  receipt('01JS', 'FAILED', { code, ...options });

const has = (...items: unknown[]) => expect.arrayContaining(items);

export const SYSTEM: readonly s.Scenario[] = [
  {
    message: 'YELLOW is a warning, and slows down',
    rows: ['K-CE2'],
    comes: [rating('YELLOW')],
    seen: s.told,
    is: ['whatsapp-quality-yellow high'],
  },
  {
    message: 'RED is urgent',
    rows: ['CE1'],
    comes: [rating('RED')],
    seen: s.told,
    is: ['whatsapp-quality-red critical'],
  },
  {
    message: 'RED slows the sender down before the channel does',
    rows: ['CE3', 'K-CE3'],
    comes: [rating('RED')],
    seen: s.limit(),
    is: '10/minute',
  },
  {
    message: 'a rating that flaps neither lifts the limit nor doubles it',
    comes: [
      rating('RED', minutes(-50)),
      rating('YELLOW', minutes(-40)),
      rating('RED', minutes(-30)),
      rating('GREEN', minutes(-20)),
      rating('RED', minutes(-10)),
    ],
    seen: s.limit(),
    is: '10/minute',
  },
  {
    message: 'a number that has recovered comes back step by step',
    comes: [rating('RED', minutes(-100)), rating('GREEN', minutes(-65))],
    seen: s.limit(),
    is: '100/minute',
  },
  {
    message: 'a restricted number stops marketing and raises an alert',
    comes: [s.numberStatus('RESTRICTED')],
    seen: s.limit(),
    is: '0',
  },
  {
    message: 'a number that was given back may send',
    comes: [s.numberStatus('RESTRICTED', minutes(-9)), s.numberStatus('VERIFIED', minutes(-5))],
    seen: s.limit(),
    is: 'free',
  },
  {
    message: 'the end of a batch raises an alert to its sender',
    rows: ['K-B1'],
    comes: [s.batch('COMPLETED', 1000, 15)],
    seen: s.told,
    is: ['batch-finished low'],
  },
  {
    message: 'a batch that failed raises an alert with the reasons',
    comes: [s.batch('FAILED', 10, 10, { failure_reasons: ['RATE_LIMITED'] })],
    seen: s.words,
    is: expect.stringContaining('RATE_LIMITED'),
  },
  {
    message: 'a batch that is called complete and failed in part raises an alert as partly failed',
    rows: ['K-B2'],
    comes: [s.batch('COMPLETED', 100, 40)],
    seen: s.told,
    is: ['batch-partly-failed low'],
  },
  {
    message: 'a failed message of a batch is sent again by its own receipt',
    comes: [s.batch('PARTIAL', 100, 1), submitted('01JS'), FAILED('RATE_LIMITED')],
    seen: s.sent,
    is: [`SMS ${PERSON}`],
  },
  {
    message: 'a slow batch can be noticed',
    rows: ['K-B4'],
    comes: [s.batch('COMPLETED', 100, 0)],
    seen: s.told,
    is: has('slow-batch low'),
    rules: s.ownRule(
      'slow-batch',
      ['BATCH_STATUS_UPDATE'],
      { fact: 'batch_processing_ms', operator: 'greaterThan', value: 30_000 },
      s.tell('Slow'),
    ),
  },
  {
    message: 'a recording is kept before its address ends',
    rows: ['R1', 'K-R2'],
    comes: [s.recording()],
    seen: async (box) =>
      (
        await (
          await box.ask('/v1/recordings')
        ).json<{ recordings: { key: string; type: string }[] }>()
      ).recordings.map(({ type }) => type),
    is: ['audio/wav'],
  },
  {
    message: 'that a recording was kept stands on record',
    comes: [s.recording()],
    seen: s.onRecord(),
    is: ['RECORD_NOTIFICATION', 'recording-archived', 'archive done'],
  },
  {
    message: 'a recording is passed on to be written down',
    rows: ['R3'],
    comes: [s.recording()],
    seen: s.forwarded,
    is: [s.recording()],
    rules: s.ownRule(
      'write-down',
      ['RECORD_NOTIFICATION'],
      { fact: 'recording_url', operator: 'present' },
      { action: 'forward', params: { to: 'forward' } },
    ),
  },
  {
    message: 'what Sinch has no name for is passed on as it came',
    rows: ['U1'],
    comes: [s.unsupported('{"type":"calls"}')],
    seen: s.forwarded,
    is: [s.unsupported('{"type":"calls"}')],
  },
  {
    message: 'so is what is not even JSON',
    rows: ['K-U5'],
    comes: [s.unsupported('PING', 'LINE')],
    seen: s.forwarded,
    is: [s.unsupported('PING', 'LINE')],
  },
  {
    message: 'a channel’s own event can have a rule of its own',
    rows: ['U3', 'K-U2', 'K-CE1'],
    comes: [s.unsupported('{"type":"calls"}')],
    seen: s.told,
    is: has('calls low'),
    rules: s.ownRule('calls', ['UNSUPPORTED'], is('unsupported_type', 'calls'), s.tell('Calls')),
  },
  {
    message: 'what is seen for the first time is listed, with a fixture',
    rows: ['K-CE4'],
    comes: [receipt('01JS', 'PAUSED')],
    seen: async (box) =>
      (await (await box.ask('/v1/drift')).json<{ drift: { value: string }[] }>()).drift.map(
        ({ value }) => value,
      ),
    is: has('PAUSED'),
  },
];

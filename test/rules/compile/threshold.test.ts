import { describe, expect, test } from 'vitest';
import { findingsOf } from '../rulebook.ts';

const FAILED = { fact: 'status', operator: 'equal', value: 'FAILED' };
const ENDED = { fact: 'status', operator: 'in', value: ['DELIVERED', 'FAILED'] };
const counting = { count: 20, within: '10m', per: ['app_id', 'channel'] };
const sharing = { share: 0.05, among: ENDED, at_least: 200, within: '10m', per: ['channel'] };
describe('check', () => {
  const errors = (over: Record<string, unknown>) =>
    findingsOf({ on: ['MESSAGE_DELIVERY'], when: FAILED, ...over }).map(
      ({ path, code, message, hint }) =>
        `${path.join('.')} ${code}: ${message}${hint ? ` (${hint})` : ''}`,
    );

  test.each([
    ['a count', { threshold: counting }],
    ['a count of everything together', { threshold: { count: 1, within: '1d' }, cooldown: '30d' }],
    ['a share', { threshold: sharing, cooldown: '1h' }],
  ])('takes %s', (_, over) => expect(errors(over)).toEqual([]));

  test.each([
    [
      'a cool-down alone',
      { cooldown: '1h' },
      'cooldown cooldown-alone: "cooldown" requires a "threshold"',
    ],
    [
      'more facts than make a group',
      {
        threshold: {
          ...counting,
          per: ['app_id', 'channel', 'identity', 'contact_id', 'message_id', 'metadata'],
        },
      },
      'threshold.per too-many: 6 facts, at most 5 make a group',
    ],
    [
      'stop',
      { threshold: counting, stop: true },
      'stop stop-with-threshold: a rule with a threshold stops no other',
    ],
    [
      'neither count nor share',
      { threshold: { within: '10m' } },
      'threshold bad-value: "threshold": neither',
    ],
    [
      'both',
      { threshold: { ...sharing, count: 2 } },
      'threshold bad-value: "threshold": "count" and "share" at once',
    ],
    ['a list', { threshold: [] }, 'threshold bad-value: "threshold": expected {"count"'],
    [
      'a count of 0',
      { threshold: { ...counting, count: 0 } },
      'threshold.count bad-value: "count": expected 1 or more',
    ],
    ['a count of half', { threshold: { ...counting, count: 1.5 } }, 'threshold.count bad-value'],
    [
      'too much',
      { threshold: { ...counting, count: 10_001 } },
      'threshold.count bad-value: "count": expected at most 10000',
    ],
    [
      'a share of 5',
      { threshold: { ...sharing, share: 5 } },
      'threshold.share bad-value: "share": expected less than 1: 0.05 is 5 %',
    ],
    [
      'a share of no sample',
      { threshold: { ...sharing, at_least: undefined } },
      'threshold.at_least',
    ],
    [
      'a share of nothing',
      { threshold: { share: 0.1, at_least: 2, within: '1h' } },
      'threshold.among',
    ],
    [
      'another key',
      { threshold: { ...counting, wihtin: '1h' } },
      'threshold.wihtin unknown-key: unknown key "wihtin" (did you mean "within"?)',
    ],
    [
      'a window of words',
      { threshold: { ...counting, within: 'an hour' } },
      'threshold.within bad-value: "within": expected a duration',
    ],
    [
      'two days',
      { threshold: { ...counting, within: '2d' } },
      'threshold.within bad-value: "within": 2d is too long, 1 day at most',
    ],
    [
      'a long cool-down',
      { threshold: counting, cooldown: '31d' },
      'cooldown bad-value: "cooldown": 31d is too long, 30 days at most',
    ],
    [
      'an unknown fact',
      { threshold: { ...counting, per: ['chanel'] } },
      'threshold.per.0 unknown-fact: no fact is called "chanel" (did you mean "channel"?)',
    ],
    [
      'a fact of others',
      { threshold: { ...counting, per: ['keyword'] } },
      'threshold.per.0 fact-not-carried: "keyword" never comes with MESSAGE_DELIVERY',
    ],
    [
      'the payload',
      { threshold: { ...counting, per: ['payload'] } },
      'threshold.per.0 value-does-not-suit: "payload" is a json',
    ],
    [
      'a fact twice',
      { threshold: { ...counting, per: ['channel', 'channel'] } },
      'threshold.per.1 duplicate-name',
    ],
    [
      'what is wrong within "among"',
      { threshold: { ...sharing, among: { all: [{ ...ENDED, fact: 'statos' }] } } },
      'threshold.among.all.0.fact unknown-fact',
    ],
    [
      '"among" with too many',
      { threshold: { ...sharing, among: { any: Array(51).fill(ENDED) } } },
      'threshold too-many-conditions',
    ],
    [
      'a count that only thresholds know',
      { then: [{ action: 'note', params: { text: '{{count}}' } }] },
      'then.0.params.text unknown-fact',
    ],
    [
      'a sample that a count does not know',
      { threshold: counting, then: [{ action: 'note', params: { text: '{{sample}}' } }] },
      'then.0.params.text unknown-fact',
    ],
  ])('refuses %s', (_, over, finding) => {
    expect(errors(over)).toContainEqual(expect.stringContaining(finding));
  });
});

import { describe, expect, test } from 'vitest';
import { leaf, list } from '../rulebook.ts';
import { found, places, rule } from './found.ts';

/** Mistakes that leave a rule valid: what is found, and where. */
const delivered = (when: unknown, over: Record<string, unknown> = {}) =>
  rule('a', when, { on: ['MESSAGE_DELIVERY'], ...over });
const failed = leaf('status', 'equal', 'FAILED');
const alert = (text: string) => [
  { action: 'alert', params: { severity: 'low', title: 'Look', text } },
];
const throttle = (ramp: readonly string[]) => [
  { action: 'throttle', params: { to: '10/minute', for: '7d', ramp } },
];
const retry = (params: object) => [{ action: 'retry', params: { first_delay: '1m', ...params } }];

describe('the logic of a rule', () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      'any of two nots on one fact',
      delivered({ any: [leaf('channel', 'notEqual', 'SMS'), leaf('channel', 'notEqual', 'RCS')] }),
      'when.any always-true',
    ],
    [
      'not both of two values',
      delivered({
        all: [
          failed,
          { not: { all: [leaf('channel', 'equal', 'SMS'), leaf('channel', 'equal', 'RCS')] } },
        ],
      }),
      'when.all.1.not.all always-true',
    ],
    [
      'any of two notIn without a common value',
      delivered({
        any: [leaf('channel', 'notIn', ['SMS']), leaf('channel', 'notIn', ['RCS', 'MMS'])],
      }),
      'when.any always-true',
    ],
    [
      'more or less than a number',
      delivered({
        all: [
          failed,
          {
            any: [
              leaf('age_seconds', 'lessThan', 60),
              leaf('age_seconds', 'greaterThanInclusive', 60),
            ],
          },
        ],
      }),
      'when.all.1.any always-true',
    ],
    [
      'what a reason is not, of a message that arrived',
      delivered({
        all: [leaf('status', 'equal', 'DELIVERED'), leaf('reason_code', 'notEqual', 'UNKNOWN')],
      }),
      'when.all.1.value often-missing',
    ],
    [
      'a class that a failure is not, without a failure',
      delivered(leaf('failure_class', 'notIn', ['transient'])),
      'when.value often-missing',
    ],
    [
      'what metadata is not',
      rule('a', { not: leaf('metadata', 'equal', 'test') }),
      'when.not.value often-missing',
    ],
    [
      'a share whose sample excludes what counts',
      delivered(failed, {
        threshold: {
          share: 0.1,
          at_least: 10,
          within: '10m',
          among: leaf('status', 'notEqual', 'FAILED'),
        },
      }),
      'threshold share-excludes',
    ],
    [
      'a share whose sample is what counts',
      delivered(failed, {
        threshold: { share: 0.1, at_least: 10, within: '10m', among: failed },
      }),
      'threshold share-is-all',
    ],
    [
      'a group for each message',
      delivered(failed, { threshold: { count: 20, within: '10m', per: ['app_id', 'message_id'] } }),
      'threshold.per.1 group-too-small',
    ],
    [
      'a group for each moment',
      delivered(failed, { threshold: { count: 2, within: '10m', per: ['event_time'] } }),
      'threshold.per.0 group-too-small',
    ],
    [
      'a cooldown within the window',
      delivered(failed, { threshold: { count: 20, within: '1h' }, cooldown: '5m' }),
      'cooldown times-contradict',
    ],
    [
      'a ramp below the limit',
      delivered(failed, { then: throttle(['5/minute']) }),
      'then.0.params.ramp.0 ramp-below-limit',
    ],
    [
      'a ramp that falls',
      delivered(failed, { then: throttle(['100/minute', '1/second']) }),
      'then.0.params.ramp.1 ramp-below-limit',
    ],
    [
      'retries that the time does not suffice for',
      delivered(failed, { then: retry({ at_most: 10, within: '1h' }) }),
      'then.0.params.within times-contradict',
    ],
    [
      'an action for one of two triggers',
      rule('a', leaf('channel', 'equal', 'SMS'), {
        on: ['MESSAGE_INBOUND', 'MESSAGE_DELIVERY'],
        then: [{ action: 'reply', params: { text: 'Hello' } }],
      }),
      'then.0.action action-does-not-suit',
    ],
  ])('%s is reported', async (_, written, line) => {
    expect(await places([written])).toEqual([`a.json ${line}`]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a not alone', rule('a', leaf('text', 'doesNotContainWord', 'lawyer'))],
    [
      'any of two nots on two facts',
      delivered({ any: [leaf('channel', 'notEqual', 'SMS'), leaf('status', 'notEqual', 'READ')] }),
    ],
    [
      'what a failure is not',
      delivered({ all: [failed, leaf('reason_code', 'notEqual', 'UNKNOWN')] }),
    ],
    [
      'what metadata is not, or nothing',
      rule('a', {
        any: [
          leaf('metadata', 'missing'),
          leaf('metadata', 'notEqual', 'x'),
          leaf('channel', 'equal', 'SMS'),
        ],
      }),
    ],
    [
      'a share of all',
      delivered(failed, {
        threshold: {
          share: 0.1,
          at_least: 10,
          within: '10m',
          among: leaf('channel', 'equal', 'SMS'),
        },
      }),
    ],
    [
      'a message that fails twice',
      delivered(failed, { threshold: { count: 2, within: '10m', per: ['message_id'] } }),
    ],
    [
      'a longer cooldown',
      delivered(failed, { threshold: { count: 20, within: '10m' }, cooldown: '1d' }),
    ],
    [
      'a ramp that rises',
      delivered(failed, { then: throttle(['20/minute', '1000/hour', '50/minute'].slice(0, 1)) }),
    ],
    ['retries within the time', delivered(failed, { then: retry({ at_most: 3, within: '6h' }) })],
  ])('%s is well', async (_, written) => {
    const ignored = ['looked-at-always', 'no-firing-example', 'no-quiet-example'] as const;
    expect(await found([written], {}, ignored)).toEqual([]);
  });
});

describe('a text', () => {
  const lists = (...values: string[]) => ({ lists: { 'lists/w.json': list('w', values) } });

  test.each<[string, string, string, unknown, string]>([
    ['a pattern between slashes', 'text', 'matches', '/stop/i', 'value notation'],
    ['a pattern where words stand', 'text', 'containsWord', ['/stop/'], 'value.0 notation'],
    ['stars around a word', 'text', 'containsWord', '*lawyer*', 'value notation'],
    ['a star behind a word', 'text', 'startsWith', ['law*'], 'value.0 notation'],
    ['percent signs', 'text', 'says', '%lawyer%', 'value notation'],
    ['a star in an exact comparison', 'app_id', 'equal', 'app-*', 'value notation'],
    ['small letters of a folded fact', 'keyword', 'matches', '^stop', 'value never-matches'],
    ['small letters in all ways', 'keyword', 'matches', 'stop|quit', 'value never-matches'],
    ['words in one text', 'text', 'containsWord', ['a, b, c'], 'value.0 several-in-one'],
    ['words with OR', 'text', 'says', 'stop OR quit', 'value several-in-one'],
    ['a Chinese word', 'text', 'containsWord', '退订', 'value no-blanks'],
    ['a Thai word', 'text', 'doesNotContainWord', ['หยุด'], 'value.0 no-blanks'],
  ])('%s is reported', async (_, fact, operator, value, line) => {
    const lines = await places([rule('a', leaf(fact, operator, value))]);
    expect(lines.filter((one) => !one.includes('never-fires'))).toEqual([`a.json when.${line}`]);
  });

  test.each<[string, string, string, unknown]>([
    ['one comma', 'text', 'containsWord', ['no, thanks', 'never mind']],
    ['a percentage', 'text', 'containsWord', '100%'],
    ['a start in a phrase', 'text', 'containsPhrase', 'unsubscri*'],
    ['letters of both cases', 'keyword', 'matches', 'stop|STOP'],
    ['small letters that may be left out', 'keyword', 'matches', '^STOP(ped)?'],
    ['a pattern without case', 'keyword', 'matches', '(?i)^stop'],
    ['an escape', 'keyword', 'matches', '^\\d+\\s\\w+$'],
    ['a part of a Chinese text', 'text', 'contains', ['退订', '取消']],
  ])('%s is well', async (_, fact, operator, value) => {
    expect(await found([rule('a', leaf(fact, operator, value))])).toEqual([]);
  });

  test.each([
    ['containsWord', ['lawyer, attorney, sue'], 'lists/w.json values.0 several-in-one'],
    ['containsWord', ['ok', '退订'], 'lists/w.json values.1 no-blanks'],
    ['says', ['STOP', 'stop'], 'lists/w.json values.1 repeated-value'],
    ['almostSays', ['WYPISZ', 'Wypisz'], 'lists/w.json values.1 repeated-value'],
  ])('in a list for %s is reported there: %j', async (operator, values, line) => {
    const written = rule('a', leaf('text', operator, { list: 'w' }));
    expect(await places([written], lists(...values))).toEqual([line]);
  });

  test.each([
    ['failure-transient', 'RATE_LIMITD', 'unseen-value'],
    ['failure-policy', 'Channel_Reject', 'wrong-case'],
  ])('in the list %s that is no code is reported: %s', async (name, value, code) => {
    const own = { lists: { [`lists/${name}.json`]: list(name, ['131049', 'SMS:404', value]) } };
    expect(await places([], own)).toEqual([`lists/${name}.json values.2 ${code}`]);
  });

  test.each([
    ['{app_id}', '{{app_id}}'],
    ['$' + '{message_id}', '{{message_id}}'],
    ['%app_id%', '{{app_id}}'],
    ['<message_id>', '{{message_id}}'],
  ])('with %s is sent as it stands', async (written, _meant) => {
    const lines = await places([delivered(failed, { then: alert(`Of ${written}.`) })]);
    expect(lines).toEqual(['a.json then.0.params.text single-braces']);
  });

  test('with {{app_id}}, {nothing} and <b> is well', async () =>
    expect(
      await found([delivered(failed, { then: alert('{{app_id}} {nothing} <b> [x]') })]),
    ).toEqual([]));
});

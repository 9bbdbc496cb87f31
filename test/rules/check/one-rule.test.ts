import { describe, expect, test } from 'vitest';
import { leaf, list } from '../rulebook.ts';
import { found, mms, rule, sms, stop, young } from './found.ts';

describe('a rule that can never fire is told of', () => {
  test.each<[string, unknown]>([
    ['two values of one fact', { all: [sms, mms] }],
    ['a value and its contrary', { all: [sms, { not: sms }] }],
    ['a number between nothing', { all: [young, leaf('age_seconds', 'greaterThan', 60)] }],
    ['a missing value that must be something', { all: [sms, leaf('channel', 'missing')] }],
    ['a folded fact in other letters', leaf('keyword', 'equal', 'Stop')],
    [
      'words without a part of them',
      {
        all: [
          leaf('text', 'containsWord', 'stop texting'),
          leaf('text', 'doesNotContainWord', 'stop'),
        ],
      },
    ],
    [
      'a time before itself',
      {
        all: [
          leaf('event_time', 'before', '2026-01-01T00:00:00Z'),
          leaf('event_time', 'after', '2026-01-01T00:00:00Z'),
        ],
      },
    ],
    ['an empty list', leaf('keyword', 'says', { list: 'none' })],
    ['a trigger that it does not listen to', leaf('trigger', 'equal', 'OPT_IN')],
    [
      'both inside an any',
      { any: [{ all: [sms, mms] }, { all: [young, leaf('age_seconds', 'greaterThan', 99)] }] },
    ],
  ])('%s', async (_, when) => {
    const lists = { 'lists/none.json': list('none', []) };
    const findings = await found([rule('a', when)], { lists });
    expect(findings.filter((line) => line.includes('never-fires'))).toEqual([
      expect.stringMatching(
        /^a\.json when never-fires no callback of MESSAGE_INBOUND can make this rule fire: /,
      ),
    ]);
  });

  test('and one that never fires for one of its triggers, at that trigger', async () => {
    const both = rule('a', stop, { on: ['MESSAGE_INBOUND', 'OPT_IN'] });
    expect(await found([both])).toEqual([
      'a.json on.1 never-on no OPT_IN callback can make this rule fire',
    ]);
  });

  test('and a part of an "any" that contradicts the rest', async () => {
    const when = { all: [sms, { any: [stop, { all: [mms, young] }] }] };
    expect(await found([rule('a', when)])).toEqual([
      'a.json when.all.1.any.1 dead-branch this part can never hold together with the rest of the condition: channel is MMS and age in seconds is less than 60',
    ]);
  });
});

describe('a rule that always fires is told of', () => {
  test.each<[string, unknown]>([
    ['a value or its absence', { any: [leaf('channel', 'present'), leaf('channel', 'missing')] }],
    ['its only trigger', leaf('trigger', 'equal', 'MESSAGE_INBOUND')],
  ])('%s', async (_, when) => {
    expect(await found([rule('a', when)])).toEqual([
      'a.json when always-fires every callback of MESSAGE_INBOUND makes this rule fire',
    ]);
  });

  test('unless it says that it wants every callback', async () =>
    expect(await found([rule('a', leaf('trigger', 'present'))])).toEqual([]));

  test('but not what a missing value keeps from firing', async () =>
    expect(await found([rule('a', { any: [sms, { not: sms }] })])).toEqual([
      'a.json when.any always-true this holds for every "channel": channel is SMS or channel is not SMS',
    ]));
});

describe('a rule that feeds itself is told of', () => {
  const retry = [{ action: 'retry', params: { at_most: 3, first_delay: '1m', within: '1d' } }];
  const on = { on: ['MESSAGE_DELIVERY'], then: retry };

  test.each([
    [
      'whatever became of the message',
      rule('a', sms, on),
      /retry triggers a MESSAGE_DELIVERY callback with status QUEUED_ON_CHANNEL/,
    ],
    [
      'as soon as it is taken',
      rule('a', sms, { ...on, on: ['MESSAGE_SUBMIT', 'MESSAGE_DELIVERY'] }),
      /triggers a MESSAGE_SUBMIT callback,/,
    ],
    [
      'when all went well',
      rule('a', leaf('status', 'in', ['FAILED', 'READ']), on),
      /with status READ/,
    ],
    [
      'whatever the answer is',
      rule('a', sms, {
        on: ['CAPABILITY'],
        then: [{ action: 'check_capability', params: { after: '1m' } }],
      }),
      /CAPABILITY_FULL/,
    ],
  ])('%s', async (_, written, message) => {
    const loops = (await found([written])).filter((line) => line.includes(' feeds-itself '));
    expect(loops).toEqual([expect.stringMatching(/^a\.json then\.0\.action feeds-itself /)]);
    expect((await found([written])).join()).toMatch(message);
  });

  test.each([
    ['a status', leaf('status', 'equal', 'FAILED')],
    ['a kind of failure', leaf('failure_class', 'equal', 'transient')],
    ['a reason', leaf('reason_code', 'present')],
    ['a field that nobody can foretell', { ...leaf('payload', 'equal', 'X'), path: 'reason.code' }],
  ])('not one that asks for %s', async (_, when) =>
    expect(await found([rule('a', when, on)])).toEqual([]));
});

describe('a rule that every callback looks at is told of', () => {
  const delivered = (name: string, when: unknown, over: Record<string, unknown> = {}) =>
    rule(name, when, { on: ['MESSAGE_DELIVERY'], ...over });
  const again = leaf('attempt', 'greaterThan', 2);

  test.each<[string, unknown]>([
    ['it asks for absence', leaf('attempt', 'missing')],
    ['it asks for what only we remember', again],
    ['one part of an "any" asks for absence', { any: [sms, leaf('reason_code', 'missing')] }],
    ['all parts do', { all: [leaf('reason_code', 'missing'), leaf('attempt', 'missing')] }],
    ['it denies that something is there', { not: leaf('reason_code', 'present') }],
  ])('where %s', async (_, when) =>
    expect(await found([delivered('a', when)])).toEqual([
      'a.json when looked-at-always evaluated for every MESSAGE_DELIVERY: no required condition compares a value that the callback itself carries',
    ]));

  test('only for the triggers that it is true of', async () => {
    const when = {
      any: [leaf('attempt', 'missing'), { all: [sms, leaf('status', 'equal', 'FAILED')] }],
    };
    const both = rule('a', when, { on: ['MESSAGE_INBOUND', 'MESSAGE_DELIVERY'] });
    expect(await found([both])).toEqual([
      expect.stringContaining('evaluated for every MESSAGE_INBOUND or MESSAGE_DELIVERY:'),
    ]);
  });

  test('but not a share, whose sample is meant to hold every callback', async () => {
    const threshold = {
      share: 0.5,
      among: leaf('reason_code', 'missing'),
      at_least: 5,
      within: '10m',
    };
    expect(await found([delivered('a', sms, { threshold })])).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a value is named beside', { all: [sms, again] }],
    ['every part of an "any" names one', { any: [sms, { all: [mms, again] }] }],
    ['something must be there', { all: [again, leaf('status', 'notEqual', 'READ')] }],
    ['every callback is meant', { all: [again, leaf('trigger', 'present')] }],
  ])('but not where %s', async (_, when) =>
    expect(await found([delivered('a', when)])).toEqual([]));
});

describe('a rule that takes a message of the business for the person’s is told of', () => {
  const suppressing = (when: unknown, over: object = {}) =>
    rule('a', when, { then: [{ action: 'suppress' }], ...over });

  test('when it does not ask for the direction', async () => {
    const notInjected = { all: [stop, leaf('injected', 'equal', false)] };
    for (const when of [stop, notInjected])
      expect(await found([suppressing(when)], {}, [])).toContainEqual(
        expect.stringMatching(/^a\.json then\.0\.action any-direction suppress would also act on/),
      );
  });

  test.each([
    ['that asks for TO_APP', leaf('direction', 'equal', 'TO_APP')],
    ['that excludes TO_CONTACT', leaf('direction', 'notEqual', 'TO_CONTACT')],
    ['that takes injected messages only', leaf('injected', 'equal', true)],
  ])('but not one %s', async (_, asks) => {
    const lines = await found([suppressing({ all: [stop, asks] })], {}, []);
    expect(lines.join()).not.toContain('any-direction');
  });
});

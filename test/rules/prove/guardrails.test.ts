import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { expiryFindings } from '../../../src/rules/check/expiry.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { describe as sentenceOf } from '../../../src/rules/explain/describe.ts';
import { missingCases, readGuardrails } from '../../../src/rules/prove/guardrail.ts';
import { guardrailFindings } from '../../../src/rules/prove/guardrail-findings.ts';
import { evaluateGuardrails } from '../../../src/rules/prove/guardrails.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY = 86_400_000;

const message = (text: string) => ({
  app_id: 'app-1',
  message: {
    id: 'message-1',
    contact_message: { text_message: { text } },
    channel_identity: { channel: 'SMS', identity: '12025550143' },
  },
});

const stop = (over: object = {}) => ({
  name: 'stop',
  why: 'They said no.',
  owner: 'compliance',
  on: ['MESSAGE_INBOUND'],
  when: { fact: 'keyword', operator: 'in', value: ['STOP', 'ARRET'] },
  then: [{ action: 'suppress', params: { scope: 'all' } }],
  ...over,
});

const book = (...rules: readonly { readonly name: string }[]) =>
  compile(
    {
      rules: Object.fromEntries(rules.map((rule) => [`${rule.name}.json`, rule])),
      lists: {},
      conditions: {},
      alerts: {},
    },
    actions,
    'test',
  ).rulebook;

const guardrail = (over: object = {}) => ({
  'guardrails/stop.json': {
    name: 'stop',
    why: 'STOP counts.',
    callback: message('STOP'),
    must: ['suppress'],
    ...over,
  },
});
const casesOf = (over: object = {}) => readGuardrails(guardrail(over), actions).cases;
const breaches = async (rules: readonly { readonly name: string }[], over: object = {}) =>
  (await evaluateGuardrails(book(...rules), casesOf(over), NOW)).map(({ sentence }) => sentence);

describe('a guardrail', () => {
  test('holds where the rules do what it wants', async () =>
    expect(await breaches([stop()])).toEqual([]));

  const other = { then: [{ action: 'unsuppress', params: { scope: 'all' } }] };
  test.each<[string, readonly { readonly name: string }[], object, RegExp]>([
    ['no rule does it', [], {}, /^its callback must suppress; no rule fires$/],
    ['the rule is switched off', [stop({ enabled: false })], {}, /no rule fires$/],
    ['the rule is in shadow', [stop({ mode: 'shadow' })], {}, /no rule acts: stop is in shadow$/],
    ['the rule has expired', [stop({ expires: '2026-11-20T12:00:00Z' })], {}, /no rule fires$/],
    [
      'the rule will expire',
      [stop({ expires: '2027-01-01T00:00:00Z' })],
      {},
      /must suppress from 2027-01-01T00:00:00\.000Z on, when a rule expires; no rule fires$/,
    ],
    [
      'a rule before it stops it',
      [
        stop(),
        {
          ...stop({
            priority: 9,
            stop: true,
            then: [{ action: 'ignore', params: { because: 'no' } }],
          }),
          name: 'first',
        },
      ],
      {},
      /it is first: ignore$/,
    ],
    [
      'the rule does something weaker',
      [stop({ then: [{ action: 'suppress', params: { scope: 'marketing' } }] })],
      { must: [{ action: 'suppress', params: { scope: 'all' } }] },
      /must suppress \(scope all\); it is stop: suppress$/,
    ],
    [
      'a rule does what it forbids',
      [stop(), { ...stop(other), name: 'back' }],
      { must_not: ['unsuppress'] },
      /must not unsuppress; it is back: unsuppress; stop: suppress$/,
    ],
  ])('is broken when %s', async (_, rules, over, says) => {
    expect(await breaches(rules, over)).toEqual([expect.stringMatching(says)]);
  });

  test('holds past the end of one rule when another takes over', async () => {
    const until = stop({ expires: '2027-01-01T00:00:00Z' });
    expect(await breaches([until, { ...stop(), name: 'for-good' }])).toEqual([]);
  });

  test('says the same of several values, and names the one that fails', async () => {
    const each = {
      path: 'message.contact_message.text_message.text',
      values: ['stop', 'arrêt', 'baja'],
    };
    expect(await breaches([stop()], { each })).toEqual(['"baja" must suppress; no rule fires']);
  });

  test('takes facts that our own state would know', async () => {
    const failed = {
      app_id: 'app-1',
      message_delivery_report: {
        message_id: 'm',
        status: 'FAILED',
        reason: { code: 'UNKNOWN' },
        channel_identity: { channel: 'SMS', identity: '1' },
      },
    };
    const retry = stop({
      name: 'retry',
      on: ['MESSAGE_DELIVERY'],
      when: { fact: 'attempt', operator: 'lessThan', value: 3 },
      then: [{ action: 'ignore', params: { because: 'x' } }],
    });
    const over = { callback: failed, must: [], must_not: ['ignore'] };
    expect(await breaches([retry], over)).toEqual([]);
    expect(await breaches([retry], { ...over, given: { attempt: 0 } })).toEqual([
      expect.stringMatching(/must not ignore/),
    ]);
  });

  const day = { from: '08:00', to: '18:00', timeZone: 'UTC' };
  const atDay = stop({
    when: {
      all: [
        { fact: 'keyword', operator: 'equal', value: 'STOP' },
        { fact: 'event_time', operator: 'withinHours', value: day },
      ],
    },
  });
  test('whose callback says no time holds at every hour', async () => {
    expect(await breaches([atDay])).toEqual([
      'its callback must suppress at any hour, so also at 2026-11-20T18:00:00.000Z; no rule fires',
    ]);
    expect(await breaches([atDay, stop({ name: 'stop-at-night' })])).toEqual([]);
  });

  test('whose callback says a time holds then', async () => {
    const noon = { ...message('STOP'), event_time: '2026-11-02T12:00:00Z' };
    const night = { ...message('STOP'), accepted_time: '2026-11-02T03:00:00Z' };
    expect(await breaches([atDay], { callback: noon })).toEqual([]);
    expect(await breaches([atDay], { callback: night })).toEqual([
      'its callback must suppress; no rule fires',
    ]);
  });

  test('whose callback cannot be read is broken', async () => {
    expect(await breaches([stop()], { callback: { message: 'no' } })).toEqual([
      expect.stringMatching(/MESSAGE_INBOUND/),
    ]);
  });

  test.each([
    ['a key that nobody knows', { musst: ['suppress'] }, 'unknown-key'],
    ['an action that nobody knows', { must: ['supress'] }, 'unknown-action'],
    [
      'a param that nobody knows',
      { must_not: [{ action: 'throttle', params: { too: '0' } }] },
      'unknown-key',
    ],
    [
      'a param that is never so',
      { must_not: [{ action: 'suppress', params: { scope: 'al' } }] },
      'bad-value',
    ],
    ['no callback', { callback: undefined }, 'guardrail-empty'],
    ['no demand', { must: [] }, 'guardrail-empty'],
    ['another name than its file', { name: 'halt' }, 'file-name'],
  ])('with %s is refused', (_, over, code) => {
    const { cases, findings } = readGuardrails(
      JSON.parse(JSON.stringify(guardrail(over))),
      actions,
    );
    expect(findings).toMatchObject([{ file: 'guardrails/stop.json', code, severity: 'error' }]);
    expect(cases).toEqual([]);
  });

  test('makes one finding, however many of its callbacks fail', async () => {
    const callbacks = [message('STOP'), message('ARRET')];
    const guardrails = guardrail({ callback: undefined, callbacks });
    const found = await guardrailFindings(
      { guardrails: JSON.parse(JSON.stringify(guardrails)) },
      book(),
      actions,
      NOW,
    );
    expect(found).toMatchObject([
      {
        code: 'guardrail-broken',
        message: 'callback 1 must suppress; no rule fires (and 1 more)',
        hint: 'STOP counts.',
      },
    ]);
  });
});

describe('what new guardrails leave out of the old', () => {
  test.each([
    ['the same', {}, 0],
    ['more demands', { must: ['suppress', 'alert'] }, 0],
    ['more callbacks', { callbacks: [message('HALT')] }, 0],
    ['fewer demands', { must: ['alert'] }, 1],
    ['another callback', { callback: message('HALT') }, 1],
    ['other facts given', { given: { attempt: 1 } }, 1],
  ])('%s', (_, over, lost) => expect(missingCases(casesOf(), casesOf(over))).toHaveLength(lost));

  test('is nothing, whatever demands are added', () => {
    const demands = fc.subarray(['suppress', 'alert', 'ignore', 'throttle']);
    fc.assert(
      fc.property(demands, demands, (must, more) => {
        const old = casesOf({ must: ['suppress', ...must] });
        expect(missingCases(old, casesOf({ must: ['suppress', ...must, ...more] }))).toEqual([]);
      }),
    );
  });
});

describe('a rule that expires', () => {
  test.each([
    ['over', 0, 'expired'],
    ['over in a day', DAY, 'expires-soon'],
    ['over in two weeks', 14 * DAY, 'expires-soon'],
    ['over later', 14 * DAY + 1, undefined],
  ])('and is %s', (_, left, code) => {
    const rulebook = book(stop({ expires: new Date(NOW + left).toISOString() }));
    expect(expiryFindings(rulebook, NOW).map((finding) => finding.code)).toEqual(
      code ? [code] : [],
    );
  });

  test('and one in shadow say so in their sentences', () => {
    const [rule] = book(stop({ expires: '2027-01-31T18:00:00Z', mode: 'shadow' })).rules;
    expect(rule && sentenceOf(rule)).toMatch(
      /: stop all messages to this person\. \(In shadow: it only goes on record\.\) \(Until 2027-01-31 18:00 UTC\.\)$/,
    );
  });
});

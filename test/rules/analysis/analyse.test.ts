import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { analyse } from '../../../src/rules/analysis/index.ts';
import type { FindingCode } from '../../../src/rules/codes.ts';
import { compile } from '../../../src/rules/compile.ts';
import type { RulebookSource } from '../../../src/rules/rule.ts';
import { leaf, list, sources } from '../rulebook.ts';

const ALERT = { action: 'alert', params: { severity: 'low', title: 'Look' } };
const EXAMPLES: readonly FindingCode[] = ['no-firing-example', 'no-quiet-example', 'undecided-condition'];

/** A rule on inbound messages that alerts. */
const rule = (name: string, when: unknown, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  name,
  why: 'because',
  owner: 'ops',
  on: ['MESSAGE_INBOUND'],
  when,
  then: [ALERT],
  ...over,
});

/** Everything found but what examples would prove: `file path code message`. */
async function found(rules: readonly Record<string, unknown>[], rest: Partial<RulebookSource> = {}): Promise<string[]> {
  const source = sources(rules, rest);
  const { rulebook, findings } = compile(source, actions, 'v1');
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return (await analyse(source, rulebook))
    .filter(({ code }) => !EXAMPLES.includes(code))
    .map(({ file, path, code, message }) => `${file} ${path.join('.')} ${code} ${message}`);
}

const sms = leaf('channel', 'equal', 'SMS');
const mms = leaf('channel', 'equal', 'MMS');
const stop = leaf('keyword', 'equal', 'STOP');
const young = leaf('age_seconds', 'lessThan', 60);

describe('a rule that can never fire is told of', () => {
  test.each<[string, unknown]>([
    ['two values of one fact', { all: [sms, mms] }],
    ['a value and its contrary', { all: [sms, { not: sms }] }],
    ['a number between nothing', { all: [young, leaf('age_seconds', 'greaterThan', 60)] }],
    ['a missing value that must be something', { all: [sms, leaf('channel', 'missing')] }],
    ['a folded fact in other letters', leaf('keyword', 'equal', 'Stop')],
    [
      'words without a part of them',
      { all: [leaf('text', 'containsWord', 'stop texting'), leaf('text', 'doesNotContainWord', 'stop')] },
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
    ['both inside an any', { any: [{ all: [sms, mms] }, { all: [young, leaf('age_seconds', 'greaterThan', 99)] }] }],
  ])('%s', async (_, when) => {
    const lists = { 'lists/none.json': list('none', []) };
    const findings = await found([rule('a', when)], { lists });
    expect(findings.filter((line) => line.includes('never-fires'))).toEqual([
      'a.json when never-fires no callback of MESSAGE_INBOUND can make this rule fire',
    ]);
  });

  test('and one that never fires for one of its triggers, at that trigger', async () => {
    const both = rule('a', stop, { on: ['MESSAGE_INBOUND', 'OPT_IN'] });
    expect(await found([both])).toEqual(['a.json on.1 never-on no OPT_IN callback can make this rule fire']);
  });

  test('and a part of an "any" that contradicts the rest', async () => {
    const when = { all: [sms, { any: [stop, { all: [mms, young] }] }] };
    expect(await found([rule('a', when)])).toEqual([
      'a.json when.all.1.any.1 dead-branch this can never hold together with the rest: channel is MMS and age in seconds is less than 60',
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
    expect(await found([rule('a', { any: [sms, { not: sms }] })])).toEqual([]));
});

describe('rules that others make useless are told of', () => {
  const later = { then: [{ action: 'ignore', params: { because: 'so' } }] };

  test('behind a rule that stops', async () => {
    const first = rule('a', sms, { stop: true, priority: 9 });
    expect(await found([first, rule('b', { all: [sms, stop] }, later)])).toEqual([
      'b.json when shadowed this rule is never asked: whenever it would fire, "a" fires before it and stops',
    ]);
  });

  test('behind two rules that stop, together', async () => {
    const first = [rule('a', sms, { stop: true }), rule('b', mms, { stop: true, then: later.then })];
    const lines = await found([
      ...first,
      rule('c', leaf('channel', 'in', ['SMS', 'MMS']), { then: [ALERT, ...later.then] }),
    ]);
    expect(lines).toEqual([expect.stringMatching(/^c\.json when shadowed .*"a" and "b"/)]);
  });

  test.each([
    ['is switched off', { enabled: false }],
    ['only goes on record', { mode: 'shadow' }],
    ['ends some day', { expires: '2027-01-01T00:00:00Z' }],
    ['comes after it', { name: 'z', priority: 1 }],
    ['leaves it something', { when: { all: [sms, young] } }],
  ])('not behind one that %s', async (_, over) => {
    const first = rule('a', sms, { stop: true, priority: 9, ...over });
    expect(await found([first, rule('b', { all: [sms, stop] }, { ...later, priority: 2 })])).toEqual([]);
  });

  test('the same twice', async () => {
    const twice = [rule('a', { all: [sms, stop] }), rule('b', { not: { any: [{ not: stop }, { not: sms }] } })];
    expect(await found(twice)).toEqual([
      'b.json when duplicate-rule "a" fires for the same callbacks and does the same',
    ]);
  });

  test('a narrower one that does the same', async () =>
    expect(await found([rule('a', sms), rule('b', { all: [sms, stop] })])).toEqual([
      'b.json when subsumed-rule whenever this rule fires, "a" fires too and does the same',
    ]));

  test.each([
    ['do something else', later],
    ['tell somebody else', { owner: 'support' }],
    ['listen to more', { on: ['MESSAGE_INBOUND', 'MESSAGE_SUBMIT'] }],
  ])('not those that %s', async (_, over) =>
    expect(await found([rule('a', sms), rule('b', { all: [sms, leaf('app_id', 'equal', 'x')] }, over)])).toEqual([]));
});

describe('opposite actions are told of', () => {
  const out = (name: string, when: unknown, scope = 'all', over = {}) =>
    rule(name, when, { then: [{ action: 'suppress', params: { scope } }], ...over });
  const back = (name: string, when: unknown, scope = 'all', over = {}) =>
    rule(name, when, { then: [{ action: 'unsuppress', params: { scope } }], ...over });
  const says = (list: string) => leaf('keyword', 'says', { list });
  const lists = { 'lists/out.json': list('out', ['STOP', 'ENOUGH']), 'lists/in.json': list('in', ['START', 'enough']) };

  test('where one fires wherever the other does', async () => {
    const lines = await found([out('a', sms), back('b', { all: [sms, young] })]);
    expect(lines).toEqual([
      'b.json then.0 opposite-actions unsuppress undoes the suppress of "a": where one fires, the other does',
    ]);
  });

  test('where two lists share a word, naming it', async () =>
    expect(await found([out('a', says('out')), back('b', says('in'))], { lists })).toEqual([
      'b.json then.0 opposite-actions unsuppress undoes the suppress of "a": both fire for a MESSAGE_INBOUND callback with keyword "ENOUGH"',
    ]));

  test('where an example shows it', async () => {
    const callback = {
      message: { contact_message: { text_message: { text: 'Stop' } }, channel_identity: { channel: 'SMS' } },
    };
    const examples = [{ name: 'both', callback, fires: true }];
    const lines = await found([out('a', leaf('text', 'startsWith', 'st'), 'all', { examples }), back('b', stop)]);
    expect(lines).toEqual([expect.stringMatching(/^b\.json .*the example "both" of "a" makes both fire$/)]);
  });

  test('of a throttle and the release that is meant for it', async () => {
    const red = leaf('quality_rating', 'equal', 'RED');
    const on = { on: ['CHANNEL_EVENT'] };
    const limit = rule('a', red, { ...on, then: [{ action: 'throttle', params: { to: '0', for: '1d' } }] });
    const release = (params: object) => rule('b', red, { ...on, then: [{ action: 'release', params }] });
    expect(await found([limit, release({ rule: 'a' })])).toHaveLength(1);
    expect(await found([limit, release({})])).toHaveLength(1);
    expect(await found([limit, release({ rule: 'b' })])).toEqual([]);
  });

  test.each([
    ['whose words differ', [out('a', stop), back('b', leaf('keyword', 'equal', 'START'))]],
    ['whose scopes differ', [out('a', stop, 'marketing'), back('b', stop, 'notification')]],
    ['that nobody can say will meet', [out('a', leaf('text', 'matches', 'x')), back('b', stop)]],
    ['of which one is in shadow', [out('a', stop), back('b', stop, 'all', { mode: 'shadow' })]],
  ])('not of two rules %s', async (_, rules) => expect(await found(rules)).toEqual([]));
});

describe('a rule that feeds itself is told of', () => {
  const retry = [{ action: 'retry', params: { at_most: 3, first_delay: '1m', within: '1d' } }];
  const on = { on: ['MESSAGE_DELIVERY'], then: retry };

  test.each([
    [
      'whatever became of the message',
      rule('a', sms, on),
      /retry brings about a MESSAGE_DELIVERY callback with status QUEUED_ON_CHANNEL/,
    ],
    [
      'as soon as it is taken',
      rule('a', sms, { ...on, on: ['MESSAGE_SUBMIT'] }),
      /brings about a MESSAGE_SUBMIT callback,/,
    ],
    ['when all went well', rule('a', leaf('status', 'in', ['FAILED', 'READ']), on), /with status READ/],
    [
      'whatever the answer is',
      rule('a', sms, { on: ['CAPABILITY'], then: [{ action: 'check_capability', params: { after: '1m' } }] }),
      /CAPABILITY_FULL/,
    ],
  ])('%s', async (_, written, message) => {
    expect(await found([written])).toEqual([expect.stringMatching(/^a\.json then\.0 feeds-itself /)]);
    expect((await found([written])).join()).toMatch(message);
  });

  test.each([
    ['a status', leaf('status', 'equal', 'FAILED')],
    ['a kind of failure', leaf('failure_class', 'equal', 'transient')],
    ['a reason', leaf('reason_code', 'present')],
    ['a field that nobody can foretell', { ...leaf('payload', 'equal', 'X'), path: 'reason.code' }],
  ])('not one that asks for %s', async (_, when) => expect(await found([rule('a', when, on)])).toEqual([]));
});

describe('lists and shared conditions are told of', () => {
  const use = (operator: string, fact = 'keyword') => [rule('a', leaf(fact, operator, { list: 'words' }))];
  const words = (...values: (string | number)[]) => ({ lists: { 'lists/words.json': list('words', values) } });

  test('that nobody uses', async () => {
    const conditions = { 'conditions/mine.json': { name: 'mine', why: 'because', when: sms } };
    expect(await found([], { ...words('A'), conditions })).toEqual([
      'lists/words.json name unused no rule asks for the list "words"',
      'conditions/mine.json name unused no rule asks for the condition "mine"',
    ]);
  });

  test('but not the lists of failure codes, nor what another condition asks for', async () => {
    const lists = { 'lists/failure-transient.json': list('failure-transient', ['X']), ...words('A').lists };
    const asking = { name: 'mine', why: 'because', when: leaf('keyword', 'says', { list: ['words'] }) };
    const conditions = { 'conditions/mine.json': asking };
    expect(await found([rule('a', { not: { condition: 'mine' } })], { lists, conditions })).toEqual([]);
  });

  test.each<[string, string, string[], number[]]>([
    ['the same twice', 'in', ['STOP', 'END', 'STOP'], [2]],
    ['the same but for its folding', 'says', ['STOP', 'Stop!', 'stop it'], [1]],
    ['a phrase with another one in it', 'containsWord', ['stop texting', 'STOP', 'unstoppable'], [0]],
  ])('with %s', async (_, operator, values, places) => {
    const fact = operator === 'in' ? 'channel' : 'text';
    const lines = await found(use(operator, fact), words(...values));
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual(
      places.map((place) => `lists/words.json values.${place} repeated-value`),
    );
  });

  test('not with spellings that an exact comparison tells apart', async () =>
    expect(await found(use('in', 'channel'), words('SMS', 'sms'))).toEqual([]));

  test('with a failure code of two classes', async () => {
    const lists = {
      'lists/failure-permanent.json': list('failure-permanent', ['Y', 'X']),
      'lists/failure-transient.json': list('failure-transient', ['X']),
    };
    expect(await found([], { lists })).toEqual([
      'lists/failure-permanent.json values.1 dead-value "X" stands in failure-transient, too, which is asked first',
    ]);
  });
});

describe('examples are asked', () => {
  const message = (text: string, channel = 'SMS') => ({
    message: { contact_message: { text_message: { text } }, channel_identity: { channel } },
  });
  const example = (name: string, callback: object, fires: boolean) => ({ name, callback, fires });
  const lacking = async (when: unknown, examples: readonly object[], rest: Partial<RulebookSource> = {}) => {
    const source = sources([rule('a', when, { examples })], rest);
    const findings = await analyse(source, compile(source, actions, 'v1').rulebook);
    return findings.map(({ path, code }) => `${path.join('.')} ${code}`);
  };
  const fires = example('fires', message('Stop'), true);

  test('for one that fires and one that does not', async () => {
    expect(await lacking(stop, [])).toEqual(['examples no-firing-example', 'examples no-quiet-example']);
    expect(await lacking(stop, [fires])).toEqual(['examples no-quiet-example']);
  });

  test('for each comparison, whether anything depends on it', async () => {
    const when = { all: [sms, { any: [stop, leaf('keyword', 'equal', 'END')] }] };
    const hello = example('hello', message('Hello'), false);
    expect(await lacking(when, [fires, hello])).toEqual([]);
    expect(await lacking(when, [fires, example('chat', message('Hello', 'WHATSAPP'), false)])).toEqual([
      'when.all.1.any.1 undecided-condition',
    ]);
  });

  test('for a shared condition as a whole, and a change as one comparison', async () => {
    const conditions = { 'conditions/mine.json': { name: 'mine', why: 'because', when: { any: [sms, mms] } } };
    const when = { all: [stop, { not: { condition: 'mine' } }] };
    const quiet = example('quiet', message('Hello', 'WHATSAPP'), false);
    expect(await lacking(when, [example('chat', message('Stop', 'WHATSAPP'), true), quiet], { conditions })).toEqual(
      [],
    );
    const blocked = [example('blocked', message('Hello', 'SMS'), true), quiet];
    expect(await lacking(when, blocked, { conditions })).toEqual(['when.all.1.not undecided-condition']);
  });
});

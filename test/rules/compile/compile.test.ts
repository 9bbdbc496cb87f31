import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/rules/compile/compile.ts';
import { MAX_RULES } from '../../../src/rules/compile/limits.ts';
import type { RulebookSource } from '../../../src/rules/model/rule.ts';
import { actions, doing, findingsOf, leaf, list, rule, rulebookOf, sources } from '../rulebook.ts';

const when = (...all: unknown[]) => ({ when: { all } });
const rating = leaf('quality_rating', 'equal', 'RED');

describe('compile refuses', () => {
  test('a file that is not called like its rule', () => {
    const { findings } = compile(
      { ...sources([]), rules: { 'x.json': rule({ name: 'y' }) } },
      actions,
      'v1',
    );
    expect(findings).toMatchObject([{ file: 'x.json', path: ['name'], code: 'file-name' }]);
  });

  test('the second of two rules with one name, wherever its file lies', () => {
    const { rulebook, findings } = compile(
      { ...sources([]), rules: { 'b/r.json': rule(), 'a/r.json': rule() } },
      actions,
      'v1',
    );
    expect(findings).toMatchObject([{ file: 'b/r.json', code: 'duplicate-name' }]);
    expect(rulebook.rules).toMatchObject([{ file: 'a/r.json' }]);
  });

  test.each([[null], ['text'], [[]], [5]])('a rule file that holds %j', (written) => {
    const { rulebook, findings } = compile(
      { ...sources([]), rules: { 'x.json': written } },
      actions,
      'v1',
    );
    expect(findings).toMatchObject([{ file: 'x.json', severity: 'error' }]);
    expect(rulebook.rules).toEqual([]);
  });

  test('a broken list, and says so where it is used', () => {
    const lists = { 'lists/codes.json': { name: 'codes', values: [] } };
    const codes = findingsOf(when(leaf('channel', 'in', { list: 'codes' })), { lists }).map(
      ({ file, code }) => `${file} ${code}`,
    );
    expect(codes).toEqual(['lists/codes.json missing-key', 'r.json broken-list']);
  });

  test('a list of numbers for a text', () => {
    const lists = { 'lists/codes.json': list('codes', [131047]) };
    expect(findingsOf(when(leaf('channel', 'in', { list: 'codes' })), { lists })).toMatchObject([
      {
        code: 'value-does-not-suit',
        message: '"channel" in: 131047 of the list "codes": expected a text',
        hint: 'see lists/codes.json',
      },
    ]);
  });

  test('a condition that asks for one whose file has an error, and says so', () => {
    const conditions = { 'conditions/x.json': { name: 'x', when: rating } };
    expect(findingsOf({ when: { condition: 'x' } }, { conditions })).toMatchObject([
      { file: 'conditions/x.json', code: 'missing-key' },
      { file: 'r.json', code: 'broken-condition' },
    ]);
  });

  test('rules beyond the 10,000th', () => {
    const rules = Object.fromEntries(
      Array.from({ length: MAX_RULES + 2 }, (_, at) => [`r-${at}.json`, rule({ name: `r-${at}` })]),
    );
    const { rulebook, findings } = compile({ ...sources([]), rules }, actions, 'v1');
    expect(findings).toMatchObject([{ code: 'too-many-rules', severity: 'error' }]);
    expect(rulebook.rules).toHaveLength(MAX_RULES);
  });

  test('rules beyond 4 MB, examples not counted', () => {
    const long = rule({ why: 'x'.repeat(1_500_000) });
    const { rulebook, findings } = compile(
      sources(['a', 'b', 'c'].map((name) => ({ ...long, name }))),
      actions,
      'v1',
    );
    expect(findings).toMatchObject([{ file: 'c.json', code: 'too-large' }]);
    expect(rulebook.rules.map(({ name }) => name)).toEqual(['a', 'b']);
    const examples = [{ name: 'e', callback: { x: 'x'.repeat(5_000_000) }, fires: false }];
    expect(findingsOf({ examples })).toEqual([]);
  });
});

describe('compile given parts that are no objects', () => {
  test.each([null, 'text', 5, [], true])('reports each %j and throws nothing', (part) => {
    // What no schema has checked.
    const source = { rules: part, lists: part, conditions: part, alerts: part } as unknown;
    const { rulebook, findings } = compile(source as RulebookSource, actions, 'test');
    expect(rulebook.rules).toEqual([]);
    expect(findings.map(({ file, code }) => `${file} ${code}`)).toEqual(
      expect.arrayContaining(['rules bad-value', 'lists bad-value', 'conditions bad-value']),
    );
  });
});

describe('compile says the way out', () => {
  test.each<[Record<string, unknown>, string]>([
    [when(leaf('quality_ratting', 'equal', 'RED')), 'did you mean "quality_rating"?'],
    [when(leaf('qualityRating', 'equal', 'RED')), 'did you mean "quality_rating"?'],
    [when(leaf('payload.a.b', 'equal', 'RED')), 'write "fact": "payload", "path": "a.b"'],
    [
      when(leaf('keyword', 'equal', 'STOP')),
      'it comes with MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION and MESSAGE_INBOUND',
    ],
    [when(leaf('channel', 'equals', 'SMS')), 'did you mean "equal"?'],
    [when(leaf('channel', 'equal', ['SMS'])), 'use "in"'],
    [when(leaf('channel', 'equal', 5)), 'write it in quotes: "5"'],
    [when(leaf('quality_rating', 'equal', 'red')), 'write "RED"'],
    [when(leaf('quality_rating', 'equal', 'REDD')), 'did you mean "RED"?'],
    [{ on: ['CHANEL_EVENT'] }, 'did you mean "CHANNEL_EVENT"?'],
    [{ prioritty: 1 }, 'did you mean "priority"?'],
    [doing({ action: 'note', params: { txt: 'x' } }), 'did you mean "text"?'],
    [doing({ action: 'nott' }), 'did you mean "note"?'],
    [doing({ action: 'note', params: { text: '{{app-id}}' } }), 'did you mean "app_id"?'],
  ])('%j: %s', (over, hint) =>
    expect(findingsOf(over).map((finding) => finding.hint)).toContain(hint));
});

describe('compile warns of', () => {
  test('a value that was never seen, and lets the rule stand', () => {
    const { rulebook, findings } = compile(
      sources([rule(when(leaf('quality_rating', 'in', ['RED', 'PURPLE'])))]),
      actions,
      'v1',
    );
    expect(findings).toMatchObject([
      {
        code: 'unseen-value',
        severity: 'warning',
        hint: 'known values: GREEN, YELLOW, RED and UNKNOWN',
      },
    ]);
    expect(rulebook.rules).toHaveLength(1);
  });

  test('a spelling that a folded fact never has', () => {
    const over = { on: ['MESSAGE_INBOUND'], ...when(leaf('keyword', 'equal', 'arrêt')) };
    expect(findingsOf(over)).toMatchObject([
      { code: 'not-folded', severity: 'warning', hint: 'write "ARRET", or use "says"' },
    ]);
    expect(findingsOf({ ...over, ...when(leaf('keyword', 'says', 'arrêt')) })).toEqual([]);
  });

  test('unfolded values of a list, too', () => {
    const lists = { 'lists/stops.json': list('stops', ['STOP', 'arrêt']) };
    const over = { on: ['MESSAGE_INBOUND'], ...when(leaf('keyword', 'in', { list: 'stops' })) };
    expect(findingsOf(over, { lists })).toMatchObject([
      { code: 'not-folded', hint: 'write "ARRET", or use "says"' },
    ]);
  });

  test('a named list without values', () => {
    const lists = { 'lists/none.json': list('none', []) };
    expect(findingsOf(when(leaf('channel', 'in', { list: 'none' })), { lists })).toMatchObject([
      { code: 'empty-list', severity: 'warning' },
    ]);
  });

  test('a template that stays empty on one of the triggers', () => {
    const over = {
      on: ['CHANNEL_EVENT', 'MESSAGE_INBOUND'],
      ...doing({ action: 'note', params: { text: '{{keyword}}' } }),
    };
    expect(findingsOf(over)).toMatchObject([
      { code: 'template-may-be-empty', message: '{{keyword}} stays empty on CHANNEL_EVENT' },
    ]);
  });
});

describe('compile', () => {
  test('leaves out a broken rule and keeps the others', () => {
    const { rulebook } = compile(
      sources([rule({ name: 'a' }), rule({ name: 'b', on: ['X'] }), rule({ name: 'c' })]),
      actions,
      'v1',
    );
    expect(rulebook.rules.map(({ name }) => name)).toEqual(['a', 'c']);
  });

  test('reports every fault of a rule at once', () => {
    const codes = findingsOf({
      foo: 1,
      why: '',
      ...when(leaf('x', 'y', 1), leaf('channel', 'in', [])),
      ...doing({ action: 'z' }),
    }).map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining(['unknown-key', 'bad-value', 'unknown-fact', 'empty-list']),
    );
  });

  test('orders rules by priority, then by name, whatever the order of the files', () => {
    const rules = [rule({ name: 'b' }), rule({ name: 'a' }), rule({ name: 'z', priority: 2 })];
    for (const order of [rules, rules.toReversed()]) {
      expect(rulebookOf(order).rules.map(({ name }) => name)).toEqual(['z', 'a', 'b']);
    }
  });

  test('pushes every not down to the comparisons', () => {
    const written = {
      not: {
        all: [
          rating,
          { not: leaf('channel', 'in', ['SMS']) },
          leaf('quality_rating', 'changedTo', 'RED'),
        ],
      },
    };
    expect(rulebookOf([rule({ when: written })]).rules[0]?.when).toMatchObject({
      kind: 'any',
      of: [
        { operator: { name: 'notEqual' } },
        { operator: { name: 'in' } },
        {
          kind: 'any',
          comparison: { operator: { name: 'notChangedTo' } },
          of: [
            { use: { key: 'quality_rating' }, operator: { name: 'notEqual' } },
            { use: { key: 'previous_quality_rating' }, operator: { name: 'equal' } },
          ],
        },
      ],
    });
  });

  test('takes json-rules-engine’s "value": true for operators that need none', () =>
    expect(findingsOf(when(leaf('channel', 'present', true)))).toEqual([]));

  test('fills in the union of several lists', () => {
    const lists = {
      'lists/a.json': list('a', ['SMS', 'MMS']),
      'lists/b.json': list('b', ['MMS', 'RCS']),
    };
    const { rules } = rulebookOf([rule(when(leaf('channel', 'in', { list: ['a', 'b'] })))], {
      lists,
    });
    expect(rules[0]?.when).toMatchObject({
      of: [{ value: ['SMS', 'MMS', 'RCS'], lists: ['a', 'b'] }],
    });
  });

  test('leaves the check of a template’s value to the time when it is filled in', () =>
    expect(findingsOf(doing({ action: 'note', params: { level: '{{quality_rating}}' } }))).toEqual(
      [],
    ));

  test('survives names that objects have by nature', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    for (const name of names) {
      expect(findingsOf(when(leaf(name, name, { list: name })))).toMatchObject([
        { code: 'unknown-fact' },
        { code: 'unknown-operator' },
      ]);
      expect(findingsOf(when(leaf('channel', 'in', { list: name })))).toMatchObject([
        { code: 'unknown-list' },
      ]);
      expect(findingsOf({ when: { condition: name } })).toMatchObject([
        { code: 'unknown-condition' },
      ]);
      expect(findingsOf(doing({ action: name }))).toMatchObject([{ code: 'unknown-action' }]);
    }
  });
});

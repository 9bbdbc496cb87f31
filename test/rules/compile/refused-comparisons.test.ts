import { expect, test } from 'vitest';
import { factEntries, triggerNames } from '../../../src/rules/model/facts.ts';
import { findingsOf, leaf, list } from '../rulebook.ts';

/** Each row: what is refused, the comparison, the code and the key that the finding points to, and what it says. */
test.each<[string, object, string, RegExp]>([
  [
    'an unknown fact',
    leaf('quality_ratting', 'equal', 'RED'),
    'unknown-fact at fact',
    /"quality_ratting"/,
  ],
  [
    'a fact its triggers never carry',
    leaf('keyword', 'equal', 'STOP'),
    'fact-not-carried at fact',
    /never comes with CHANNEL_EVENT/,
  ],
  [
    'a fact written as a path',
    leaf('payload.a.b', 'equal', 'X'),
    'unknown-fact at fact',
    /payload\.a\.b/,
  ],
  [
    'an unknown operator',
    leaf('channel', 'equals', 'SMS'),
    'unknown-operator at operator',
    /"equals"/,
  ],
  ['a decorator', leaf('channel', 'everyFact:equal', 'SMS'), 'decorator at operator', /decorators/],
  [
    'an operator that does not suit',
    leaf('channel', 'lessThan', 3),
    'operator-does-not-suit at operator',
    /a text/,
  ],
  [
    'changedTo without a memory',
    leaf('channel', 'changedTo', 'SMS'),
    'operator-does-not-suit at operator',
    /previous value/,
  ],
  [
    'a number for a text',
    leaf('channel', 'equal', 5),
    'value-does-not-suit at value',
    /expected a text/,
  ],
  [
    'a list for one value',
    leaf('channel', 'equal', ['SMS']),
    'value-does-not-suit at value',
    /found a list/,
  ],
  [
    'one value for a list',
    leaf('channel', 'in', 'SMS'),
    'value-does-not-suit at value',
    /expected a list/,
  ],
  ['a missing value', leaf('channel', 'equal'), 'value-does-not-suit at value', /expected a text/],
  ['an empty text', leaf('channel', 'equal', ''), 'value-does-not-suit at value', /missing/],
  ['null', leaf('channel', 'equal', null), 'value-does-not-suit at value', /expected a text/],
  [
    'a value for missing',
    leaf('channel', 'missing', 'SMS'),
    'value-does-not-suit at value',
    /takes no value/,
  ],
  [
    'words of signs alone',
    leaf('channel', 'containsWord', '!!'),
    'operator-does-not-suit at operator',
    /letters or digits/,
  ],
  [
    'a time that is none',
    leaf('event_time', 'before', 'tomorrow'),
    'value-does-not-suit at value',
    /2026/,
  ],
  [
    'hours of no time zone',
    leaf('event_time', 'withinHours', { from: '09:00', to: '17:00', timeZone: 'Sweden/Stockholm' }),
    'value-does-not-suit at value.timeZone',
    /timeZone/,
  ],
  [
    'hours that are empty',
    leaf('event_time', 'withinHours', { from: '09:00', to: '09:00', timeZone: 'UTC' }),
    'value-does-not-suit at value',
    /the same/,
  ],
  [
    'a pattern that is none',
    leaf('channel', 'matches', '('),
    'value-does-not-suit at value',
    /not a pattern/,
  ],
  [
    'a pattern that looks back',
    leaf('channel', 'matches', '(a)\\1'),
    'value-does-not-suit at value',
    /not a pattern/,
  ],
  [
    'a fact as value',
    leaf('channel', 'equal', { fact: 'app_id' }),
    'fact-as-value at value',
    /another fact/,
  ],
  [
    'an unknown list',
    leaf('channel', 'in', { list: 'chanels' }),
    'unknown-list at value.list',
    /"chanels"/,
  ],
  ['an empty list', leaf('channel', 'in', []), 'empty-list at value', /empty/],
  [
    'a list where none is taken',
    leaf('channel', 'equal', { list: 'channels' }),
    'value-does-not-suit at value',
    /takes no list/,
  ],
  [
    'params of a fact',
    leaf('channel', 'equal', 'SMS', { params: {} }),
    'unknown-key at params',
    /params/,
  ],
  [
    'payload without a path',
    leaf('payload', 'equal', 'X'),
    'path-missing at fact',
    /needs a "path"/,
  ],
  [
    'a path on a text',
    leaf('channel', 'equal', 'X', { path: 'a' }),
    'path-unexpected at path',
    /no paths/,
  ],
  ['JSONPath', leaf('payload', 'equal', 'X', { path: '$.a' }), 'bad-path at path', /not JSONPath/],
  [
    'brackets in a path',
    leaf('payload', 'equal', 'X', { path: 'a[0]' }),
    'bad-path at path',
    /a\.b\.0/,
  ],
  [
    'a path with a hole',
    leaf('payload', 'equal', 'X', { path: 'a..b' }),
    'bad-path at path',
    /single dots/,
  ],
])('a comparison is refused for %s', (_, comparison, fault, message) => {
  const findings = findingsOf({ when: { all: [comparison] } });
  const found = findings.find(
    ({ code, path }) => `${code} at ${path.slice(3).join('.')}` === fault,
  );
  expect(found, JSON.stringify(findings)).toMatchObject({ severity: 'error', file: 'r.json' });
  expect(found?.path.slice(0, 3)).toEqual(['when', 'all', 0]);
  expect(found?.message).toMatch(message);
});

test.each(
  factEntries()
    .filter(({ type }) => type !== 'json')
    .map(({ name }) => name),
)('offers for "%s" only operators that it then takes', (fact) => {
  const refused = (operator: string) =>
    findingsOf({ on: triggerNames, when: leaf(fact, operator, Symbol() as unknown) }).find(
      ({ code }) => code === 'operator-does-not-suit',
    );
  const offers = ['contains', 'lessThan', 'changedTo'].flatMap(
    (operator) => refused(operator)?.hint ?? [],
  );
  expect(offers).not.toEqual([]);
  const offered = offers.flatMap((hint) => hint.replace('operators that suit: ', '').split(', '));
  expect(offered.filter(refused)).toEqual([]);
});

test('compile refuses one value among many, and names it', () => {
  const lists = { 'lists/words.json': list('words', ['a', ' ']) };
  const on = { on: ['MESSAGE_INBOUND'] };
  for (const [value, message, hint] of [
    [{ list: 'words' }, '" " of the list "words": nothing is left of it', 'see lists/words.json'],
    [['a', 'b', ''], '"": expected a text', 'correct it, or remove it'],
    [['a', 3], '3: expected a text', 'write it in quotes: "3"'],
  ] as const) {
    const [finding] = findingsOf({ ...on, when: leaf('text', 'says', value) }, { lists });
    expect(finding).toMatchObject({
      code: 'value-does-not-suit',
      message: expect.stringContaining(message),
    });
    expect(finding?.hint).toBe(hint);
    const at = Array.isArray(value) ? [value.length - 1] : [];
    expect(finding?.path).toEqual(['when', 'value', ...at]);
  }
});

import { describe, expect, test } from 'vitest';
import { leaf, list } from '../rulebook.ts';
import { found, rule, sms } from './found.ts';

describe('lists and shared conditions are told of', () => {
  const use = (operator: string, fact = 'keyword') => [
    rule('a', leaf(fact, operator, { list: 'words' })),
  ];
  const words = (...values: (string | number)[]) => ({
    lists: { 'lists/words.json': list('words', values) },
  });

  test('that nobody uses', async () => {
    const conditions = { 'conditions/mine.json': { name: 'mine', why: 'reason', when: sms } };
    expect(await found([], { ...words('A'), conditions })).toEqual([
      'lists/words.json name unused no rule uses the list "words"',
      'conditions/mine.json name unused no rule uses the condition "mine"',
    ]);
  });

  test('but not the lists of failure codes, nor what another condition asks for', async () => {
    const lists = {
      'lists/failure-transient.json': list('failure-transient', ['RATE_LIMITED']),
      ...words('A').lists,
    };
    const asking = {
      name: 'mine',
      why: 'reason',
      when: leaf('keyword', 'says', { list: ['words'] }),
    };
    const conditions = { 'conditions/mine.json': asking };
    expect(await found([rule('a', { not: { condition: 'mine' } })], { lists, conditions })).toEqual(
      [],
    );
  });

  test.each<[string, string, string[], number[]]>([
    ['the same twice', 'in', ['STOP', 'END', 'STOP'], [2]],
    ['the same but for its folding', 'says', ['STOP', 'Stop!', 'stop it'], [1]],
    [
      'a phrase with another one in it',
      'containsWord',
      ['stop texting', 'STOP', 'unstoppable'],
      [0],
    ],
  ])('with %s', async (_, operator, values, places) => {
    const fact = operator === 'in' ? 'app_id' : 'text';
    const lines = await found(use(operator, fact), words(...values));
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual(
      places.map((place) => `lists/words.json values.${place} repeated-value`),
    );
  });

  test('not with spellings that an exact comparison tells apart', async () =>
    expect(await found(use('in', 'app_id'), words('SMS', 'sms'))).toEqual([]));

  test('with a failure code of two classes', async () => {
    const lists = {
      'lists/failure-permanent.json': list('failure-permanent', ['CHANNEL_REJECT', 'RATE_LIMITED']),
      'lists/failure-transient.json': list('failure-transient', ['RATE_LIMITED']),
    };
    expect(await found([], { lists })).toEqual([
      'lists/failure-permanent.json values.1 dead-value "RATE_LIMITED" is also in failure-transient, which comes first',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { findingsOf, leaf, list } from '../rulebook.ts';

const over = (value: unknown) => ({
  on: ['MESSAGE_INBOUND'],
  when: { all: [leaf('own_text', 'containsPhrase', value)] },
});

describe('a phrase', () => {
  test.each([
    ['(stop|quit texting', '"(" is not closed by ")" in "(stop|quit texting"'],
    ['stop] texting', '"]" has no opening bracket in "stop] texting"'],
    ['(stop|) texting', 'an alternative is empty in "(stop|) texting"'],
    ['stop !!! texting', '"!!!" has no letters in "stop !!! texting"'],
  ])('%j is refused, and the finding says why', (phrase, message) => {
    expect(findingsOf(over(phrase))).toMatchObject([
      { severity: 'error', message: expect.stringContaining(message) },
    ]);
  });

  test('of a list is refused with the name of its list', () => {
    const lists = { 'lists/requests-en.json': list('requests-en', ['stop (texting']) };
    expect(findingsOf(over({ list: 'requests-*' }), { lists })).toMatchObject([
      { severity: 'error', hint: 'see lists/requests-en.json' },
    ]);
  });
});

describe('a family of lists', () => {
  const lists = {
    'lists/stop-en.json': list('stop-en', ['STOP']),
    'lists/stop-fr.json': list('stop-fr', ['ARRET']),
  };

  test('stands for all lists whose names begin so, which are used then', () =>
    expect(
      findingsOf(
        { on: ['MESSAGE_INBOUND'], when: { all: [leaf('keyword', 'says', { list: 'stop-*' })] } },
        { lists },
      ),
    ).toEqual([]));

  test('without a list is unknown', () =>
    expect(findingsOf(over({ list: 'start-*' }), { lists })).toMatchObject([
      { code: 'unknown-list' },
    ]));

  test('with a broken list names the broken one', () =>
    expect(
      findingsOf(over({ list: 'stop-*' }), {
        lists: { ...lists, 'lists/stop-xx.json': { name: 'stop-xx', values: [] } },
      }).filter(({ code }) => code === 'broken-list'),
    ).toMatchObject([{ hint: 'see lists/stop-xx.json' }]));
});

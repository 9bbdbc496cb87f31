import { describe, expect, test } from 'vitest';
import { firstWords, parsePhrase } from '../../../src/rules/operators/phrase.ts';

const split = (text: string): readonly string[] => text.match(/\p{L}+/gu) ?? [];
const parse = (written: string) => parsePhrase(written, split);

const ACROSS = (word: string): string =>
  `no phrase goes across the sign of "${word}": write one for each part of the sentence`;

describe('a phrase is read', () => {
  test.each([
    ['stop', [{ kind: 'word', text: 'stop' }]],
    ['stop*', [{ kind: 'start', text: 'stop' }]],
    ['*stop', [{ kind: 'end', text: 'stop' }]],
    ['*stop*', [{ kind: 'part', text: 'stop' }]],
    ['~stop', [{ kind: 'about', text: 'stop' }]],
    // Of several words no one is cut off.
    [
      "don't*",
      [
        { kind: 'word', text: 'don' },
        { kind: 'word', text: 't' },
      ],
    ],
    [
      '^ stop … $',
      [{ kind: 'first' }, { kind: 'word', text: 'stop' }, { kind: 'gap' }, { kind: 'last' }],
    ],
    ['...', [{ kind: 'gap' }]],
    [
      '(stop|quit) [it]',
      [
        {
          kind: 'choice',
          optional: false,
          of: [[{ kind: 'word', text: 'stop' }], [{ kind: 'word', text: 'quit' }]],
        },
        { kind: 'choice', optional: true, of: [[{ kind: 'word', text: 'it' }]] },
      ],
    ],
  ])('%s', (written, parts) => expect(parse(written)).toEqual(parts));

  test.each([
    ['', 'expected words'],
    ['(stop', '"(" is not closed by ")"'],
    ['[stop)', '"[" is not closed by "]"'],
    ['stop)', '")" has no opening bracket'],
    ['(stop|)', 'an alternative is empty'],
    ['***', '"***" has no letters'],
    ['no, thanks', ACROSS('no,')],
    ['no, (thanks|thank you)', ACROSS('no,')],
    ['(yes|no, thanks)', ACROSS('no,')],
    ['stop. …', ACROSS('stop.')],
    ['the U.S. office', ACROSS('U.S.')],
    ['不要，谢谢', ACROSS('不要，谢谢')],
    // The first fault is the one to correct.
    ['(***|)', '"***" has no letters'],
  ])('%s is none', (written, fault) => expect(parse(written)).toBe(fault));
});

describe('the words with which a phrase can begin', () => {
  const first = (written: string): readonly string[] | undefined => {
    const phrase = parse(written);
    return typeof phrase === 'string' ? [phrase] : firstWords(phrase)?.map(({ text }) => text);
  };

  test.each([
    ['stop it', ['stop']],
    ['stop* it', ['stop']],
    ['^ stop', ['stop']],
    ['(stop|quit) it', ['stop', 'quit']],
    ['[please] stop', ['please', 'stop']],
    ['[please|kindly] (stop|quit)', ['please', 'kindly', 'stop', 'quit']],
    ['*stop* it', undefined],
    ['~stop it', undefined],
    ['… stop', undefined],
    ['(stop|~quit) it', undefined],
    ['[please]', undefined],
  ])('%s', (written, words) => expect(first(written)).toEqual(words));
});

import { byWord } from './index-forms.ts';
import { pair } from './operator.ts';
import { isText, phrasesOf, split, splitOnce, textsOf } from './text-operands.ts';
import { SpokenWords } from './value-schemas.ts';

export const containsWord = pair({
  description:
    'One of these words or phrases stands somewhere in the text, whatever its case and accents.',
  positive: {
    name: 'containsWord',
    summary: (value) => `has ${value} in it`,
    expected: (value) => `${value} in it`,
    alternatives: { forTexts: 'contains' },
  },
  negative: {
    name: 'doesNotContainWord',
    summary: (value) => `does not have ${value} in it`,
    expected: (value) => `a text without ${value}`,
    alternatives: { forTexts: 'doesNotContain' },
  },
  values: { text: SpokenWords, json: SpokenWords },
  takesList: true,
  needsBlanks: true,
  keyOfText: split,
  accepts: isText,
  prepare: (operand) => phrasesOf(textsOf(operand)),
  test: (value, phrases) =>
    isText(value) && phrases.some((phrase) => splitOnce(value).includes(phrase)),
  index: byWord((operand) => phrasesOf(textsOf(operand)).map(longestWord)),
  partition: {
    by: 'words',
    within: (operand, other) => {
      const wider = phrasesOf(textsOf(other));
      return phrasesOf(textsOf(operand)).every((phrase) =>
        wider.some((part) => phrase.includes(part)),
      );
    },
    sample: (operand) => textsOf(operand)[0] ?? '',
  },
});

/** The longest word of a phrase, which stands in the fewest texts. */
const longestWord = (phrase: string): string =>
  phrase
    .trim()
    .split(' ')
    .reduce((longest, word) => (word.length > longest.length ? word : longest));

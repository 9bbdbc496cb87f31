import { pair } from './operator.ts';
import { firstWords, type Phrase, parsePhrase, standsAt } from './phrase.ts';
import { sentenceWords } from './sentences.ts';
import { isText, oncePerList, textsOf, wordsBySentenceOnce } from './text-operands.ts';
import { isAlmost } from './typing.ts';
import { Phrases } from './value-schemas.ts';

/** Phrases, found by the word with which they begin. */
interface PhraseIndex {
  readonly byWord: ReadonlyMap<string, readonly Phrase[]>;
  readonly others: readonly Phrase[];
}

const indexOf = oncePerList((list): PhraseIndex => {
  const byWord = new Map<string, Phrase[]>();
  const others: Phrase[] = [];
  for (const written of list) {
    const phrase = parsePhrase(String(written), sentenceWords);
    if (typeof phrase === 'string') continue; // its schema rejects it
    const words = firstWords(phrase);
    if (!words) others.push(phrase);
    for (const word of new Set(words)) byWord.set(word, [...(byWord.get(word) ?? []), phrase]);
  }
  return { byWord, others };
});

export const containsPhrase = pair({
  description:
    'One of these phrases stands in one sentence, line or part between commas, whatever its case, accents and apostrophes. In a phrase `(a|b)` is one of several, `[a]` may stand there, `…` is up to three words, `word*` and `*word` are the start and the end of a word, `~word` bears a slip in typing, `^` and `$` are the start and the end of the sentence.',
  positive: {
    name: 'containsPhrase',
    summary: (value) => `has ${value} in it`,
    expected: (value) => `${value} in it`,
  },
  negative: {
    name: 'doesNotContainPhrase',
    summary: (value) => `does not have ${value} in it`,
    expected: (value) => `a text without ${value}`,
  },
  values: { text: Phrases, json: Phrases },
  takesList: true,
  accepts: isText,
  prepare: (operand) => indexOf(textsOf(operand)),
  test: (value, { byWord, others }) =>
    isText(value) &&
    wordsBySentenceOnce(value).some((words) =>
      words.some((word, at) => {
        const stands = (phrase: Phrase): boolean => standsAt(phrase, words, at, isAlmost);
        return byWord.get(word)?.some(stands) || others.some(stands);
      }),
    ),
});

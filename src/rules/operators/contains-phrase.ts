import { pair } from './operator.ts';
import { firstWords, type Phrase, parsePhrase, standsAt } from './phrase.ts';
import { sentenceWords } from './sentences.ts';
import { isText, oncePerList, textsOf, wordsBySentenceOnce } from './text-operands.ts';
import { isAlmostOneOf, type TypedWords, typedWordsOf } from './typing.ts';
import { Phrases } from './value-schemas.ts';

const meantWords = new Map<string, TypedWords>();

/** Compares with a word of a phrase; those are few and do not change. */
function isAbout(word: string, meant: string): boolean {
  if (Math.abs(word.length - meant.length) > 2) return false;
  const typed = meantWords.get(meant) ?? typedWordsOf([meant]);
  meantWords.set(meant, typed);
  return isAlmostOneOf(word, typed);
}

type PhrasesByWord = ReadonlyMap<string, readonly Phrase[]>;

/** Phrases, found by the words with which they can begin: a text costs its own words, not all phrases. */
interface PhraseIndex {
  /** By a whole word, by the start and by the end of a word. */
  readonly by: Readonly<Record<'word' | 'start' | 'end', PhrasesByWord>>;
  /** The lengths of the starts and ends. */
  readonly lengths: readonly number[];
  /** Those that can begin with anything. */
  readonly others: readonly Phrase[];
}

const indexOf = oncePerList((list): PhraseIndex => {
  const by = { word: new Map<string, Phrase[]>(), start: new Map(), end: new Map() };
  const others: Phrase[] = [];
  const lengths = new Set<number>();
  for (const written of list) {
    const phrase = parsePhrase(String(written), sentenceWords);
    if (typeof phrase === 'string') continue; // its schema rejects it
    const words = firstWords(phrase);
    if (!words) others.push(phrase);
    for (const { kind, text } of words ?? []) {
      const index: Map<string, Phrase[]> = by[kind === 'start' || kind === 'end' ? kind : 'word'];
      const known = index.get(text) ?? [];
      if (!known.includes(phrase)) index.set(text, [...known, phrase]);
      if (kind !== 'word') lengths.add(text.length);
    }
  }
  return { by, lengths: [...lengths], others };
});

/** Whether a phrase that can begin with this word satisfies the test. */
const someOf = (
  { by, lengths, others }: PhraseIndex,
  word: string,
  stands: (phrase: Phrase) => boolean,
): boolean =>
  (by.word.get(word)?.some(stands) ?? false) ||
  lengths.some(
    (length) =>
      length <= word.length &&
      ((by.start.get(word.slice(0, length))?.some(stands) ?? false) ||
        (by.end.get(word.slice(-length))?.some(stands) ?? false)),
  ) ||
  others.some(stands);

export const containsPhrase = pair({
  description:
    'One of these phrases stands in one sentence, line or part between commas, whatever its case, accents and apostrophes. In a phrase `(a|b)` is one of several, `[a]` may stand there, `…` is up to three words, `word*` and `*word` are the start and the end of a word, `~word` bears a slip in typing, `^` and `$` are the start and the end of the sentence.',
  positive: {
    name: 'containsPhrase',
    summary: (value) => `has ${value} in it`,
    expected: (value) => `${value} in it`,
    alternatives: { forTexts: 'contains' },
  },
  negative: {
    name: 'doesNotContainPhrase',
    summary: (value) => `does not have ${value} in it`,
    expected: (value) => `a text without ${value}`,
    alternatives: { forTexts: 'doesNotContain' },
  },
  values: { text: Phrases, json: Phrases },
  takesList: true,
  takesPlaceholders: true,
  keyOfText: (text) => JSON.stringify(parsePhrase(text, sentenceWords)),
  accepts: isText,
  prepare: (operand) => indexOf(textsOf(operand)),
  test: (value, index) =>
    isText(value) &&
    wordsBySentenceOnce(value).some((words) =>
      words.some((word, at) =>
        someOf(index, word, (phrase) => standsAt(phrase, words, at, isAbout)),
      ),
    ),
});

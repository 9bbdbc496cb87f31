import { RE2JS } from '@bufbuild/re2';
import * as v from 'valibot';
import type { FactValue } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import { isRealDay, NO_SUCH_DAY } from '../model/values.ts';
import { parsePhrase } from './phrase.ts';
import { isUnspaced, sentenceWords } from './sentences.ts';

export const Text = v.pipe(
  v.string('expected a text'),
  v.nonEmpty('expected a text; to ask whether it is there, use "missing" or "present"'),
);
export const Num = v.pipe(v.number('expected a number'), v.finite('expected a number'));
export const Bool = v.boolean('expected true or false');
export const Scalar = v.union([Text, Num, Bool], 'expected a text, a number, true or false');
export const listOf = <const S extends v.GenericSchema>(item: S, what: string) =>
  v.array(item, `expected a list of ${what}, or {"list": name}`);
const hasLetters = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);
const Words = v.pipe(
  v.union([Text, v.array(Text)], 'expected a text, a list of texts, or {"list": name}'),
  v.check(
    (value) => asList(value).every((text) => fold(text) !== ''),
    'nothing is left of it without its punctuation',
  ),
);
export const SpokenWords = v.pipe(
  Words,
  v.check((value) => asList(value).every(hasLetters), 'expected letters or digits in every word'),
);
/** Signs, or parts of texts in a script without blanks. In any other script a part is found inside other words. */
export const PartsOfTexts = v.pipe(
  Words,
  v.check(
    (value) => asList(value).every((text) => isUnspaced(text) || !hasLetters(fold(text))),
    'finds signs (an emoji), and parts of texts in scripts without blanks (Chinese, Japanese, Thai); for words in any other script use "containsWord"',
  ),
);
export const Phrases = v.pipe(
  v.union([Text, v.array(Text)], 'expected a phrase, a list of phrases, or {"list": name}'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const written of asList(dataset.value)) {
      const phrase = parsePhrase(written, sentenceWords);
      if (typeof phrase === 'string') addIssue({ message: `${phrase} in "${written}"` });
    }
  }),
);
const Time = v.pipe(
  v.string('expected a time like "2026-12-31T23:59:00Z"'),
  v.isoTimestamp('expected a time like "2026-12-31T23:59:00Z"'),
  v.check(isRealDay, NO_SUCH_DAY),
);
export const Pattern = v.pipe(
  Text,
  v.rawCheck(({ dataset, addIssue }) => {
    const fault = dataset.typed ? patternFault(dataset.value) : undefined;
    if (fault) addIssue({ message: fault });
  }),
);
/** For operators without a value. json-rules-engine's grammar requires one, so `true` is accepted. */
export const Nothing = v.optional(v.literal(true, 'takes no value'));

export const asList = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? value : [value as T]; // Array.isArray does not narrow readonly lists

function patternFault(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return `not a pattern: ${error instanceof Error ? error.message : error} (RE2 syntax, without backreferences and lookaround)`;
  }
}

export const scalars = { text: Text, number: Num, boolean: Bool, json: Scalar };
export const spoken = { text: Words, json: Words };
export const compared = { number: Num, json: Num };
export const timed = { time: Time, json: Time };

export const isPresent = (value: FactValue): boolean => value !== undefined;
export const isNumber = (value: FactValue): value is number =>
  typeof value === 'number' && !Number.isNaN(value);

/** A time in milliseconds since 1970; NaN for anything else. */
export const timeOf = (value: FactValue): number =>
  typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN;

/** The largest time that a JavaScript Date can hold, in milliseconds since 1970. */
export const LAST_TIME = 8.64e15;
export const isTime = (value: FactValue): boolean => Math.abs(timeOf(value)) <= LAST_TIME;

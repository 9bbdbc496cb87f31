import type { FactValue } from '../../callbacks/facts/fact.ts';
import { fold, foldWhole } from '../../callbacks/facts/fold.ts';
import { sentences, wordsBySentence } from './sentences.ts';
import { asList } from './value-schemas.ts';

export const isText = (value: FactValue): value is string => typeof value === 'string';

export const textsOf = (operand: unknown): readonly string[] =>
  asList(operand as string | readonly string[]); // passed its schema

/** Caches the last result: many rules compare the same text of one callback. */
const cacheLast = <T>(work: (text: string) => T): ((text: string) => T) => {
  let last: { text: string; result: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, result: work(text) };
    return last.result;
  };
};

/** The text folded, with a single space before, after, and instead of everything but letters and digits. */
export const split = (text: string): string =>
  ` ${fold(text)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()} `;

export const sentencesOnce = cacheLast(sentences);
export const wordsBySentenceOnce = cacheLast(wordsBySentence);
export const foldOnce = cacheLast(fold);
export const foldWholeOnce = cacheLast(foldWhole);
export const splitOnce = cacheLast(split);
/** The folded words of a text. */
export const tokensOnce = cacheLast((text): readonly string[] => splitOnce(text).trim().split(' '));

/** Caches by list from ten items on: a named list is one array that many rules share. */
export function oncePerList<T>(
  work: (list: readonly unknown[]) => T,
): (list: readonly unknown[]) => T {
  const cache = new WeakMap<readonly unknown[], { readonly result: T }>();
  return (list) => {
    if (list.length < 10) return work(list);
    const found = cache.get(list) ?? { result: work(list) };
    cache.set(list, found);
    return found.result;
  };
}

export const foldedSet = oncePerList(
  (list): ReadonlySet<string> => new Set(list.map((text) => fold(String(text)))),
);
export const phrasesOf = oncePerList((list) => list.map((text) => split(String(text))));

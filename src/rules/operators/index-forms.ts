import { literalsOf, lowerAscii } from './literals.ts';
import type { IndexedFact, IndexForm } from './operator.ts';
import {
  foldedSet,
  foldOnce,
  isText,
  sentencesOnce,
  textsOf,
  tokensOnce,
} from './text-operands.ts';

const NONE: readonly never[] = [];

/** A value is its own key. */
export const byValue = (itemsOf: (operand: unknown) => readonly unknown[]): IndexForm => ({
  kind: 'value',
  isFixed: true,
  keysOf: itemsOf,
  finderOf: () => (value) => [value],
});

/** Values outside those that a fact is known to have. */
const OTHER = Symbol('other');
/** With more keys than that, a comparison with "not" narrows nothing down. */
const MOST_OTHERS = 8;

/** The values that an operand leaves of a fact with few values: a `boolean`, or one whose values are known. */
export const byComplement = (itemsOf: (operand: unknown) => readonly unknown[]): IndexForm => ({
  kind: 'complement',
  isFixed: false,
  breadth: 0.5,
  keysOf(operand, fact) {
    const domain = domainOf(fact);
    if (!domain) return undefined;
    const items = new Set(itemsOf(operand));
    const left = domain.filter((value) => !items.has(value));
    return left.length <= MOST_OTHERS ? left : undefined;
  },
  finderOf(_, fact) {
    const domain = new Set(domainOf(fact));
    return (value) => [domain.has(value) ? value : OTHER];
  },
});

function domainOf({ type, known }: IndexedFact): readonly unknown[] | undefined {
  if (type === 'boolean') return [true, false, OTHER];
  return type === 'text' && known ? [...known, OTHER] : undefined;
}

/** The items of a list are its keys. */
export const byItem: IndexForm = {
  kind: 'item',
  isFixed: true,
  keysOf: (operand) => [operand],
  finderOf: () => (value) => (Array.isArray(value) ? value : NONE),
};

/** The folded text is the key. */
export const byFold: IndexForm = {
  kind: 'folded',
  isFixed: true,
  keysOf: (operand) => [...foldedSet(textsOf(operand))],
  finderOf: () => (value) => (isText(value) ? [foldOnce(value)] : NONE),
};

/** The folded text and its folded sentences are the keys. */
export const bySentence: IndexForm = {
  kind: 'sentence',
  isFixed: true,
  keysOf: (operand) => [...foldedSet(textsOf(operand))],
  finderOf: () => (value) => (isText(value) ? [foldOnce(value), ...sentencesOnce(value)] : NONE),
};

/** The words of a text are its keys. `wordsOf` returns one necessary word for each text of the operand. */
export const byWord = (wordsOf: (operand: unknown) => readonly string[]): IndexForm => ({
  kind: 'word',
  isFixed: true,
  keysOf: wordsOf,
  finderOf: () => (value) => (isText(value) ? tokensOnce(value) : NONE),
});

/** The starts of a folded text are its keys, as long as those in the index. */
export const byStart = (startsOf: (operand: unknown) => readonly string[]): IndexForm => ({
  kind: 'start',
  isFixed: false,
  keysOf: startsOf,
  finderOf(keys) {
    const lengths = [...new Set([...keys].map((key) => String(key).length))];
    return (value) => {
      if (!isText(value)) return NONE;
      const folded = foldOnce(value);
      return lengths.flatMap((length) => (length <= folded.length ? folded.slice(0, length) : []));
    };
  },
});

/** The numbers in the index on one side of a value are its keys: those below or those above it. */
export const bySide = (
  kind: string,
  isFound: 'less' | 'lessOrEqual' | 'more' | 'moreOrEqual',
): IndexForm => ({
  kind,
  isFixed: false,
  breadth: 0.5,
  keysOf: (operand) => [Number(operand)],
  finderOf(keys) {
    const numbers = [...keys].map(Number).sort((a, b) => a - b);
    const equalIsBefore = isFound === 'lessOrEqual' || isFound === 'more';
    return (value) => {
      if (typeof value !== 'number') return NONE;
      const at = placeOf(value, numbers, equalIsBefore);
      return isFound.startsWith('less') ? numbers.slice(0, at) : numbers.slice(at);
    };
  },
});

/** Returns how many sorted numbers are below a value, or below or equal to it. */
function placeOf(value: number, numbers: readonly number[], orEqual: boolean): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const number = numbers[middle] ?? Number.NaN;
    if (number < value || (orEqual && number === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many signs the texts that are looked up first have: those stand in few other texts. */
const GRAM = 3;

/** Literal texts of patterns are the keys, each found in a text by its first signs. Case is ignored, so that patterns of both kinds share them. */
export const byLiteral: IndexForm = {
  kind: 'literal',
  isFixed: false,
  keysOf: (operand) => literalsOf(String(operand), GRAM),
  finderOf(keys) {
    const byGram = new Map<string, string[]>();
    for (const key of keys) {
      const literal = String(key);
      const gram = literal.slice(0, GRAM);
      byGram.set(gram, [...(byGram.get(gram) ?? NONE), literal]);
    }
    return (value) => {
      if (!isText(value)) return NONE;
      const text = lowerAscii(value);
      const found: string[] = [];
      for (let at = 0; at + GRAM <= text.length; at += 1) {
        const literals = byGram.get(text.slice(at, at + GRAM));
        if (!literals) continue;
        for (const literal of literals) if (text.startsWith(literal, at)) found.push(literal);
      }
      return found;
    };
  },
};

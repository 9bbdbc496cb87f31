import type { FactDefinition } from '../../callbacks/facts/fact.ts';
import { nearestName, partsOf } from './closest.ts';
import { formatList } from './format.ts';

/** The known values of a fact. */
export type Vocabulary = Pick<FactDefinition, 'known' | 'synonyms'> & { readonly name: string };

/** What is wrong with a value that is none of the known ones. `words` follow the value or the fact. */
export interface UnknownValue {
  readonly code: 'wrong-case' | 'several-in-one' | 'unseen-value';
  readonly words: string;
  readonly hint: string;
  /** The one known value that is meant; missing where the text resembles none, or several are meant. */
  readonly meant?: string;
}

/** How many known values a hint lists. */
const MOST = 20;
const plain = (text: string): string =>
  text
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');

/** Returns what is wrong with a value that a fact was never seen to have; `undefined` if it is known, or no values are. */
export function unknownValue(
  value: string,
  { known, synonyms = {} }: Vocabulary,
): UnknownValue | undefined {
  if (!known || known.includes(value)) return undefined;
  const spelt = known.find((one) => one.toUpperCase() === value.toUpperCase());
  if (spelt !== undefined)
    return {
      code: 'wrong-case',
      words: `differs from "${spelt}" in upper and lower case, so the two are never equal`,
      hint: `write "${spelt}"`,
      meant: spelt,
    };
  const parts = partsOf(value);
  const meant = parts.map((part) => meantValue(part, known, synonyms));
  if (parts.length > 1 && meant.every((one) => one !== undefined))
    return {
      code: 'several-in-one',
      words: 'is one text here, not several values',
      hint: `write ${JSON.stringify(meant)} with "in"`,
    };
  const one = meantValue(value, known, synonyms) ?? nearestName(value, known);
  const shown = known.slice(0, MOST);
  const more = known.length > MOST ? `, and ${known.length - MOST} more` : '';
  return {
    code: 'unseen-value',
    words: 'was never seen from Sinch',
    ...(one === undefined
      ? { hint: `known values: ${formatList(shown, 'and')}${more}` }
      : { hint: `did you mean "${one}"?`, meant: one }),
  };
}

/** The known value that a text certainly means: another spelling of it, or a name that people use for it. */
function meantValue(
  value: string,
  known: readonly string[],
  synonyms: Readonly<Record<string, string>>,
): string | undefined {
  const name = value.trim().toUpperCase();
  if (Object.hasOwn(synonyms, name)) return synonyms[name];
  return plainly(known).get(plain(value));
}

const plains = new WeakMap<readonly string[], ReadonlyMap<string, string>>();

/** The known values by their plain spelling, the first of those that share one. */
function plainly(known: readonly string[]): ReadonlyMap<string, string> {
  const found = plains.get(known) ?? new Map(known.toReversed().map((one) => [plain(one), one]));
  plains.set(known, found);
  return found;
}

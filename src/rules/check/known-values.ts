import { distance } from 'fastest-levenshtein';
import { FAILURE_CLASSES } from '../../callbacks/facts/failure-class.ts';
import { REASON_CODES, REASON_SUB_CODES } from '../../callbacks/facts/reason-codes.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { factsWithValue } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { unknownValue } from '../model/known-value.ts';
import { type AnalysisContext, warning } from './analysis-context.ts';
import { comparisonsIn, type WrittenComparison } from './comparisons.ts';

/** Codes of channels: Meta's numbers, and those of Sinch's SMS API. No list of them is complete. */
const CHANNEL_CODE = /^(SMS:)?-?\d+$/;
/** A code with a letter that looks like a digit. */
const LETTER_IN_CODE = /^(?=.*[OoIlS])(?=(?:\D*\d){3})[\dOoIlS]+$/;
const DIGITS: Readonly<Record<string, string>> = { O: '0', o: '0', I: '1', l: '1', S: '5' };
/** The most codes that a hint names. */
const MOST = 5;
/** Codes of so many digits are far apart, so that one with a digit more, less or changed is a slip. */
const LONG_CODE = 5;

/** Reports values of named lists that Sinch was never seen to send, where rules compare them exactly. */
export function knownValues({ source }: Pick<AnalysisContext, 'source'>): readonly Finding[] {
  const uses = Map.groupBy(
    comparisonsIn(source).flatMap((one) => one.lists.map((list) => ({ list, one }))),
    ({ list }) => list,
  );
  return [...channelCodes(source), ...inLists(source, uses)];
}

/** Reports channel codes of comparisons that are a slip away from one that the lists of failures name. */
function channelCodes(source: AnalysisContext['source']): readonly Finding[] {
  const known = Object.values(source.lists).flatMap((list) =>
    isRecord(list) &&
    typeof list.name === 'string' &&
    isFailureList(list.name) &&
    Array.isArray(list.values)
      ? list.values.flatMap((value) =>
          (typeof value === 'string' || typeof value === 'number') &&
          CHANNEL_CODE.test(String(value))
            ? String(value)
            : [],
        )
      : [],
  );
  return comparisonsIn(source)
    .filter(({ fact, operator }) => fact?.isFailureCode && operator.exact)
    .flatMap(({ file, fact, texts }) =>
      texts.flatMap(({ text, path }) => {
        const [owner] = factsWithValue(text);
        if (owner !== undefined)
          return [
            warning(
              file,
              path,
              'unseen-value',
              `"${fact?.name}" is never "${text}": that is a value of "${owner}"`,
              `write "fact": "${owner}"`,
            ),
          ];
        const meant = meantCodes(text, known);
        if (meant.length === 0) return [];
        const message = `"${fact?.name}" was never seen to be "${text}"`;
        const shown = formatList(meant.slice(0, MOST).map((code) => `"${code}"`));
        const hint = `did you mean ${shown}${meant.length > MOST ? ' or a similar one' : ''}?`;
        return [warning(file, path, 'unseen-value', message, hint)];
      }),
    );
}

/** The known codes that a misspelt one can mean: a digit is missing or too much, or two have changed places. */
function meantCodes(text: string, known: readonly string[]): readonly string[] {
  const digits = withDigits(text);
  if (digits !== undefined) return [digits];
  if (!CHANNEL_CODE.test(text) || text.length < LONG_CODE || known.includes(text)) return [];
  return known.filter(
    (code) =>
      (code.length !== text.length && distance(code, text) === 1) || swapsNeighbours(code, text),
  );
}

/** A code whose letters are the digits that they look like; `undefined` where it has none. */
const withDigits = (text: string): string | undefined =>
  LETTER_IN_CODE.test(text) ? text.replace(/\D/g, (letter) => DIGITS[letter] ?? letter) : undefined;

/** Whether two texts differ in the order of two neighbouring signs only. */
function swapsNeighbours(one: string, other: string): boolean {
  const at = [...one].findIndex((sign, place) => sign !== other[place]);
  return (
    at >= 0 &&
    one.length === other.length &&
    one[at] === other[at + 1] &&
    one[at + 1] === other[at] &&
    one.slice(at + 2) === other.slice(at + 2)
  );
}

const isFailureList = (name: string): boolean =>
  FAILURE_CLASSES.some((one) => name === `failure-${one}`);

function inLists(
  source: AnalysisContext['source'],
  uses: ReadonlyMap<string, readonly { readonly one: WrittenComparison }[]>,
): readonly Finding[] {
  return Object.entries(source.lists).flatMap(([file, list]) => {
    if (!isRecord(list) || typeof list.name !== 'string' || !Array.isArray(list.values)) return [];
    const { name } = list;
    const vocabulary = vocabularyOf(name, uses.get(name)?.map(({ one }) => one) ?? []);
    if (!vocabulary) return [];
    return list.values.flatMap((value, at) => {
      if (typeof value !== 'string' || CHANNEL_CODE.test(value)) return [];
      const digits = isFailureList(name) ? withDigits(value) : undefined;
      const fault = digits
        ? {
            code: 'unseen-value' as const,
            words: 'has a letter among its digits',
            hint: `did you mean "${digits}"?`,
          }
        : unknownValue(value, vocabulary);
      if (!fault) return [];
      const { code, words, hint } = fault;
      return [warning(file, ['values', at], code, `"${value}" ${words}`, hint)];
    });
  });
}

/** The known values of the facts that rules compare exactly with a list; `undefined` if one of them is open. */
function vocabularyOf(name: string, uses: readonly WrittenComparison[]) {
  const codes = [...REASON_CODES, ...REASON_SUB_CODES];
  if (isFailureList(name)) return { name, known: codes };
  const facts = uses.map(({ fact, operator }) =>
    (operator.exact || fact?.type === 'list') && !fact?.folded ? fact : undefined,
  );
  if (facts.length === 0 || facts.some((fact) => fact?.known === undefined)) return undefined;
  return {
    name: facts[0]?.name ?? name,
    known: facts.flatMap((fact) => fact?.known ?? []),
    synonyms: Object.assign({}, ...facts.map((fact) => fact?.synonyms ?? {})),
  };
}

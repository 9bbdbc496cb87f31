import { fold } from '../../callbacks/facts/fold.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { unfoldedIn } from '../compile/leaf-warnings.ts';
import type { Finding } from '../model/finding.ts';
import { escapePattern, formatList } from '../model/format.ts';
import type { Operator } from '../operators/operator.ts';
import { isUnspaced } from '../operators/sentences.ts';
import { type AnalysisContext, warning } from './analysis-context.ts';
import { comparisonsIn, type WrittenComparison } from './comparisons.ts';
import { requiresSmallLetters } from './small-letters.ts';

type Use = Pick<WrittenComparison, 'fact' | 'operator'>;
type Fault = readonly [code: Finding['code'], message: string, hint: string];

/** Reports texts of comparisons and of lists that are written in another notation, or can never be found. */
export function texts({ source }: Pick<AnalysisContext, 'source'>): readonly Finding[] {
  const comparisons = comparisonsIn(source);
  const uses = Map.groupBy(
    comparisons.flatMap((one) => one.lists.map((list) => ({ list, one }))),
    ({ list }) => list,
  );
  return [
    ...comparisons.flatMap((one) =>
      one.texts.flatMap(({ text, path }) =>
        findings(one.file, path, faultOf(text, one, one.texts.length === 1)),
      ),
    ),
    ...Object.entries(source.lists).flatMap(([file, list]) => {
      if (!isRecord(list) || typeof list.name !== 'string' || !Array.isArray(list.values))
        return [];
      const values: readonly unknown[] = list.values;
      const own = uses.get(list.name)?.map(({ one }) => one) ?? [];
      const spelling = spellingFault(values, own);
      if (spelling) return [warning(file, ['values', spelling.at], ...spelling.fault)];
      return values.flatMap((text, at) => {
        if (typeof text !== 'string') return [];
        // What is wrong in one use only is right in another one.
        const faults = own.map((one) => faultOf(text, one, values.length === 1));
        const [first] = faults;
        return faults.every((fault) => fault !== undefined)
          ? findings(file, ['values', at], first)
          : [];
      });
    }),
  ];
}

const findings = (
  file: string,
  path: Finding['path'],
  fault: Fault | undefined,
): readonly Finding[] => (fault ? [warning(file, path, ...fault)] : []);

/** @param alone whether it is the only text of its comparison or list */
function faultOf(text: string, { fact, operator }: Use, alone: boolean): Fault | undefined {
  if (operator.values.text === undefined || !['text', 'json'].includes(fact.type)) return undefined;
  // The finding about unknown values says more.
  if (operator.exact && fact.known) return undefined;
  if (operator.readsPattern) return patternFault(text, fact.folded === true);
  return (
    notationFault(text, operator) ??
    (operator.exact ? undefined : severalFault(text, operator, alone)) ??
    (operator.needsBlanks && isUnspaced(text)
      ? [
          'no-blanks',
          `"${text}" is in a script without blanks between words, where "${operator.name}" finds it only between signs`,
          `use "${operator.isNegative ? 'doesNotContain' : 'contains'}"`,
        ]
      : undefined)
  );
}

/** The first value that is not folded, of a list that rules compare with folded facts only. */
function spellingFault(
  values: readonly unknown[],
  uses: readonly Use[],
): { readonly at: number; readonly fault: Fault } | undefined {
  const [first] = uses;
  if (!first || !uses.every(({ fact, operator }) => fact.folded && operator.exact))
    return undefined;
  const unfolded = unfoldedIn(values);
  const at = values.indexOf(unfolded[0]);
  if (at < 0) return undefined;
  const shown = (some: readonly string[]) =>
    formatList(
      some.map((text) => `"${text}"`),
      'and',
    );
  const { forAnySpelling } = first.operator.alternatives;
  return {
    at,
    fault: [
      'not-folded',
      `"${first.fact.name}" is folded and never equals ${shown(unfolded)}`,
      `write ${shown(unfolded.map((text) => fold(text)))}${forAnySpelling ? `, or compare with "${forAnySpelling}"` : ''}`,
    ],
  };
}

/** `/stop/i`, as JavaScript and sed write a pattern. */
const DELIMITED = /^\/(.+)\/([a-z]*)$/s;
/** `*stop*`, `stop*`, `%stop%`. A percent sign behind a number is an amount. */
const WILDCARDS = /^(?:[*%].*[\p{L}\p{N}].*|.*[\p{L}\p{N}].*\*|.*\p{L}.*%)$/su;

/** `^stop$`, `^(a|b)`: with the signs of a pattern for the start and the end. */
const ANCHORED = /^\^.*[\p{L}\p{N})\]*+.]\$?$|^.*[\p{L}\p{N})\]*+.]\$$/su;

function patternFault(text: string, folded: boolean): Fault | undefined {
  const [, inside, flags = ''] = DELIMITED.exec(text) ?? [];
  if (inside !== undefined) {
    const pattern = `${flags.includes('i') && !folded ? '(?i)' : ''}${inside}`;
    return [
      'notation',
      `"${text}": the slashes are taken as letters of the text`,
      `write "${folded ? pattern.toUpperCase() : pattern}"`,
    ];
  }
  if (/^%.*\p{L}.*%$|^\p{L}[\p{L} ]*%$|^%\p{L}[\p{L} ]*$/su.test(text)) {
    const word = text.replace(/^%+|%+$/g, '').trim();
    return [
      'notation',
      `"${text}": % is a sign of the text in a pattern, not "anything"`,
      `write "${word}": a pattern is found anywhere in the text; for a whole word use "containsWord"`,
    ];
  }
  return folded && requiresSmallLetters(text)
    ? [
        'never-matches',
        `"${text}" requires small letters, and the fact is folded to upper case: it never matches`,
        `write "${text.toUpperCase()}", or "(?i)${text}"`,
      ]
    : undefined;
}

function notationFault(text: string, operator: Operator): Fault | undefined {
  const [, inside] = DELIMITED.exec(text) ?? [];
  if (inside !== undefined)
    return [
      'notation',
      `"${text}" is a pattern, and "${operator.name}" compares words`,
      `use "matches" with "(?i)${inside}", or write the word without slashes`,
    ];
  if (operator.exact && ANCHORED.test(text))
    return [
      'notation',
      `"${text}" is a pattern, and "${operator.name}" compares the whole text with it`,
      `use "matches" with "${text}", or write the text without ^ and $`,
    ];
  const isPhrase = operator.takesPlaceholders === true;
  if (!/[*%]/.test(text) || !WILDCARDS.test(text) || (isPhrase && !text.includes('%')))
    return undefined;
  const word = text.replace(/^[*%.]+|[*%.]+$/g, '').trim();
  return [
    'notation',
    `"${text}": * and % stand for nothing in "${operator.name}"`,
    operator.exact
      ? partHint(text, word, operator)
      : `write "${word}"; for the start or the end of a word use "containsPhrase" with "${word}*" or "*${word}"`,
  ];
}

/** What finds a part of a text: the operator for its start, for its end, or for a word anywhere. */
function partHint(text: string, word: string, { isNegative }: Operator): string {
  const [start, pattern, anywhere] = isNegative
    ? ['doesNotStartWith', 'doesNotMatch', 'doesNotContainWord']
    : ['startsWith', 'matches', 'containsWord'];
  const [isOpenBefore, isOpenBehind] = [/^[*%]/.test(text), /[*%]$/.test(text)];
  if (isOpenBehind && !isOpenBefore) return `use "${start}" with "${word}"`;
  if (isOpenBefore && !isOpenBehind) return `use "${pattern}" with "${escapePattern(word)}$"`;
  return `use "${anywhere}" with "${word}"`;
}

/** lawyer/attorney, (lawyer|attorney), lawyer or attorney. Short words are one expression: and/or, 24/7, yes or no. */
const ALTERNATIVES = /^\(?\p{L}{4,}(?:(?:\s*\/\s*|\s+or\s+)\p{L}{4,})+\)?$/u;
/** Two words that stand for one thing. */
const IDIOMS = /^(?:more or less|sooner or later|trick or treat|dead or alive|heads or tails)$/i;
/** Words that address a person: with a comma they belong to a sentence. */
const SPOKEN =
  /^(?:please|pls|thanks?|thank you|sorry|hello|dear|okay|bitte|danke|hallo|favor|gracias|hola|merci|bonjour|tack|takk|grazie|ciao|obrigad[oa])$/i;
/** Two words with a comma between them, as in a list. */
const TWO_WORDS = /^(\p{L}{4,})\s*,\s*(\p{L}{4,})$/u;

const isPair = (text: string): boolean => {
  const [, ...words] = TWO_WORDS.exec(text) ?? [];
  return words.length > 0 && !words.some((word) => SPOKEN.test(word));
};

/** "a, b, c" as one text. One comma alone may belong to a sentence: "no, thanks". */
function severalFault(text: string, operator: Operator, alone: boolean): Fault | undefined {
  const isChoice = ALTERNATIVES.test(text) && !IDIOMS.test(text);
  const parts = text
    .replace(/^\((.*)\)$/s, '$1')
    .split(isChoice ? /\s*\/\s*|\s+or\s+/ : /\s*[,;|，、；\n]\s*|\s+OR\s+/)
    .filter((part) => part !== '');
  const short = parts.every((part) => part.split(/\s+/).length <= 2);
  const listed =
    parts.length > 2 ||
    (parts.length === 2 && (alone || isChoice || isPair(text) || /[;|\n]| OR /.test(text)));
  if (!listed || !short || operator.takesPlaceholders) return undefined;
  return [
    'several-in-one',
    `"${text}" is compared as one text: nothing is found unless all of it is written so`,
    `write ${JSON.stringify(parts)}`,
  ];
}

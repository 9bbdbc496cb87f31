import type * as v from 'valibot';
import type { Lists } from '../../callbacks/facts/fact.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { closest, partsOf } from '../model/closest.ts';
import { formatIssue } from '../model/finding.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import { escapePattern, formatList } from '../model/format.ts';
import { isListName } from '../model/lists.ts';
import { meantDuration, meantScalar, meantTimeOfDay } from '../model/meant-values.ts';
import { nothingHint } from '../model/names/engine-words.ts';
import { meantKey } from '../model/names/other-names.ts';
import { hoursHint, remedyOf } from '../model/remedies.ts';
import { keysAt } from '../model/schema-keys.ts';
import { milliseconds } from '../model/values.ts';
import type { FactEntry } from '../model/vocabulary.ts';
import { operatorNamed } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';

/** What is wrong inside the value of a comparison, and where. */
interface InsideFault {
  readonly path: readonly (string | number)[];
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string | undefined;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  timeZone: '"timeZone": "Europe/Stockholm"',
  from: '"from": "09:00"',
  to: '"to": "17:00"',
};

/**
 * Returns what is wrong inside a value that is an object: office hours. An unknown key comes first, because what is
 * missing is often only misspelt. A missing key is shown at the operator that requires it.
 */
export function insideValue(
  issues: readonly v.BaseIssue<unknown>[],
  schema: v.GenericSchema,
  value: unknown,
): InsideFault | undefined {
  const inner = issues.filter(({ path }) => path !== undefined && !Array.isArray(value));
  const unknown = inner.find(({ expected }) => expected === 'never');
  const issue = unknown ?? inner.find(({ received }) => received === 'undefined') ?? inner[0];
  if (!issue) return undefined;
  const keys = (issue.path ?? []).map((item) => item.key as string | number); // JSON has no other keys
  const key = String(keys.at(-1));
  const known = keysAt(schema, keys.slice(0, -1), value);
  if (issue === unknown)
    return {
      path: ['value', ...keys],
      code: 'unknown-key',
      message: `unknown key "${key}"`,
      hint:
        closest(key, known) ?? calledHere(key, known) ?? `allowed are ${formatList(known, 'and')}`,
    };
  if (issue.received === 'undefined')
    return {
      path: ['operator'],
      code: 'missing-key',
      message: `"${key}" is missing in its value`,
      hint: Object.hasOwn(EXAMPLES, key) ? `add ${EXAMPLES[key]}` : undefined,
    };
  return {
    path: ['value', ...keys],
    code: 'value-does-not-suit',
    message: `${keys.join('.')}: ${formatIssue(issue)}`,
    hint: remedyOf(issue),
  };
}

/** The key that a name from elsewhere means. */
const calledHere = (key: string, known: readonly string[]): string | undefined => {
  const meant = meantKey(key, known);
  return meant === undefined ? undefined : `"${key}" is called "${meant}" here`;
};

/** The seconds of a duration like "1h", for a fact that counts seconds. */
function secondsIn(fact: string, written: string): number | undefined {
  const duration = fact.endsWith('_seconds') ? meantDuration(written) : undefined;
  return duration === undefined ? undefined : milliseconds(duration) / 1000;
}

/** What to write instead of a pattern that RE2 does not take. */
function patternHint(pattern: string): string {
  const [, word = ''] = /^\*+\s*([\p{L}\p{N} ]+?)\s*\**$/u.exec(pattern) ?? [];
  if (word !== '') return `use "containsWord" with "${word}"`;
  if (/\(\?<?[=!]/.test(pattern))
    return 'write two comparisons in an "all", "matches" and "doesNotMatch", instead of (?=…) and (?!…)';
  if (/\\\d/.test(pattern)) return 'write the words out instead of \\1';
  return 'close every bracket; for a sign itself, write \\\\ before it in the file, or use "containsWord"';
}

/** The hint for a text where a list belongs: a list of what it names, if that are several values of the fact. */
function listHint({ known = [] }: FactEntry, text: string): string {
  const parts = partsOf(text);
  const several =
    text.includes(',') || (known.length > 0 && parts.some((part) => known.includes(part)));
  return parts.length > 1 && several
    ? `write a list: ${JSON.stringify(parts)}`
    : `write a list, even of one: ["${text}"]`;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

/** The names of lists in an object that is meant to name some. */
const listIn = (value: Readonly<Record<string, unknown>>): unknown =>
  Object.values(value).find((one) => typeof one === 'string' || (isTexts(one) && one.length > 0));

/** The hint for a value that the operator does not take. */
export function hintFor(
  fact: FactEntry,
  operator: Operator,
  value: unknown,
  lists: Lists,
): string | undefined {
  if (operator.readsPattern && typeof value === 'string') return patternHint(value);
  if (operator.readsPattern && isTexts(value))
    return `use "${operator.isNegative ? 'doesNotContainWord' : 'containsWord'}" with this list, or write one pattern: "${value.map(escapePattern).join('|')}"`;
  if (operator.readsClock && !isRecord(value)) return hoursHint(value);
  if (operator.takesNoValue)
    return value === false ? `use "${operator.negation}"` : 'remove "value"';
  if (value === null) return nothingHint(fact.name, operator.name);
  if (value === undefined)
    return operator.alternatives.forPresence
      ? `write a "value"; to ask whether it is there at all, ${nothingHint(fact.name, operator.name)}`
      : 'write a "value"';
  if (isRecord(value) && operator.takesList) {
    // {"SMS": true, "RCS": true}
    const keys = Object.keys(value);
    if (keys.length > 0 && keys.every((key) => fact.known?.includes(key)))
      return `write ${JSON.stringify(keys)}`;
    return `write {"list": ${JSON.stringify(listIn(value) ?? 'stop-words-en')}}`;
  }
  const listed = Array.isArray(value) && operator.takesList ? value.filter(isRecord) : [];
  if (listed.length > 0) {
    const names = listed.flatMap((one) => listIn(one) ?? []);
    return `write {"list": ${JSON.stringify(names.length === 1 ? names[0] : names)}}`;
  }
  if (fact.type === 'time' && meantTimeOfDay(value) !== undefined)
    return 'for hours of every day use "withinHours" with {"from": "09:00", "to": "17:00", "timeZone": "Europe/Stockholm"}';
  const { forLists } = operator.alternatives;
  if (Array.isArray(value) && value.some(Array.isArray))
    return `write the values without inner brackets: ${JSON.stringify(value.flat())}`;
  if (Array.isArray(value) && forLists) return `use "${forLists}"`;
  if (Array.isArray(value) && value.length === 1 && !operator.takesList)
    return `write ${JSON.stringify(value[0])} without [ ]`;
  if (fact.type === 'text' && typeof value === 'number') return `write it in quotes: "${value}"`;
  if (!Array.isArray(value) && operator.takesList) {
    if (typeof value !== 'string' || !operator.exact) return undefined;
    return isListName(value, Object.keys(lists))
      ? `write {"list": "${value}"}`
      : listHint(fact, value);
  }
  if (fact.type === 'number' && typeof value === 'string') {
    const number = secondsIn(fact.name, value) ?? meantScalar(value, 'number');
    return number === undefined ? undefined : `write ${number} without quotes`;
  }
  if (fact.type === 'boolean') {
    const meant = meantScalar(value, 'boolean');
    return meant === undefined ? undefined : `write ${meant} without quotes`;
  }
  return undefined;
}

/** What to say of an operator that is written as the key of its value: {"fact": "status", "equal": "FAILED"}. */
export function operatorKeyWords(key: string, written: Record<string, unknown>) {
  if (written.operator !== undefined || !operatorNamed(key)) return undefined;
  const value = JSON.stringify(written[key]);
  return {
    hint: `write "operator": "${key}", "value": ${value.length < 80 ? value : '…'}`,
    means: ['operator', 'value'],
  };
}

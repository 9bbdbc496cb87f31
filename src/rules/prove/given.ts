import type { Callback } from '../../callbacks/callback.ts';
import { coerceFact, type FactValue } from '../../callbacks/facts/fact.ts';
import { closest } from '../model/closest.ts';
import { factEntry, factNames } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { meantScalar } from '../model/meant-values.ts';
import { factHint } from '../model/names/other-names.ts';
import type { Example } from '../model/rule.ts';
import type { FactEntry } from '../model/vocabulary.ts';

/** What each type of fact is called, and an example of it. */
const KINDS: Readonly<Record<FactEntry['type'], string>> = {
  text: 'a text, like "SMS"',
  number: 'a number, like 3',
  boolean: 'true or false',
  list: 'a list, like ["a", "b"]',
  time: 'a time, like "2026-11-02T09:00:00Z"',
  json: 'an object',
};

/** A fault of a given fact. */
export type GivenFault = Required<Pick<Finding, 'code' | 'message' | 'hint'>>;

/** The value of a given fact; `undefined` is missing. */
const settle = ({ type }: FactEntry, value: unknown): FactValue =>
  coerceFact(type, type === 'time' && typeof value === 'string' ? Date.parse(value) : value);

/** What is wrong with a given fact: its name, or a value that it cannot have. `null` and an empty text stand for "missing". */
export function givenFault(name: string, value: unknown): GivenFault | undefined {
  const fact = factEntry(name);
  if (!fact)
    return {
      code: 'unknown-fact',
      message: `no fact is called "${name}"`,
      hint:
        factHint(name, factNames()) ?? closest(name, factNames()) ?? 'see docs/reference/facts.md',
    };
  if (value === null || value === '' || settle(fact, value) !== undefined) return undefined;
  const meant = meantScalar(value, fact.type);
  return {
    code: 'bad-value',
    message: `"${name}" is ${KINDS[fact.type]}, found ${JSON.stringify(value)}`,
    hint:
      meant === undefined
        ? 'write such a value, or leave the fact out: then it is missing'
        : `write ${meant} without quotes`,
  };
}

/** Returns the facts under `given`, converted to their types. Throws for an unknown fact or a wrong type. */
export function readGiven({ given = {} }: Pick<Example, 'given'>): ReadonlyMap<string, FactValue> {
  const facts = new Map<string, FactValue>();
  for (const [name, value] of Object.entries(given)) {
    const fault = givenFault(name, value);
    if (fault) throw new Error(`"given": ${fault.message}`);
    const fact = factEntry(name);
    if (fact) facts.set(name, settle(fact, value));
  }
  return facts;
}

/** Returns a callback with some of its facts replaced. */
export const withFacts = (callback: Callback, given: ReadonlyMap<string, FactValue>): Callback =>
  given.size === 0
    ? callback
    : {
        ...callback,
        fact: (name, lists) => (given.has(name) ? given.get(name) : callback.fact(name, lists)),
      };

import { isRecord } from '../../callbacks/shapes/parts.ts';
import { factEntry } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { listsCalled } from '../model/lists.ts';
import type { RulebookSource } from '../model/rule.ts';
import type { FactEntry } from '../model/vocabulary.ts';
import { operatorNamed } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';

/** A comparison as it is written in a file. */
export interface WrittenComparison {
  readonly file: string;
  /** The position of the comparison. */
  readonly path: Finding['path'];
  readonly fact: FactEntry;
  readonly operator: Operator;
  /** The texts in it, with their positions; none for named lists. */
  readonly texts: readonly { readonly text: string; readonly path: Finding['path'] }[];
  /** The named lists, a family as its members. */
  readonly lists: readonly string[];
}

/** Returns the comparisons of all rules and shared conditions whose fact and operator are known. */
export function comparisonsIn(source: RulebookSource): readonly WrittenComparison[] {
  const names = Object.values(source.lists).flatMap((list) =>
    isRecord(list) && typeof list.name === 'string' ? list.name : [],
  );
  const found: WrittenComparison[] = [];
  const walk = (value: unknown, file: string, path: Finding['path']): void => {
    if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) walk(item, file, [...path, at]);
      return;
    }
    if (!isRecord(value)) return;
    const fact = typeof value.fact === 'string' ? factEntry(value.fact) : undefined;
    const operator = typeof value.operator === 'string' ? operatorNamed(value.operator) : undefined;
    if (fact && operator)
      found.push({ file, path, fact, operator, ...operandsOf(value.value, path, names) });
    for (const key of ['all', 'any', 'not']) walk(value[key], file, [...path, key]);
  };
  for (const [file, value] of Object.entries({ ...source.rules, ...source.conditions })) {
    if (!isRecord(value)) continue;
    walk(value.when, file, ['when']);
    if (isRecord(value.threshold)) walk(value.threshold.among, file, ['threshold', 'among']);
  }
  return found;
}

function operandsOf(
  value: unknown,
  path: Finding['path'],
  names: readonly string[],
): Pick<WrittenComparison, 'texts' | 'lists'> {
  if (isRecord(value)) {
    const lists = [value.list]
      .flat()
      .flatMap((name) => (typeof name === 'string' ? listsCalled(name, names) : []));
    return { texts: [], lists };
  }
  const texts = Array.isArray(value)
    ? value.flatMap((text, at) =>
        typeof text === 'string' ? { text, path: [...path, 'value', at] } : [],
      )
    : typeof value === 'string'
      ? [{ text: value, path: [...path, 'value'] }]
      : [];
  return { texts, lists: [] };
}

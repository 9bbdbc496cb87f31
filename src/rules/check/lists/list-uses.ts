import * as v from 'valibot';
import { isRecord } from '../../../callbacks/shapes/parts.ts';
import { noItems, unsuitableItem } from '../../compile/list-values.ts';
import type { Finding } from '../../model/finding.ts';
import { meantScalar } from '../../model/meant-values.ts';
import { type AnalysisContext, warning } from '../analysis-context.ts';
import { comparisonsIn, type WrittenComparison } from '../comparisons.ts';

/**
 * Reports named lists that a comparison cannot use: one without values, and a value that the operator does not take. The
 * finding of the rule follows from the list's own.
 */
export function listUses({ source }: Pick<AnalysisContext, 'source'>): readonly Finding[] {
  const lists = Object.entries(source.lists).flatMap(([file, list]) =>
    // A value that is neither a number nor a text with letters is an error of the list itself.
    isRecord(list) &&
    typeof list.name === 'string' &&
    Array.isArray(list.values) &&
    list.values.every(isValue)
      ? { file, name: list.name, values: list.values }
      : [],
  );
  const valuesOf = new Map(lists.map(({ name, values }) => [name, values]));
  const comparisons = comparisonsIn(source);
  return lists.flatMap(({ file, name, values }) => {
    const uses = comparisons.filter((one) => one.lists.includes(name));
    if (values.length > 0) return unsuited(file, name, values, uses);
    const alone = uses.some((one) => one.lists.every((other) => valuesOf.get(other)?.length === 0));
    const hint = 'add values to the list, or remove the comparison';
    return alone ? [warning(file, ['values'], 'empty-list', noItems([name]), hint)] : [];
  });
}

const isValue = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** Reports the first value that one of the comparisons does not take. */
function unsuited(
  file: string,
  name: string,
  values: readonly (string | number)[],
  uses: readonly WrittenComparison[],
): readonly Finding[] {
  for (const use of uses) {
    const { fact, operator } = use;
    const schema = operator.takesList ? operator.values[fact.type] : undefined;
    if (!schema || v.safeParse(schema, values).success) continue;
    const found = unsuitableItem({ value: values, lists: [name] }, schema, { [name]: values });
    if (!found) continue;
    const { at, reason } = found;
    const item = values[at];
    const other = typeof item === 'number' ? String(item) : meantScalar(item, 'number');
    const finding = warning(
      file,
      ['values', at],
      'value-does-not-suit',
      `${JSON.stringify(item)}: ${reason}, because ${use.file} compares "${fact.name}" with the list`,
      other === undefined
        ? 'remove it, or move it into a list of its own'
        : `write ${JSON.stringify(other)}`,
    );
    return [{ ...finding, severity: 'error' }];
  }
  return [];
}

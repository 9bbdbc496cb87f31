import * as v from 'valibot';
import type { Lists } from '../../callbacks/facts/fact.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { closest } from '../model/closest.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import { formatList } from '../model/format.ts';
import { listsCalled } from '../model/lists.ts';
import { onlyText } from '../model/remedies.ts';
import { operators } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';

/** Where in a comparison something is wrong, and the file whose finding is the cause, if it is another one. */
export type Where = string | Place;

/** A position in a comparison. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly causedBy?: string;
}

/** Reports what is wrong in a comparison. */
export type Fail = (where: Where, code: FindingCode, message: string, hint?: string) => undefined;

/** The named lists of a rulebook. */
export interface ListContext {
  readonly lists: Lists;
  /** Named lists that have an error. */
  readonly brokenLists: ReadonlySet<string>;
  /** The values of each combination of lists, so that all rules share one array. */
  readonly filled: Map<string, readonly unknown[]>;
}

/** A value whose named lists are replaced by their items. */
export interface FilledValue {
  readonly value: unknown;
  readonly lists?: readonly string[];
}

/** Replaces `{"list": name}` by the items of the list, or of all lists of a family. Reports an error and returns `undefined` if that is not possible. */
export function fillLists(
  value: unknown,
  operator: Operator,
  context: ListContext,
  error: Fail,
): FilledValue | undefined {
  if (Array.isArray(value) && value.length === 0)
    return error('value', 'empty-list', 'the list is empty', 'write at least one value');
  if (!isRecord(value)) return { value };
  if (Object.hasOwn(value, 'fact'))
    return error(
      'value',
      'fact-as-value',
      'a fact cannot be compared with another fact',
      'write the value itself',
    );
  if (!Object.hasOwn(value, 'list')) return { value };
  if (!operator.takesList)
    return error(
      'value',
      'value-does-not-suit',
      `"${operator.name}" takes no list`,
      `operators that take a list: ${operators
        .filter(({ takesList }) => takesList)
        .map(({ name }) => name)
        .join(', ')}`,
    );
  const names = Array.isArray(value.list) ? value.list : [value.list];
  if (Object.keys(value).length > 1 || names.length === 0)
    return error(
      'value',
      'bad-value',
      'expected {"list": name} or {"list": [name, name]} and nothing beside it',
    );
  const items = itemsOf(value.list, context, error);
  return items && { value: items, lists: names };
}

function itemsOf(
  written: unknown,
  { lists, brokenLists, filled }: ListContext,
  error: Fail,
): readonly unknown[] | undefined {
  const names: readonly unknown[] = Array.isArray(written) ? written : [written];
  const key = JSON.stringify(names);
  const known = filled.get(key);
  if (known) return known;
  const items: unknown[] = [];
  for (const [at, name] of names.entries()) {
    const path = ['value', 'list', ...(Array.isArray(written) ? [at] : [])];
    const members = typeof name === 'string' ? listsCalled(name, [...brokenLists]) : [];
    if (members[0] !== undefined)
      return error(
        { path, causedBy: `lists/${members[0]}.json` },
        'broken-list',
        `the list "${members[0]}" has an error`,
        `see lists/${members[0]}.json`,
      );
    const called = typeof name === 'string' ? listsCalled(name, Object.keys(lists)) : [];
    if (called.length === 0)
      return error(
        { path },
        'unknown-list',
        typeof name === 'string'
          ? `no list is called "${name}"`
          : `expected the name of a list, found ${JSON.stringify(name)}`,
        typeof name === 'string' ? listHint(name, Object.keys(lists)) : undefined,
      );
    for (const member of called) items.push(...(lists[member] ?? []));
  }
  const union = [...new Set(items)];
  filled.set(key, union);
  return union;
}

/** The list that is meant: one of a similar name, or the family of lists whose names begin so. */
function listHint(written: string, names: readonly string[]): string {
  const name = written.replace(/^.*[\\/]/, '').replace(/\.json$/i, '');
  if (name !== written && listsCalled(name, names).length > 0) return `write "${name}"`;
  if (listsCalled(`${name}-*`, names).length > 1) return `did you mean the lists "${name}-*"?`;
  return closest(name, names) ?? `create rules/lists/${name}.json, or correct the name`;
}

/** Finds the first of several values that does not suit, and the named list that holds it. */
export function unsuitableItem(
  { value, lists: names }: FilledValue,
  schema: v.GenericSchema,
  lists: Lists,
):
  | {
      /** Its position among the values. */
      readonly at: number;
      /** Why it does not suit. */
      readonly reason: string;
      readonly message: string;
      readonly hint: string | undefined;
      /** The value of the comparison itself, or the list that holds it. */
      readonly place: Partial<Place>;
    }
  | undefined {
  if (!Array.isArray(value)) return undefined;
  for (const [at, item] of value.entries()) {
    const alone = v.safeParse(schema, [item]);
    if (alone.success) continue;
    const name = names
      ?.flatMap((written) => listsCalled(written, Object.keys(lists)))
      .find((list) => lists[list]?.includes(item));
    const which = `${JSON.stringify(item)}${name === undefined ? '' : ` of the list "${name}"`}`;
    const [{ type, input, message }] = alone.issues;
    const reason = type === 'check' || input === item ? message : 'expected a text';
    const causedBy = name === undefined ? undefined : `lists/${name}.json`;
    return {
      at,
      reason,
      message: `${which}: ${reason}`,
      hint: causedBy !== undefined ? `see ${causedBy}` : itemHint(item, value),
      place: causedBy === undefined ? { path: ['value', at] } : { causedBy },
    };
  }
  return undefined;
}

/** What to write instead of an item that the operator does not take. */
function itemHint(item: unknown, whole: readonly unknown[]): string {
  if (isRecord(item) && typeof item.list === 'string')
    return `a list stands in place of the values: write {"list": ${JSON.stringify(item.list)}}`;
  if (Array.isArray(item))
    return `write the values without inner brackets: ${JSON.stringify(whole.flat())}`;
  if (typeof item === 'number') return `write it in quotes: "${item}"`;
  const only = isRecord(item) ? onlyText(item) : undefined;
  return only === undefined ? 'correct it, or remove it' : `write ${JSON.stringify(only)}`;
}

/** The message for named lists without items. */
export const noItems = (lists: readonly string[]): string =>
  `${formatList(lists, 'and')}: no values, so the comparison never holds`;

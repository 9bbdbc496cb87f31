import * as v from 'valibot';
import type { FactType, Lists } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { closest, nearestName } from '../model/closest.ts';
import { factEntry, factNames, isCarried, pathFault } from '../model/facts.ts';
import { formatIssue, type Report } from '../model/finding.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import { formatList } from '../model/format.ts';
import { childPath, type JsonPath, toFindingPath } from '../model/json-path.ts';
import { type Comparison, type Leaf, type Node, useOf } from '../model/tree.ts';
import type { FactEntry } from '../model/vocabulary.ts';
import { operatorNamed, operatorNames } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';

interface LeafReader {
  readonly report: Report;
  readonly lists: Lists;
  readonly brokenLists: ReadonlySet<string>;
  readonly filled: Map<string, readonly unknown[]>;
  readonly on: readonly string[] | undefined;
}

const KEYS: readonly string[] = ['fact', 'operator', 'value', 'path'];

/** Reads one comparison. Whatever is wrong is reported; then the answer is `undefined`. */
export function readLeaf(
  written: Record<string, unknown>,
  place: JsonPath,
  reader: LeafReader,
): Comparison | undefined {
  let faults = 0;
  const error: Fail = (key, code, message, hint) => {
    faults++;
    reader.report.error(toFindingPath(childPath(place, key)), { code, message, hint });
  };
  for (const key of Object.keys(written)) {
    if (!KEYS.includes(key))
      error(
        key,
        'unknown-key',
        `unknown key "${key}"`,
        closest(key, [...KEYS, 'all', 'any', 'not', 'condition']),
      );
  }
  const fact = readFact(written, reader, error);
  const operator = readOperator(written, error);
  if (!fact || !operator) return undefined;
  const path = readPath(written, fact, operator, error);
  const type: FactType = path === undefined ? fact.type : 'json';
  const schema = operator.values[type];
  const unsuited = (message: string) =>
    error(
      'operator',
      'operator-does-not-suit',
      message,
      `these do: ${suiting(fact, type).join(', ')}`,
    );
  if (!schema) return unsuited(`"${operator.name}" does not suit "${fact.name}", a ${type}`);
  if (operator.expansion && !isRemembered(fact))
    return unsuited(`"${operator.name}": nobody remembers the earlier value of "${fact.name}"`);
  const filled = fillLists(written.value, operator, reader, error);
  if (faults > 0 || !filled) return undefined;
  const checked = v.safeParse(schema, filled.value);
  if (!checked.success) {
    const [issue] = checked.issues;
    const inside = v.getDotPath(issue);
    const culprit = operator.takesList ? culpritOf(filled, schema, reader.lists) : undefined;
    const what =
      Array.isArray(filled.value) && !operator.takesList
        ? 'expected one value, found a list'
        : formatIssue(issue);
    if (culprit)
      return error(
        'value',
        'value-does-not-suit',
        `"${fact.name}" ${operator.name}: ${culprit.words}`,
        culprit.wayOut,
      );
    return error(
      'value',
      'value-does-not-suit',
      `"${fact.name}" ${operator.name}: ${inside ? `${inside}: ` : ''}${what}`,
      wayOut(fact, operator, filled.value),
    );
  }
  // What came from a shared condition was warned of there.
  if (!place.reportedAt)
    warn(fact, operator, filled, type, reader.report, childPath(place, 'value'));
  return {
    use: useOf(fact, path),
    operator,
    value: filled.value,
    ...(filled.lists && { lists: filled.lists }),
  };
}

/** Whether the earlier value of a fact is at hand, for `changedTo` and its kin. */
const isRemembered = ({ previous }: FactEntry): boolean =>
  previous !== undefined && factEntry(previous) !== undefined;

/** The names of the operators that a fact may be compared by. */
const suiting = (fact: FactEntry, type: FactType): readonly string[] =>
  operatorNames(type).filter((name) => isRemembered(fact) || !operatorNamed(name)?.expansion);

type Fail = (key: string, code: FindingCode, message: string, hint?: string) => undefined;

function readFact(
  written: Record<string, unknown>,
  { on }: LeafReader,
  error: Fail,
): FactEntry | undefined {
  const name = written.fact;
  if (name === undefined) return error('fact', 'missing-key', '"fact" is missing');
  if (typeof name !== 'string')
    return error('fact', 'bad-value', '"fact": expected the name of a fact');
  const fact = factEntry(name);
  if (!fact) {
    const dotted = name.startsWith('payload.')
      ? `write "fact": "payload", "path": "${name.slice(8)}"`
      : undefined;
    return error(
      'fact',
      'unknown-fact',
      `no fact is called "${name}"`,
      dotted ??
        closest(name, factNames()) ??
        'any field can be reached by "fact": "payload" with a "path"',
    );
  }
  if (on && !isCarried(fact, on)) {
    return error(
      'fact',
      'fact-not-carried',
      `"${name}" never comes with ${formatList(on)}`,
      `it comes with ${formatList(fact.triggers, 'and')}`,
    );
  }
  return fact;
}

function readOperator(written: Record<string, unknown>, error: Fail): Operator | undefined {
  const name = written.operator;
  if (name === undefined) return error('operator', 'missing-key', '"operator" is missing');
  if (typeof name !== 'string')
    return error('operator', 'bad-value', '"operator": expected the name of an operator');
  if (name.includes(':'))
    return error(
      'operator',
      'decorator',
      `"${name}": decorators are not allowed`,
      'use a named list, or "all" and "any"',
    );
  return (
    operatorNamed(name) ??
    error(
      'operator',
      'unknown-operator',
      `no operator is called "${name}"`,
      closest(name, operatorNames()),
    )
  );
}

function readPath(
  written: Record<string, unknown>,
  fact: FactEntry,
  operator: Operator,
  error: Fail,
): string | undefined {
  const path = written.path;
  if (path === undefined) {
    const whole = fact.type !== 'json' || (operator.takesNoValue && fact.name !== 'payload');
    return whole
      ? undefined
      : error(
          'fact',
          'path-missing',
          `"${fact.name}" needs a "path"`,
          'for example "path": "contact_message.text_message.text"',
        );
  }
  if (typeof path !== 'string')
    return error('path', 'bad-path', '"path": expected a text like "a.b.0"');
  if (fact.type !== 'json')
    return error(
      'path',
      'path-unexpected',
      `"${fact.name}" is a ${fact.type}: it has no paths`,
      'leave "path" out',
    );
  const fault = pathFault(path);
  return fault ? error('path', 'bad-path', `"${path}": ${fault}`) : path;
}

interface Filled {
  readonly value: unknown;
  readonly lists?: readonly string[];
}

function fillLists(
  value: unknown,
  operator: Operator,
  { lists, brokenLists, filled }: LeafReader,
  error: Fail,
): Filled | undefined {
  if (Array.isArray(value) && value.length === 0)
    return error('value', 'empty-list', 'the list is empty');
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
      '"in", "says" and the word operators do',
    );
  const names = Array.isArray(value.list) ? value.list : [value.list];
  if (Object.keys(value).length > 1 || names.length === 0)
    return error(
      'value',
      'bad-value',
      'expected {"list": name} or {"list": [name, name]} and nothing beside it',
    );
  const key = JSON.stringify(names);
  const known = filled.get(key);
  if (known) return { value: known, lists: names };
  const values: unknown[] = [];
  for (const name of names) {
    const list = typeof name === 'string' ? lists[name] : undefined;
    if (typeof name === 'string' && brokenLists.has(name))
      return error(
        'value',
        'broken-list',
        `the list "${name}" has an error`,
        `see lists/${name}.json`,
      );
    if (!list)
      return error(
        'value',
        'unknown-list',
        `no list is called "${name}"`,
        closest(String(name), Object.keys(lists)),
      );
    values.push(...list);
  }
  const union = [...new Set(values)];
  filled.set(key, union);
  return { value: union, lists: names };
}

/** The one value among several that does not suit, and the named list that it stands in. */
function culpritOf({ value, lists: names }: Filled, schema: v.GenericSchema, lists: Lists) {
  if (!Array.isArray(value)) return undefined;
  for (const one of value) {
    const alone = v.safeParse(schema, [one]);
    if (alone.success) continue;
    const name = names?.find((list) => lists[list]?.includes(one));
    const which = `${JSON.stringify(one)}${name === undefined ? '' : ` of the list "${name}"`}`;
    const [{ type, input, message }] = alone.issues;
    const why = type === 'check' || input === one ? message : 'expected a text';
    return {
      words: `${which}: ${why}`,
      wayOut: name === undefined ? undefined : `see lists/${name}.json`,
    };
  }
  return undefined;
}

/** Warnings: an unseen value, an unfolded one, a named list without values. */
function warn(
  fact: FactEntry,
  operator: Operator,
  { value, lists }: Filled,
  type: FactType,
  report: Report,
  place: JsonPath,
): void {
  if (lists && Array.isArray(value) && value.length === 0) {
    report.warning(toFindingPath(place), {
      code: 'empty-list',
      message: `${formatList(lists, 'and')}: no values, so nothing is ever in it`,
    });
  }
  if (!operator.exact || type === 'json') return;
  for (const text of Array.isArray(value) ? value : [value]) {
    if (typeof text !== 'string') continue;
    if (fact.folded && fold(text) !== text) {
      report.warning(toFindingPath(place), {
        code: 'not-folded',
        message: `"${fact.name}" is folded and never equals "${text}"`,
        hint: `write "${fold(text)}", or use "says"`,
      });
    } else if (!lists && fact.known && !fact.known.includes(text)) {
      const meant = nearestName(text, fact.known);
      report.warning(toFindingPath(place), {
        code: 'unseen-value',
        message: `"${fact.name}" was never seen to be "${text}"`,
        hint: meant ? `did you mean "${meant}"?` : `known values: ${fact.known.join(', ')}`,
      });
    }
  }
}

function wayOut(fact: FactEntry, operator: Operator, value: unknown): string | undefined {
  if (value === undefined) return 'write a "value"';
  if (Array.isArray(value) && operator.name === 'equal') return 'use "in"';
  if (Array.isArray(value) && operator.name === 'notEqual') return 'use "notIn"';
  if (!Array.isArray(value) && operator.takesList) return undefined;
  if (fact.type === 'text' && typeof value === 'number') return `write it in quotes: "${value}"`;
  return undefined;
}

/** A comparison made ready, negated where an odd number of `not` stands above it. `changedTo` and its kin become groups. */
export function bindLeaf(comparison: Comparison, negated: boolean): Node {
  const operator = negated ? operatorNamed(comparison.operator.negation) : comparison.operator;
  if (!operator) throw new Error(`the negation of ${comparison.operator.name} is not in the list`);
  const { expansion } = operator;
  const before =
    expansion && comparison.use.fact.previous !== undefined
      ? factEntry(comparison.use.fact.previous)
      : undefined;
  const { use, value, lists } = comparison;
  if (!expansion || !before)
    return {
      kind: 'leaf',
      use,
      operator,
      value,
      ...(lists && { lists }),
      holds: operator.bind(value),
    };
  const turned = { ...comparison, operator };
  return {
    kind: expansion.group,
    comparison: turned,
    of: [half(turned, turned.use.fact, expansion.now), half(turned, before, expansion.before)],
  };
}

function half(comparison: Comparison, fact: FactEntry, name: string): Leaf {
  const operator = operatorNamed(name);
  if (!operator) throw new Error(`${name} is not in the list of operators`);
  return {
    kind: 'leaf',
    use: useOf(fact),
    operator,
    value: comparison.value,
    holds: operator.bind(comparison.value),
  };
}

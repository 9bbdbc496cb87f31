import * as v from 'valibot';
import type { FactType } from '../../callbacks/facts/fact.ts';
import { nearestName } from '../model/closest.ts';
import { factEntry, isCarried, pathFault } from '../model/facts.ts';
import { formatIssue, type Report } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { childPath, type JsonPath, toFindingPath } from '../model/json-path.ts';
import { conditionKeyWords, ruleKeyWords } from '../model/names/engine-words.ts';
import { factAsKey } from '../model/names/fact-as-key.ts';
import { operatorForType, operatorHint } from '../model/names/operator-words.ts';
import { unknownFactHint } from '../model/names/unknown-fact.ts';
import { remedyOf } from '../model/remedies.ts';
import { type Comparison, useOf } from '../model/tree.ts';
import type { FactEntry } from '../model/vocabulary.ts';
import { operatorNamed, operatorNames } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';
import { hintFor, insideValue, operatorKeyWords } from './inside-value.ts';
import { warnOfValue } from './leaf-warnings.ts';
import {
  type Fail,
  type FilledValue,
  fillLists,
  type ListContext,
  type Place,
  unsuitableItem,
} from './list-values.ts';

interface LeafReader extends ListContext {
  readonly report: Report;
  readonly on: readonly string[] | undefined;
}

const KEYS: readonly string[] = ['fact', 'operator', 'value', 'path'];

/** Reads one comparison. Reports every error; with an error, returns `undefined`. */
export function readLeaf(
  written: Record<string, unknown>,
  path: JsonPath,
  reader: LeafReader,
): Comparison | undefined {
  let errors = 0;
  const error: Fail = (where, code, message, hint) => {
    errors++;
    const { path: keys, causedBy } =
      typeof where === 'string' ? { path: [where], causedBy: undefined } : where;
    const place = keys.reduce((up: JsonPath, key) => childPath(up, key), path);
    reader.report.error(toFindingPath(place), { code, message, hint, causedBy });
  };
  const meant = new Set<string>();
  for (const key of Object.keys(written)) {
    if (KEYS.includes(key)) continue;
    const words = conditionKeyWords(key) ?? operatorKeyWords(key, written);
    const other = words ? undefined : (factAsKey(key, written[key]) ?? ruleKeyWords(key)?.hint);
    const similar =
      words || other ? undefined : nearestName(key, [...KEYS, 'all', 'any', 'not', 'condition']);
    for (const known of words?.means ?? [similar]) if (known !== undefined) meant.add(known);
    const hint =
      words?.hint ??
      other ??
      (similar === undefined
        ? `allowed are ${formatList(KEYS, 'and')}`
        : `did you mean "${similar}"?`);
    error(key, 'unknown-key', `unknown key "${key}"`, hint);
  }
  if (written.fact === undefined && written.operator === undefined) {
    // An unknown key says what is meant: it is reported already.
    if (errors === 0)
      error(
        { path: [] },
        'missing-key',
        'this condition is empty',
        'write {"fact": "channel", "operator": "equal", "value": "SMS"}; for every callback, {"fact": "trigger", "operator": "present"}',
      );
    return undefined;
  }
  // A misspelt key is reported already.
  if ((['fact', 'operator'] as const).some((key) => written[key] === undefined && meant.has(key)))
    return undefined;
  const fact = readFact(written, reader, error);
  const operator = readOperator(written, fact, error);
  if (!fact || !operator) return undefined;
  const field = readPath(written, fact, operator, error);
  const type: FactType = field === undefined ? fact.type : 'json';
  const schema = schemaFor(operator, fact, type, error);
  if (!schema) return undefined;
  const filled = fillLists(written.value, operator, reader, error);
  if (errors > 0 || !filled || !suits(filled, schema, fact, operator, reader, error))
    return undefined;
  // The values of a shared condition are checked once, in its own file.
  if (!path.reportedAt) warnOfValue(fact, operator, filled, type, reader, childPath(path, 'value'));
  return {
    use: useOf(fact, field),
    operator,
    value: filled.value,
    ...(filled.lists && { lists: filled.lists }),
  };
}

function schemaFor(
  operator: Operator,
  fact: FactEntry,
  type: FactType,
  error: Fail,
): v.GenericSchema | undefined {
  const schema = operator.values[type];
  const problem = !schema
    ? `"${operator.name}" does not suit "${fact.name}", a ${type}`
    : operator.expansion && !hasPrevious(fact)
      ? `"${operator.name}": the previous value of "${fact.name}" is not stored`
      : undefined;
  if (problem === undefined) return schema;
  const meant = operatorForType(operator.name, type);
  const clock = operator.readsClock ? 'the time of a callback is the fact "event_time"; ' : '';
  const hint = `${clock}${meant ? `use "${meant}"; ` : ''}operators that suit: ${suitableOperators(fact, type).join(', ')}`;
  return error('operator', 'operator-does-not-suit', problem, hint);
}

/** Whether the previous value of a fact is stored, for `changedTo` and similar operators. */
const hasPrevious = ({ previous }: FactEntry): boolean =>
  previous !== undefined && factEntry(previous) !== undefined;

const suitableOperators = (fact: FactEntry, type: FactType): readonly string[] =>
  operatorNames(type).filter((name) => hasPrevious(fact) || !operatorNamed(name)?.expansion);

/** The schemas that the values of named lists satisfy: a list is validated once, however many rules name it. */
const suited = new WeakMap<readonly unknown[], Set<v.GenericSchema>>();

function suitedBy(list: readonly unknown[]): Set<v.GenericSchema> {
  const schemas = suited.get(list) ?? new Set();
  suited.set(list, schemas);
  return schemas;
}

const isKnownToSuit = ({ value, lists }: FilledValue, schema: v.GenericSchema): boolean =>
  lists !== undefined && Array.isArray(value) && suitedBy(value).has(schema);

function suits(
  filled: FilledValue,
  schema: v.GenericSchema,
  fact: FactEntry,
  operator: Operator,
  { lists }: ListContext,
  error: Fail,
): boolean {
  if (isKnownToSuit(filled, schema)) return true;
  const checked = v.safeParse(schema, filled.value);
  if (checked.success) {
    if (filled.lists && Array.isArray(filled.value)) suitedBy(filled.value).add(schema);
    return true;
  }
  const fail = (message: string, hint?: string, more: Partial<Place> = {}): false => {
    const where = { path: ['value'], ...more };
    error(where, 'value-does-not-suit', `"${fact.name}" ${operator.name}: ${message}`, hint);
    return false;
  };
  const other = operatorNamed(operator.alternatives.forTexts ?? '');
  const text = fact.type === 'text' ? other?.values.text : undefined;
  const items = Array.isArray(filled.value) ? filled.value : [filled.value];
  // One value among others that suit is a mistake of its own.
  if (other && text && v.is(text, filled.value) && !items.some((one) => v.is(schema, one))) {
    const [{ issues: inner = [] }] = checked.issues;
    const message = `"${operator.name}" does not suit "${fact.name}" here: ${formatIssue(inner[0] ?? checked.issues[0])}`;
    error('operator', 'operator-does-not-suit', message, `use "${other.name}"`);
    return false;
  }
  const item = operator.takesList ? unsuitableItem(filled, schema, lists) : undefined;
  if (item) return fail(item.message, item.hint, item.place);
  const inside = insideValue(checked.issues, schema, filled.value);
  if (inside) {
    const { path, code, message, hint } = inside;
    error({ path }, code, `"${fact.name}" ${operator.name}: ${message}`, hint);
    return false;
  }
  const [issue] = checked.issues;
  const message =
    Array.isArray(filled.value) && !operator.takesList
      ? 'expected one value, found a list'
      : formatIssue(issue);
  return fail(message, hintFor(fact, operator, filled.value, lists) ?? remedyOf(issue));
}

function readFact(
  written: Record<string, unknown>,
  { on }: LeafReader,
  error: Fail,
): FactEntry | undefined {
  const name = written.fact;
  if (name === undefined)
    return error(
      'fact',
      'missing-key',
      '"fact" is missing',
      'add what is compared: "fact": "channel"',
    );
  if (typeof name !== 'string')
    return error('fact', 'bad-value', '"fact": expected the name of a fact');
  const fact = factEntry(name);
  if (!fact) {
    return error(
      'fact',
      'unknown-fact',
      `no fact is called "${name}"`,
      unknownFactHint(name, written.value),
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

function readOperator(
  written: Record<string, unknown>,
  fact: FactEntry | undefined,
  error: Fail,
): Operator | undefined {
  const name = written.operator;
  const names = fact ? suitableOperators(fact, fact.type) : operatorNames();
  const suiting = `operators that suit: ${formatList(names, 'and')}`;
  if (name === undefined)
    return error('operator', 'missing-key', '"operator" is missing', `add it; ${suiting}`);
  if (typeof name !== 'string')
    return error('operator', 'bad-value', '"operator": expected a name');
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
      operatorHint(name, fact?.type, {
        names: operatorNames(),
        negationOf: (one) => operatorNamed(one)?.negation,
      }) ?? suiting,
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
    const whole = fact.type !== 'json' || (operator.takesNoValue && fact.readByPath === undefined);
    return whole
      ? undefined
      : error(
          'fact',
          'path-missing',
          `"${fact.name}" needs a "path"`,
          `for example "path": "${fact.readByPath ?? 'order.id'}"`,
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
  const fault = pathFault(path, fact.name);
  if (fault === undefined) return path;
  const meant = path
    .replace(/^[$./]+/, '')
    .replace(/\[['"]?([^\]'"]*)['"]?\]/g, '.$1')
    .replaceAll('/', '.')
    .replace(/^\./, '');
  const hint = pathFault(meant, fact.name) === undefined ? `write "${meant}"` : undefined;
  return error('path', 'bad-path', `"${path}": ${fault}`, hint);
}

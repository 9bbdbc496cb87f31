import { factEntries, PAYLOAD } from '../model/facts.ts';
import type { FactEntry } from '../model/vocabulary.ts';
import { operators } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';
import { convert, oneOf, type Schema, suggested, where } from './convert.ts';

/** Returns the clauses of a comparison, by kind of fact, so that an editor only offers what suits. */
export function comparisonClauses(lists: readonly string[]): readonly Schema[] {
  const facts = factEntries();
  return [
    { if: { not: { required: ['fact'] } }, then: { properties: { operator: oneOf(operators) } } },
    ...kindsOf(facts).flatMap((kind) => [
      { if: where('fact', kind.names), then: operatorClause(kind) },
      ...valueClauses(kind, lists),
    ]),
    {
      if: where('operator', namesOf(operators.filter(isEmpty))),
      then: { properties: { value: { const: true } } },
    },
    ...pathClauses(facts),
    ...facts.flatMap(({ name, known = [] }) => (known.length > 0 ? knownClauses(name, known) : [])),
  ];
}

/** Returns the names of all facts, each with its description and triggers. */
export const factSchema = (): Schema => ({
  ...oneOf(factEntries().map((fact) => ({ name: fact.name, description: factLine(fact) }))),
  description: 'What is compared.',
});

const factLine = ({ description, triggers, recalled }: FactEntry): string =>
  [
    description,
    triggers.length > 0 ? `Comes with ${triggers.join(', ')}.` : 'Comes with every callback.',
    ...(recalled ? ['Signalbox remembers it: in an example it stands under "given".'] : []),
  ].join(' ');

/** Facts that take the same operators. */
interface Kind {
  readonly type: FactEntry['type'];
  readonly names: string[];
  readonly suiting: readonly Operator[];
}

function kindsOf(facts: readonly FactEntry[]): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { name, type, previous } of facts) {
    const suiting = operators.filter(
      ({ values, expansion }) => values[type] && (!expansion || previous),
    );
    const key = JSON.stringify([type, namesOf(suiting)]);
    const kind = kinds.get(key) ?? { type, names: [], suiting };
    kind.names.push(name);
    kinds.set(key, kind);
  }
  return [...kinds.values()];
}

const operatorClause = ({ type, suiting }: Kind): Schema => ({
  properties: { operator: oneOf(suiting), ...(type !== 'json' && { path: NO_PATH }) },
});

/** A fact of type json needs a path, except for operators that test for presence. */
function pathClauses(facts: readonly FactEntry[]): readonly Schema[] {
  const others = namesOf(facts.filter(({ type, name }) => type === 'json' && name !== PAYLOAD));
  const looking = namesOf(operators.filter((operator) => !isEmpty(operator)));
  return [
    { if: where('fact', [PAYLOAD]), then: { required: ['path'] } },
    { if: both(where('fact', others), where('operator', looking)), then: { required: ['path'] } },
  ];
}

const NO_PATH: Schema = { not: {}, errorMessage: 'Only "payload" and its like have a path.' };

/** Operators that take the same values share a clause. */
function valueClauses({ type, names, suiting }: Kind, lists: readonly string[]): readonly Schema[] {
  const groups = new Map<string, { readonly value: Schema; readonly names: string[] }>();
  for (const operator of suiting) {
    const written = operator.values[type];
    if (!written || isEmpty(operator)) continue;
    const plain = convert(written);
    const value = operator.takesList ? { anyOf: [plain, listSchema(lists)] } : plain;
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { value, names: [] };
    group.names.push(operator.name);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({
    if: both(where('fact', names), where('operator', group.names)),
    then: { properties: { value: group.value }, required: ['value'] },
  }));
}

const listSchema = (lists: readonly string[]): Schema => ({
  type: 'object',
  description: 'The values of a named list, or of several together.',
  properties: {
    list: { anyOf: [suggested(lists), { type: 'array', minItems: 1, items: suggested(lists) }] },
  },
  required: ['list'],
  additionalProperties: false,
});

/** Proposes known values. Other values are allowed. */
function knownClauses(name: string, known: readonly string[]): readonly Schema[] {
  const exact = operators.filter(({ exact, values }) => exact && values.text);
  const [several, single] = [
    exact.filter(({ takesList }) => takesList),
    exact.filter(({ takesList }) => !takesList),
  ];
  return [
    {
      if: both(where('fact', [name]), where('operator', namesOf(single))),
      then: { properties: { value: suggested(known) } },
    },
    {
      if: both(where('fact', [name]), where('operator', namesOf(several))),
      then: { properties: { value: { items: suggested(known) } } },
    },
  ];
}

const both = (a: Schema, b: Schema): Schema => ({ allOf: [a, b] });
const isEmpty = ({ takesNoValue }: Operator): boolean => takesNoValue;
const namesOf = (list: readonly { readonly name: string }[]): readonly string[] =>
  list.map(({ name }) => name);

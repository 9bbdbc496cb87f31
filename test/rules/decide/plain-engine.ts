import { Engine, type TopLevelCondition } from 'json-rules-engine';
import { conditionValues, listValues, OPERATORS } from './arbitraries.ts';
import type { Happening } from './arbitrary-values.ts';
import { judged } from './kleene.ts';

/** What json-rules-engine has of its own. */
const BUILT_IN: readonly string[] = [
  'equal',
  'notEqual',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
];

/**
 * The names of the conditions that hold by plain json-rules-engine: one engine, the conditions as written, no normal
 * form, no sieve, and none of our operators. It keeps its own operators, except where `missing` is to be false under
 * each of them; the others are the naive ones. `null` and `""` in a payload are missing, as they are to Signalbox.
 */
export async function plainly(
  whens: readonly unknown[],
  { facts, recalled, payload, body }: Happening,
  operators: 'its own' | 'false on what is missing',
): Promise<readonly string[]> {
  const engine = new Engine([], {
    allowUndefinedFacts: true,
    pathResolver: (roots, path) =>
      Object.values(roots)
        .map((root) => path.split('.').reduce<unknown>(own, root))
        .find((found) => found !== undefined && found !== null && found !== ''),
  });
  for (const name of OPERATORS) {
    if (operators === 'its own' && BUILT_IN.includes(name)) continue;
    engine.addOperator(name, (seen: unknown, value: unknown) => judged(name, seen, value) === true);
  }
  for (const [name, when] of Object.entries(conditionValues))
    engine.setCondition(name, spelt(when) as TopLevelCondition);
  for (const [at, when] of whens.entries()) {
    engine.addRule({
      conditions: { all: [spelt(when)] } as TopLevelCondition,
      event: { type: `r-${at}` },
    });
  }
  const { events } = await engine.run({
    ...facts,
    previous_quality_rating: recalled,
    payload: { payload, body },
  });
  return events.map(({ type }) => type).sort();
}

const own = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

/** What an operator over a value now and a value before stands for. */
const CHANGES: Readonly<Record<string, readonly [group: string, now: string, before: string]>> = {
  changedTo: ['all', 'equal', 'notEqual'],
  notChangedTo: ['any', 'notEqual', 'equal'],
  changedFrom: ['all', 'notEqual', 'equal'],
  notChangedFrom: ['any', 'equal', 'notEqual'],
};

/** Named lists written out, changes in two comparisons, and a `value` everywhere, as json-rules-engine wants it. */
function spelt(when: unknown): unknown {
  if (Array.isArray(when)) return when.map(spelt);
  if (typeof when !== 'object' || when === null) return when;
  if (!('fact' in when))
    return Object.fromEntries(Object.entries(when).map(([key, inner]) => [key, spelt(inner)]));
  const { fact, operator, value } = when as { fact: string; operator: string; value?: unknown };
  const change = CHANGES[operator];
  if (change) {
    const [group, now, before] = change;
    return {
      [group]: [
        { fact, operator: now, value },
        { fact: `previous_${fact}`, operator: before, value },
      ],
    };
  }
  if (typeof value !== 'object' || value === null || !('list' in value))
    return { ...when, value: value ?? null };
  return { ...when, value: [value.list].flat().flatMap((name) => listValues[String(name)] ?? []) };
}

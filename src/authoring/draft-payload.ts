import type { FactValue } from '../callbacks/facts/fact.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { factEntry } from '../rules/model/facts.ts';
import type { Example } from '../rules/model/rule.ts';
import { evaluateNode, leavesOf } from '../rules/model/tree.ts';
import { openExample } from '../rules/prove/examples.ts';

type Path = readonly (string | number)[];
type Body = Record<string, unknown>;

/** An example built from a sample, or the facts that no field of the sample sets. */
export type Built = { readonly example: Example } | { readonly missing: readonly string[] };

/**
 * Builds a callback with these facts from a sample: finds, for each fact, the field whose change changes the fact. Facts
 * that Signalbox stores become `given`. Verifies that the rule does or does not fire for it.
 */
export async function buildExample(
  frame: Pick<Example, 'name' | 'fires'>,
  sample: Body,
  facts: ReadonlyMap<string, FactValue>,
  rule: CompiledRule,
  rulebook: Rulebook,
): Promise<Built> {
  let example: Example = { ...frame, callback: sample };
  const missing: string[] = [];
  for (const [key, value] of facts) {
    if (await hasFact(example, key, value, rule, rulebook)) continue;
    if (factEntry(key)?.recalled) {
      example = { ...example, given: { ...example.given, [key]: value ?? null } };
      continue;
    }
    const changed = await withFact(example, key, value, rule, rulebook);
    if (changed) example = changed;
    else missing.push(key);
  }
  if (missing.length > 0) return { missing };
  const [{ seen }] = await openExample(rulebook, example);
  await seen.fetch(rule.uses);
  return (evaluateNode(rule.when, seen.peek) === true) === frame.fires
    ? { example }
    : { missing: [...facts.keys()] };
}

/** Whether the rule sees this value of the fact in the example. */
async function hasFact(
  example: Example,
  key: string,
  value: FactValue,
  { when, on }: CompiledRule,
  rulebook: Rulebook,
): Promise<boolean> {
  const use = leavesOf(when).find((leaf) => leaf.use.key === key)?.use;
  if (!use) return false;
  try {
    const [{ callback, seen }] = await openExample(rulebook, example);
    if (!on.includes(callback.trigger)) return false;
    await seen.fetch([use]);
    return JSON.stringify(seen.read(use)) === JSON.stringify(value);
  } catch {
    // A change that makes the callback unreadable is none.
    return false;
  }
}

async function withFact(
  example: Example,
  key: string,
  value: FactValue,
  rule: CompiledRule,
  rulebook: Rulebook,
): Promise<Example | undefined> {
  for (const changed of changesFor(example, key, value))
    if (await hasFact(changed, key, value, rule, rulebook)) return changed;
  if (typeof value !== 'number' || Math.abs(value) > LONGEST_AGE) return undefined;
  // The fact may depend on the time of receipt.
  const [{ callback }] = await openExample(rulebook, example);
  const later = { ...example, at: new Date(callback.eventTime + value * 1_000).toISOString() };
  return (await hasFact(later, key, value, rule, rulebook)) ? later : undefined;
}

/** Ten years in seconds. */
const LONGEST_AGE = 315_360_000;

/** The example with one field changed, the likeliest field first. */
function* changesFor(example: Example, key: string, value: FactValue): Generator<Example> {
  const { callback } = example;
  const name = key.replace(/^payload\./, '');
  const last = name.split('.').at(-1) ?? name;
  const objects = objectsIn(callback, []);
  const places = [
    ...objects.map(({ path }) => [...path, ...name.split('.')]),
    ...objects.flatMap(({ path, value: object }) =>
      Object.keys(object).map((own) => [...path, own]),
    ),
  ];
  places.sort((a, b) => Number(b.at(-1) === last) - Number(a.at(-1) === last));
  const times = typeof value === 'number' ? [new Date(value).toISOString()] : [];
  for (const path of places) {
    if (value === undefined) yield { ...example, callback: without(callback, path) };
    else
      for (const one of [value, ...times])
        yield { ...example, callback: changed(callback, path, one) };
  }
}

/** Every object of a callback, with its path. */
function objectsIn(
  value: unknown,
  path: Path,
): readonly { readonly path: Path; readonly value: object }[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => objectsIn(item, [...path, at]));
  if (!isRecord(value)) return [];
  return [
    { path, value },
    ...Object.entries(value).flatMap(([key, inner]) => objectsIn(inner, [...path, key])),
  ];
}

/** A copy with a value at a path. */
function changed(body: Body, path: Path, value: unknown): Body {
  const copy = structuredClone(body);
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) {
    if (typeof at !== 'object' || at === null) return body;
    if (!Object.hasOwn(at, key)) Reflect.set(at, key, {});
    at = Reflect.get(at, key);
  }
  const last = path.at(-1);
  if (typeof at === 'object' && at !== null && last !== undefined) Reflect.set(at, last, value);
  return copy;
}

/** A copy without what stands at a path. */
function without(body: Body, path: Path): Body {
  const copy = structuredClone(body);
  let at: unknown = copy;
  for (const key of path.slice(0, -1))
    at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
  const last = path.at(-1);
  if (typeof at === 'object' && at !== null && last !== undefined) Reflect.deleteProperty(at, last);
  return copy;
}

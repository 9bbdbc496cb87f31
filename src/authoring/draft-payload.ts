import type { FactValue } from '../callbacks/facts/fact.ts';
import { isRecord, parseJsonText } from '../callbacks/shapes/parts.ts';
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
  const all = await openExample(rulebook, example);
  await Promise.all(all.map(({ seen }) => seen.fetch(rule.uses)));
  return all.some(({ seen }) => evaluateNode(rule.when, seen.peek) === true) === frame.fires
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
    const all = await openExample(rulebook, example);
    const heard = all.filter(({ callback }) => on.includes(callback.trigger));
    await Promise.all(heard.map(({ seen }) => seen.fetch([use])));
    return heard.some(({ seen }) => JSON.stringify(seen.read(use)) === JSON.stringify(value));
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
  if (value !== undefined)
    for (const body of inJsonTexts(callback, name, value)) yield { ...example, callback: body };
  places.sort((a, b) => Number(b.at(-1) === last) - Number(a.at(-1) === last));
  const times = typeof value === 'number' ? [new Date(value).toISOString()] : [];
  for (const path of places) {
    if (value === undefined) yield { ...example, callback: without(callback, path) };
    else
      for (const one of [value, ...times])
        yield { ...example, callback: changed(callback, path, one) };
  }
}

/** The callback with a value inside the JSON text of its metadata, for a fact like `metadata_json.order.id`. */
function* inJsonTexts(callback: Body, name: string, value: FactValue): Generator<Body> {
  const [fact = '', ...keys] = name.split('.');
  if (keys.length === 0 || factEntry(fact)?.type !== 'json') return;
  const places = [
    ['message_metadata'],
    ...objectsIn(callback, []).map(({ path }) => [...path, 'metadata']),
  ];
  for (const path of places) {
    const held = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), callback);
    const isJson = typeof held === 'string' && parseJsonText(held) !== undefined;
    yield changed(isJson ? callback : changed(callback, path, '{}'), [...path, ...keys], value);
  }
}

/** Every object of a callback, with its path; a text that holds JSON is read like the JSON itself. */
function objectsIn(
  value: unknown,
  path: Path,
): readonly { readonly path: Path; readonly value: object }[] {
  if (typeof value === 'string') {
    const inner = parseJsonText(value);
    return inner === undefined ? [] : objectsIn(inner, path);
  }
  if (Array.isArray(value)) return value.flatMap((item, at) => objectsIn(item, [...path, at]));
  if (!isRecord(value)) return [];
  return [
    { path, value },
    ...Object.entries(value).flatMap(([key, inner]) => objectsIn(inner, [...path, key])),
  ];
}

/** A copy with a value at a path. */
const changed = (body: Body, path: Path, value: unknown): Body =>
  edited(body, path, (holder, key) => Reflect.set(holder, key, value));

/** A copy without what stands at a path. */
const without = (body: Body, path: Path): Body =>
  edited(body, path, (holder, key) => Reflect.deleteProperty(holder, key));

type Edit = (holder: object, key: string | number) => void;

function edited(body: Body, path: Path, edit: Edit): Body {
  const copy = structuredClone(body);
  const [key, ...rest] = path;
  if (key !== undefined) editAt(copy, key, rest, edit);
  return copy;
}

/** Edits in place. What stands in a text that holds JSON is edited there; a missing object on the way is added. */
function editAt(holder: object, key: string | number, [next, ...rest]: Path, edit: Edit): void {
  if (next === undefined) {
    edit(holder, key);
    return;
  }
  if (!Object.hasOwn(holder, key)) Reflect.set(holder, key, {});
  const held: unknown = Reflect.get(holder, key);
  const inner = typeof held === 'string' ? parseJsonText(held) : held;
  if (typeof inner !== 'object' || inner === null) return;
  editAt(inner, next, rest, edit);
  if (typeof held === 'string') Reflect.set(holder, key, JSON.stringify(inner));
}

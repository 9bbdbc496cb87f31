import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { factEntry } from '../rules/model/facts.ts';
import type { Example } from '../rules/model/rule.ts';
import { type ExampleResult, runExample } from '../rules/prove/examples.ts';
import { depersonalize } from './depersonalize.ts';
import { addItem } from './text-edits.ts';

/** A callback that came in, with the facts that Signalbox remembered when it was decided. */
export interface PastCallback {
  readonly body: Readonly<Record<string, unknown>>;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What an author wants of an example. */
export interface Wanted {
  readonly fires: boolean;
  readonly name?: string | undefined;
  readonly at?: string | undefined;
}

/** An example made of a callback, without names and addresses of people. */
export interface KeptExample {
  readonly example: Example;
  /** Paths of the values that were replaced. */
  readonly replaced: readonly string[];
  readonly result: ExampleResult;
  /** The rule decides otherwise when nothing is replaced: it depends on a replaced value. */
  readonly differs: boolean;
}

/** Makes an example of a rule from a callback and runs it. */
export async function keepExample(
  { body, facts }: PastCallback,
  rule: CompiledRule,
  rulebook: Rulebook,
  { fires, name, at }: Wanted,
): Promise<KeptExample> {
  const { callback, replaced } = depersonalize(body);
  const given = givenOf(rule, facts);
  const about = {
    name: unusedName(name ?? nameFor(callback, fires), rule.examples),
    fires,
    ...(at === undefined ? {} : { at }),
    ...(Object.keys(given).length === 0 ? {} : { given }),
  };
  const example: Example = { ...about, callback };
  const result = await runExample(rulebook, rule, example);
  const original = await runExample(rulebook, rule, { ...about, callback: { ...body } });
  return { example, replaced, result, differs: original.fired !== result.fired };
}

/** Adds an example at the end of those of a rule file. */
export const withExample = (text: string, example: Example, count: number): string =>
  addItem(text, ['examples'], count, example);

/** The facts that the rule uses and that no callback carries. */
function givenOf({ uses }: CompiledRule, facts: Readonly<Record<string, unknown>>) {
  const given: Record<string, NonNullable<Example['given']>[string]> = {};
  for (const { key } of uses) {
    const value = facts[key];
    const isPlain =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (factEntry(key)?.recalled && isPlain) given[key] = value;
  }
  return given;
}

/** The text of a message, else whether the example fires. */
function nameFor(callback: Readonly<Record<string, unknown>>, fires: boolean): string {
  const text = textIn(callback);
  if (text !== undefined) return text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return fires ? 'fires' : 'does not fire';
}

function textIn(callback: Readonly<Record<string, unknown>>): string | undefined {
  const path = ['message', 'contact_message', 'text_message', 'text'];
  let at: unknown = callback;
  for (const key of path) at = Object(at)[key];
  return typeof at === 'string' && at.trim() !== '' ? at.trim() : undefined;
}

function unusedName(name: string, examples: readonly Example[]): string {
  const used = new Set(examples.map((example) => example.name));
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : `${name} (${number})`;
    if (!used.has(tried)) return tried;
  }
}

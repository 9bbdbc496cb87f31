import { actions } from '../actions/index.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { AppError } from '../errors.ts';
import { solve } from '../rules/check/solve.ts';
import { compile } from '../rules/compile/compile.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { factEntry } from '../rules/model/facts.ts';
import type { Example, RulebookSource } from '../rules/model/rule.ts';
import { evaluateNode } from '../rules/model/tree.ts';
import { openExample } from '../rules/prove/examples.ts';

/**
 * Returns an example that fires and one that does not: samples, or a sample with given facts.
 * Returns none if the rule does not compile. @throws AppError `bad_request` if no facts can be
 * found
 */
export async function examplesFor(
  rule: object & { readonly name: string },
  source: RulebookSource,
  bodies: Samples,
): Promise<readonly Example[]> {
  const alone = { ...source, rules: { [`${rule.name}.json`]: rule } };
  const { rulebook } = compile(alone, actions, 'new');
  const [compiled] = rulebook.rules;
  if (!compiled) return [];
  const samples = await samplesFor(compiled, rulebook, bodies);
  const examples = [exampleOf(true, compiled, samples), exampleOf(false, compiled, samples)];
  return Promise.all(examples.map((example) => shorten(example, compiled, rulebook)));
}

/** Callbacks that examples may be made of, by name. */
export type Samples = ReadonlyMap<string, Record<string, unknown>>;

interface Sample {
  readonly name: string;
  readonly callback: Record<string, unknown>;
  readonly fires: boolean;
}

/** The samples of the rule's triggers, and whether they make it fire. */
async function samplesFor(
  rule: CompiledRule,
  rulebook: Rulebook,
  bodies: Samples,
): Promise<readonly Sample[]> {
  const found: Sample[] = [];
  for (const [name, callback] of bodies) {
    const sample = await sampleFor(name, callback, rule, rulebook).catch(() => undefined);
    if (sample) found.push(sample);
  }
  return found;
}

async function sampleFor(
  name: string,
  callback: Record<string, unknown>,
  rule: CompiledRule,
  rulebook: Rulebook,
): Promise<Sample | undefined> {
  const { callback: read, seen } = await openExample(rulebook, { name, callback, fires: true });
  if (!rule.on.includes(read.trigger)) return undefined;
  await seen.fetch(rule.uses);
  return { name, callback, fires: evaluateNode(rule.when, seen.peek) === true };
}

/**
 * Leaves out of an example what does not matter: each field without which the rule decides the same on the same trigger. An example
 * that does not fire loses only what surrounds the event, because without the event itself nothing fires.
 */
async function shorten(example: Example, rule: CompiledRule, rulebook: Rulebook): Promise<Example> {
  const { callback, fires } = example;
  if (callback === undefined || example.given) return example;
  const short: Record<string, unknown> = structuredClone(callback);
  const decidesTheSame = async (): Promise<boolean> =>
    (await sampleFor('', short, rule, rulebook).catch(() => undefined))?.fires === fires;
  const visit = async (holder: Record<string, unknown>, depth: number): Promise<void> => {
    for (const [key, value] of Object.entries(holder)) {
      delete holder[key];
      if ((fires || depth === 0 || value === '') && (await decidesTheSame())) continue;
      holder[key] = value;
      if (isRecord(value)) await visit(value, depth + 1);
    }
  };
  await visit(short, 0);
  return { ...example, callback: short };
}

function exampleOf(
  fires: boolean,
  { when, on }: CompiledRule,
  samples: readonly Sample[],
): Example {
  const fitting = samples.find((sample) => sample.fires === fires);
  if (fitting) return { name: fitting.name, callback: fitting.callback, fires };
  const [trigger = ''] = on;
  const [sample] = samples;
  const answer = solve([{ node: when, holds: fires }], { trigger });
  const facts = answer.is === 'possible' ? [...answer.witness] : undefined;
  if (!sample || !facts?.every(([name]) => factEntry(name))) {
    const what = fires ? 'makes it fire' : 'it lets pass';
    throw new AppError(
      'bad_request',
      `no sample of ${trigger} ${what}: write this rule by hand, with examples of your own`,
    );
  }
  const given = Object.fromEntries(
    facts.map(([name, value]): [string, FactValue | null] => [name, value ?? null]),
  );
  return { name: fires ? 'fires' : 'does not fire', callback: sample.callback, fires, given };
}

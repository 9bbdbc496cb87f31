import { actions } from '../actions/index.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { AppError } from '../errors.ts';
import { solve } from '../rules/check/solve.ts';
import { compile } from '../rules/compile/compile.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { formatList } from '../rules/model/format.ts';
import type { Example, RulebookSource } from '../rules/model/rule.ts';
import { evaluateNode, type Leaf, leavesOf } from '../rules/model/tree.ts';
import { present } from '../rules/operators/presence.ts';
import { openExample } from '../rules/prove/examples.ts';
import { buildExample } from './draft-payload.ts';

/**
 * Returns an example that fires and one that does not: samples, or callbacks built from a sample.
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
  const made = await exampleOf(true, compiled, rulebook, samples);
  const firing = await shorten(made, compiled, rulebook);
  const near =
    (await nearMiss(firing, compiled, rulebook)) ?? (await nearMiss(made, compiled, rulebook));
  if (near) return [firing, near];
  const other = await exampleOf(false, compiled, rulebook, samples);
  return [firing, await shorten(other, compiled, rulebook)];
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
  const all = await openExample(rulebook, { name, callback, fires: true });
  const heard = all.filter((one) => rule.on.includes(one.callback.trigger));
  if (heard.length === 0) return undefined;
  await Promise.all(heard.map(({ seen }) => seen.fetch(rule.uses)));
  const fires = heard.some(({ seen }) => evaluateNode(rule.when, seen.peek) === true);
  return { name, callback, fires };
}

/**
 * Leaves out of an example what does not matter: each field without which the rule decides the same on the same trigger. An example
 * that does not fire loses only what surrounds the event, because without the event itself nothing fires.
 */
async function shorten(example: Example, rule: CompiledRule, rulebook: Rulebook): Promise<Example> {
  const { callback, fires } = example;
  if (callback === undefined || example.given || example.at) return example;
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

/** The firing example with other values of what the rule tests, so that it does not fire; none where that is not possible. */
async function nearMiss(
  firing: Example,
  rule: CompiledRule,
  rulebook: Rulebook,
): Promise<Example | undefined> {
  const [trigger = ''] = rule.on;
  const there = leavesOf(rule.when).map(
    ({ use }): Leaf => ({
      kind: 'leaf',
      use,
      operator: present,
      value: undefined,
      holds: present.bind(undefined),
    }),
  );
  const answer = solve(
    [{ node: rule.when, holds: false }, ...there.map((node) => ({ node, holds: true }))],
    { trigger },
  );
  if (answer.is !== 'possible') return undefined;
  const frame = { name: 'does not fire', fires: false };
  const built = await buildExample(frame, firing.callback, answer.witness, rule, rulebook);
  return 'example' in built ? built.example : undefined;
}

async function exampleOf(
  fires: boolean,
  rule: CompiledRule,
  rulebook: Rulebook,
  samples: readonly Sample[],
): Promise<Example> {
  const fitting = samples.find((sample) => sample.fires === fires);
  if (fitting) return { name: fitting.name, callback: fitting.callback, fires };
  const [trigger = ''] = rule.on;
  const answer = solve([{ node: rule.when, holds: fires }], { trigger });
  const frame = { name: fires ? 'fires' : 'does not fire', fires };
  let missing: readonly string[] | undefined;
  if (answer.is === 'possible') {
    for (const { callback } of samples) {
      const built = await buildExample(frame, callback, answer.witness, rule, rulebook);
      if ('example' in built) return built.example;
      if (missing === undefined || built.missing.length < missing.length) missing = built.missing;
    }
  }
  const what = fires ? 'makes it fire' : 'it lets pass';
  const why = missing ? `: no field of a sample sets ${formatList(missing, 'and')}` : '';
  throw new AppError(
    'bad_request',
    `no callback of ${trigger} could be built that ${what}${why}. Write this rule by hand, with examples of your own`,
  );
}

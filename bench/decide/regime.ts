import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actions } from '../../src/actions/index.ts';
import { type Callback, readCallback } from '../../src/callbacks/callback.ts';
import { compile, type Rulebook } from '../../src/rules/compile/compile.ts';
import type { Condition, RulebookSource, RuleInput } from '../../src/rules/model/rule.ts';

/** Rules of one kind, and callbacks for them. */
export interface Regime {
  readonly name: string;
  /** What its rules have in common. */
  readonly summary: string;
  /** How many rules are measured; `full` adds the sizes that take minutes. */
  readonly sizes: (full: boolean) => readonly number[];
  readonly source: (rules: number) => Promise<RulebookSource>;
  /** Bodies as Sinch would send them, the same each time. */
  readonly bodies: (rules: number) => Promise<readonly Uint8Array[]>;
}

/** A rule as a regime writes it. */
export type BenchRule = RuleInput & {
  readonly on: readonly [string];
  readonly when: { readonly all: Condition[] };
};

export const SEED = 20_261_121;
/** When the callbacks are received: ten minutes after the samples. */
export const RECEIVED = Date.parse('2026-11-20T10:00:00Z');

/** Returns a rule with everything but what it measures. */
export const benchRule = (name: string, on: string, all: Condition[]): BenchRule => ({
  name,
  why: 'Measured.',
  owner: 'bench',
  on: [on],
  when: { all },
  then: [{ action: 'ignore', params: { because: 'measured' } }],
});

export const leaf = (fact: string, operator: string, value: unknown): Condition => ({
  fact,
  operator,
  value,
});

/** Returns rules as the source of a rulebook. */
export const sourceOf = (
  rules: readonly RuleInput[],
  lists: Readonly<Record<string, readonly string[]>> = {},
): RulebookSource => ({
  rules: Object.fromEntries(rules.map((rule) => [`${rule.name}.json`, rule])),
  lists: Object.fromEntries(
    Object.entries(lists).map(([name, values]) => [
      `lists/${name}.json`,
      { name, why: 'Measured.', values },
    ]),
  ),
  conditions: {},
  alerts: {},
});

/** Compiles a source that must be faultless. */
export function compiled(source: RulebookSource): Rulebook {
  const { rulebook, findings } = compile(source, actions, 'bench');
  const [error] = findings.filter(({ severity }) => severity === 'error');
  if (error) throw new Error(`${error.file}: ${error.message}`);
  return rulebook;
}

const samples = join(import.meta.dirname, '..', '..', 'src', 'samples', 'callbacks');

export const sample = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(samples, name), 'utf8'));

/** Returns the name of a sample of each trigger. */
export async function firstOfEachTrigger(): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (const name of (await readdir(samples)).sort()) {
    if (/-(20\d\d|reference)/.test(name)) continue;
    const { trigger } = await readCallback(await readFile(join(samples, name)), 0);
    if (!found.has(trigger)) found.set(trigger, name);
  }
  return [...found.values()];
}

export const bytesOf = (body: object): Uint8Array => new TextEncoder().encode(JSON.stringify(body));

/** Reads the bodies as the Worker does. */
export const callbacksOf = (bodies: readonly Uint8Array[]): Promise<readonly Callback[]> =>
  Promise.all(bodies.map((body) => readCallback(body, RECEIVED)));

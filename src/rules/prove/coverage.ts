import type { Callback } from '../../callbacks/callback.ts';
import { describeCondition } from '../explain/describe.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { type ObservedFacts, observeFacts, type Recall } from '../model/observed-facts.ts';
import { evaluateNode, matchesEveryCallback, type Node } from '../model/tree.ts';
import { openExample } from './examples.ts';

/** How much of a rule its examples and the stories cover. */
export interface RuleCoverage {
  readonly rule: string;
  readonly file: string;
  /** The number of its comparisons. */
  readonly conditions: number;
  /** The number of observed results, out of two per comparison: true and false. */
  readonly seen: number;
  readonly of: number;
  /** Results that no comparison had: `never` is the missing one. */
  readonly missing: readonly { readonly condition: string; readonly never: boolean }[];
}

/** Collects which comparisons were seen true and false. */
export interface Coverage {
  /** Adds a callback of a story, for all rules. */
  readonly see: (callback: Callback, recall: Recall) => Promise<void>;
  /** In the order of the rules' names. */
  readonly result: () => readonly RuleCoverage[];
  /** Every comparison of a rule, in its order, and whether it was seen to hold and not to hold. */
  readonly clauses: (rule: CompiledRule) => readonly Clause[];
}

/** A comparison of a rule in words, and what was seen of it. */
export interface Clause {
  readonly condition: string;
  readonly held: boolean;
  readonly failed: boolean;
}

interface Unit {
  readonly node: Node;
  readonly verdicts: Set<boolean>;
}

/** Evaluates the examples of each rule, then accepts the callbacks of stories. Examples that cannot be run are ignored. */
export async function openCoverage(
  rulebook: Rulebook,
  rules: readonly CompiledRule[],
): Promise<Coverage> {
  const units = new Map(rules.map((rule) => [rule, unitsOf(rule)]));
  const note = async (
    rule: CompiledRule,
    { trigger }: Pick<Callback, 'trigger'>,
    seen: ObservedFacts,
  ): Promise<void> => {
    if (!rule.on.includes(trigger)) return;
    await seen.fetch(rule.uses);
    for (const { node, verdicts } of units.get(rule) ?? []) {
      const found = evaluateNode(node, seen.peek);
      if (found !== undefined) verdicts.add(found);
    }
  };
  for (const rule of rules) {
    for (const example of rule.examples) {
      for (const { callback: body } of [...(example.before ?? []), example]) {
        const opened = await openExample(rulebook, { ...example, callback: body }).catch(() => []);
        for (const { callback, seen } of opened)
          await note(rule, callback, seen).catch(() => undefined);
      }
    }
  }
  return {
    async see(callback, recall) {
      const seen = observeFacts(callback, rulebook.lists, recall);
      for (const rule of rules) await note(rule, callback, seen).catch(() => undefined);
    },
    clauses: (rule) =>
      (units.get(rule) ?? []).map(({ node, verdicts }) => ({
        condition: describeCondition(node),
        held: verdicts.has(true),
        failed: verdicts.has(false),
      })),
    result: () => [...units].map(([rule, found]) => coverageOf(rule, found)),
  };
}

/** Returns the comparisons as their author wrote them: `changedTo` is one. */
function unitsOf({ when, threshold }: CompiledRule): readonly Unit[] {
  const nodes = [...parts(when), ...(threshold?.among ? parts(threshold.among.when) : [])];
  return nodes
    .filter((node) => !matchesEveryCallback(node))
    .map((node) => ({ node, verdicts: new Set() }));
}

const parts = (node: Node): readonly Node[] =>
  node.kind === 'leaf' || node.comparison ? [node] : node.of.flatMap((child) => parts(child));

function coverageOf({ name, file }: CompiledRule, units: readonly Unit[]): RuleCoverage {
  const missing = units.flatMap(({ node, verdicts }) =>
    [true, false]
      .filter((wanted) => !verdicts.has(wanted))
      .map((never) => ({ condition: describeCondition(node), never })),
  );
  const of = units.length * 2;
  return { rule: name, file, conditions: units.length, seen: of - missing.length, of, missing };
}

/** Returns the covered results of all comparisons in percent, rounded down. */
export function percentOf(coverage: readonly Pick<RuleCoverage, 'seen' | 'of'>[]): number {
  const of = coverage.reduce((sum, one) => sum + one.of, 0);
  return of === 0
    ? 100
    : Math.floor((coverage.reduce((sum, { seen }) => sum + seen, 0) * 100) / of);
}

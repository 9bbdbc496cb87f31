import type { Callback } from '../../callbacks/callback.ts';
import { openFacts, type Recall, type Seen } from '../decide/observed-facts.ts';
import { describeCondition } from '../explain/describe.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { type Node, verdict } from '../model/tree.ts';
import { openExample } from './examples.ts';

/** How much of a rule its examples and the stories show. */
export interface RuleCoverage {
  readonly rule: string;
  readonly file: string;
  /** How many comparisons it makes. */
  readonly conditions: number;
  /** Of two for each comparison: it held, it did not hold. */
  readonly seen: number;
  readonly of: number;
  /** Comparisons that were never seen to hold, or never not to. */
  readonly missing: readonly { readonly condition: string; readonly never: boolean }[];
}

/** Collects which comparisons were seen true and false. */
export interface Coverage {
  /** A callback that comes to all rules: of a story. */
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

/** Runs the rules' own examples, each for its own rule, and stands ready to see stories. What cannot be run counts for nothing. */
export async function openCoverage(
  rulebook: Rulebook,
  rules: readonly CompiledRule[],
): Promise<Coverage> {
  const units = new Map(rules.map((rule) => [rule, unitsOf(rule)]));
  const note = async (
    rule: CompiledRule,
    { trigger }: Pick<Callback, 'trigger'>,
    seen: Seen,
  ): Promise<void> => {
    if (!rule.on.includes(trigger)) return;
    await seen.fetch(rule.uses);
    for (const { node, verdicts } of units.get(rule) ?? []) {
      const found = verdict(node, seen.peek);
      if (found !== undefined) verdicts.add(found);
    }
  };
  for (const rule of rules) {
    for (const example of rule.examples) {
      for (const { callback: body } of [...(example.before ?? []), example]) {
        const opened = await openExample(rulebook, { ...example, callback: body }).catch(
          () => undefined,
        );
        if (opened) await note(rule, opened.callback, opened.seen).catch(() => undefined);
      }
    }
  }
  return {
    async see(callback, recall) {
      const seen = openFacts(callback, rulebook.lists, recall);
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

/** The comparisons as their author wrote them: a `changedTo` is one. */
function unitsOf({ when, threshold }: CompiledRule): readonly Unit[] {
  const nodes = [...parts(when), ...(threshold?.among ? parts(threshold.among.when) : [])];
  return nodes.filter((node) => !saysAlways(node)).map((node) => ({ node, verdicts: new Set() }));
}

/** "trigger is present" is how an author says "always": it cannot be seen false. */
const saysAlways = (node: Node): boolean =>
  node.kind === 'leaf' && node.use.key === 'trigger' && node.operator.name === 'present';

const parts = (node: Node): readonly Node[] =>
  node.kind === 'leaf' || node.spoken ? [node] : node.of.flatMap((child) => parts(child));

function coverageOf({ name, file }: CompiledRule, units: readonly Unit[]): RuleCoverage {
  const missing = units.flatMap(({ node, verdicts }) =>
    [true, false]
      .filter((wanted) => !verdicts.has(wanted))
      .map((never) => ({ condition: describeCondition(node), never })),
  );
  const of = units.length * 2;
  return { rule: name, file, conditions: units.length, seen: of - missing.length, of, missing };
}

/** How much of all comparisons was seen, in percent, rounded down. */
export function percentOf(coverage: readonly Pick<RuleCoverage, 'seen' | 'of'>[]): number {
  const of = coverage.reduce((sum, one) => sum + one.of, 0);
  return of === 0
    ? 100
    : Math.floor((coverage.reduce((sum, { seen }) => sum + seen, 0) * 100) / of);
}

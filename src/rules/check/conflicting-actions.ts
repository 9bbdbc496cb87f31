import type { CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import { leavesOf } from '../model/tree.ts';
import { type AnalysisContext, isEvaluatedToo, isPermanent, warning } from './analysis-context.ts';
import { neighboursIn } from './disjoint.ts';
import type { ExampleRun } from './examples/examples.ts';
import { isWithin } from './pairs.ts';
import { solve } from './solve.ts';

/**
 * Reports pairs of rules of which one undoes an action of the other for the same callback. Only if it is certain that both
 * fire: one fires whenever the other does, they depend on one fact that can satisfy both, or an example makes both fire.
 */
export function conflictingActions(
  { rulebook: { rules } }: AnalysisContext,
  runs: readonly ExampleRun[],
): readonly Finding[] {
  const acting = rules.filter(isPermanent);
  const near = neighboursIn(acting);
  const undoers = acting.filter(({ actions }) =>
    actions.some(({ definition }) => definition.undoes),
  );
  return undoers.flatMap((rule) =>
    near(rule).flatMap((other) => {
      const meet = other !== rule && other.on.some((trigger) => rule.on.includes(trigger));
      const undone = meet ? undoing(rule, other) : undefined;
      const both =
        undone && isEvaluatedToo(rules, rule, other) && isEvaluatedToo(rules, other, rule);
      const proof = both && proofOf(rule, other, runs);
      if (!undone || !proof) return [];
      const message = `${undone.mine} undoes the ${undone.theirs} of "${other.name}": ${proof}`;
      return warning(
        rule.file,
        ['then', undone.index, 'action'],
        'opposite-actions',
        message,
        'add a condition so that only one of the two rules fires',
      );
    }),
  );
}

function undoing(rule: CompiledRule, other: CompiledRule) {
  for (const { definition, params, index } of rule.actions) {
    const undone = other.actions.find(({ action, params: theirs }) =>
      definition.undoes?.(params, { action, params: theirs, rule: other.name }),
    );
    if (undone) return { index, mine: definition.name, theirs: undone.action };
  }
  return undefined;
}

function proofOf(
  rule: CompiledRule,
  other: CompiledRule,
  runs: readonly ExampleRun[],
): string | undefined {
  if (isWithin(rule, other) || isWithin(other, rule))
    return 'whenever one fires, the other fires too';
  const run = runs.find(({ fired }) => fired.has(rule) && fired.has(other));
  if (run) return `the example "${run.example.name}" of "${run.rule.name}" makes both fire`;
  return (
    rule.on
      .map((trigger) => other.on.includes(trigger) && sharedFact(rule, other, trigger))
      .find(Boolean) || undefined
  );
}

/** If both depend on one fact only, besides facts of every callback, a value that satisfies both makes both fire. */
function sharedFact(rule: CompiledRule, other: CompiledRule, trigger: string): string | undefined {
  const uses = [rule, other].flatMap(({ when }) => leavesOf(when).map(({ use }) => use));
  const own = new Set(
    uses.filter(({ fact, path }) => path !== undefined || !fact.common).map(({ key }) => key),
  );
  if (own.size > 1 || uses.some(({ path, fact }) => path !== undefined || fact.recalled))
    return undefined;
  const answer = solve(
    [rule, other].map(({ when }) => ({ node: when, holds: true })),
    { trigger },
  );
  if (answer.is !== 'possible') return undefined;
  const facts = [...answer.witness].flatMap(([key, value]) =>
    value === undefined ? [] : `${key} ${JSON.stringify(value)}`,
  );
  return `both fire for a ${trigger} callback with ${facts.join(', ')}`;
}

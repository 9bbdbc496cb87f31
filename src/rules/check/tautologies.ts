import type { Finding } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { type FactUse, type Group, type Leaf, leavesOf, type Node } from '../model/tree.ts';
import { present } from '../operators/presence.ts';
import { type AnalysisContext, isImpossible, leafWords, warning } from './analysis-context.ts';
import { amongPathsOf, sourcePathsOf } from './source-paths.ts';

/** Reports an "any" that holds whatever its fact is: "not SMS, or not RCS". */
export function tautologies({ source, rulebook: { rules } }: AnalysisContext): readonly Finding[] {
  return rules.flatMap((rule) => {
    const conditions = [rule.when, rule.threshold?.among?.when].filter(
      (node) => node !== undefined,
    );
    const places = new Map([...sourcePathsOf(rule, source), ...amongPathsOf(rule, source)]);
    return conditions.flatMap(groupsOf).flatMap((group) => {
      const place = places.get(group);
      if (!place || place.shared !== undefined) return [];
      const leaves = leavesOf(group);
      // A test for absence means what it says.
      if (leaves.some(({ operator }) => operator.takesNoValue)) return [];
      if (!rule.on.every((trigger) => alwaysHolds(group, leaves, trigger))) return [];
      const name = leaves[0]?.use.key ?? '';
      return warning(
        rule.file,
        [...place.path, place.key ?? 'any'],
        'always-true',
        `this holds for every "${name}": ${formatList(leaves.map(leafWords), 'or')}`,
        leaves.every(({ operator }) => operator.isNegative)
          ? `write "all" instead of "any", or one comparison: "${name}" notIn [ … ]`
          : 'remove it, or correct one of the comparisons',
      );
    });
  });
}

/** Every "any" over one fact that an author wrote. */
function groupsOf(node: Node): readonly Group[] {
  if (node.kind === 'leaf' || node.comparison) return [];
  const keys = new Set(leavesOf(node).map(({ use }) => use.key));
  if (node.kind === 'any' && node.of.length > 1 && keys.size === 1) return [node];
  return node.of.flatMap(groupsOf);
}

function alwaysHolds(group: Group, leaves: readonly Leaf[], trigger: string): boolean {
  const [first] = leaves;
  if (!first) return false;
  const there = { node: presentLeaf(first.use), holds: true };
  return (
    !isImpossible([there], { trigger }) &&
    isImpossible([{ node: group, holds: false }, there], { trigger })
  );
}

/** The comparison that a fact is present. */
const presentLeaf = (use: FactUse): Leaf => ({
  kind: 'leaf',
  use,
  operator: present,
  value: undefined,
  holds: present.bind(undefined),
});

import type { CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { oncePerRule } from '../model/once-per-rule.ts';
import { leavesOf, matchesEveryCallback, type Node } from '../model/tree.ts';
import {
  type AnalysisContext,
  isImpossible,
  leafWords,
  onPath,
  warning,
} from './analysis-context.ts';
import { sourcePathsOf } from './source-paths.ts';

/** Reports rules and parts of rules that never or always hold, and rules that the index cannot narrow down. */
export function firing(book: AnalysisContext): readonly Finding[] {
  const unindexed = book.rulebook.index.unindexed();
  return book.rulebook.rules.flatMap((rule) => {
    const { live, findings } = ofRule(rule, book.source);
    const always = (unindexed.get(rule.name) ?? []).filter((trigger) => live.includes(trigger));
    return [...findings, ...everyCallback(rule, always)];
  });
}

/** What is known of a rule: the triggers on which it may fire and may not, and the findings. */
interface Firing {
  readonly live: readonly string[];
  readonly findings: readonly Finding[];
}

const ofRule = oncePerRule((rule, source: AnalysisContext['source']): Firing => {
  const { file, on, when } = rule;
  const dead = on.filter((trigger) => isImpossible([{ node: when, holds: true }], { trigger }));
  const only = (finding: Finding): Firing => ({ live: [], findings: [finding] });
  if (dead.length === on.length) {
    return only(
      warning(
        file,
        ['when'],
        'never-fires',
        `no callback of ${formatList(on)} can make this rule fire${contradiction(when, on)}`,
        'correct one of its conditions; where one of several values is enough, put them into an "any", or use "in"',
      ),
    );
  }
  if (
    on.every((trigger) => isImpossible([{ node: when, holds: false }], { trigger })) &&
    !matchesEveryCallback(when)
  ) {
    const hint = 'if you want this, write {"fact": "trigger", "operator": "present"}';
    return only(
      warning(
        file,
        ['when'],
        'always-fires',
        `every callback of ${formatList(on)} makes this rule fire`,
        hint,
      ),
    );
  }
  const live = on.filter((trigger) => !dead.includes(trigger));
  const findings = [
    ...dead.map((trigger) =>
      warning(
        file,
        onPath(source, rule, trigger),
        'never-on',
        `no ${trigger} callback can make this rule fire`,
      ),
    ),
    ...deadBranches(rule, live, source),
  ];
  return { live, findings };
});

/** The parts of a condition that must all hold. */
const required = (node: Node): readonly Node[] =>
  node.kind === 'all' && !node.comparison ? node.of.flatMap(required) : [node];

/** Words for the one or two parts that no callback meets, if they are the reason. */
function contradiction(when: Node, on: readonly string[]): string {
  const parts = required(when);
  const fails = (...some: readonly Node[]): boolean =>
    on.every((trigger) =>
      isImpossible(
        some.map((node) => ({ node, holds: true })),
        { trigger },
      ),
    );
  const words = (node: Node): string => {
    const leaves = leavesOf(node);
    const joined = formatList(
      leaves.slice(0, 3).map(leafWords),
      node.kind === 'all' ? 'and' : 'or',
    );
    return `“${joined}${leaves.length > 3 ? ' …' : ''}”`;
  };
  const alone = parts.find((part) => fails(part));
  if (alone) return `: ${words(alone)} never holds`;
  for (const [at, one] of parts.entries())
    for (const other of parts.slice(at + 1))
      if (fails(one, other)) return `: ${words(one)} and ${words(other)} exclude each other`;
  return ': its conditions contradict each other';
}

/** Reports a rule that every callback of a trigger has to evaluate. A share is one of all callbacks, so there it is meant. */
function everyCallback(
  { file, threshold }: CompiledRule,
  triggers: readonly string[],
): readonly Finding[] {
  if (triggers.length === 0 || threshold?.among) return [];
  const message = `evaluated for every ${formatList(triggers)}: no required condition compares a value that the callback itself carries`;
  const hint =
    'add one to an "all", like "channel" equal "SMS"; if you want every callback, write "trigger" present';
  return [warning(file, ['when'], 'looked-at-always', message, hint)];
}

/** Reports parts of an "any" that can never make the rule fire. */
function deadBranches(
  rule: CompiledRule,
  on: readonly string[],
  source: AnalysisContext['source'],
): readonly Finding[] {
  const { file, when } = rule;
  const places = sourcePathsOf(rule, source);
  const dead = branchesOf(when).filter((branch) =>
    on.every((trigger) =>
      isImpossible(
        [branch, when].map((node) => ({ node, holds: true })),
        { trigger },
      ),
    ),
  );
  return dead.flatMap((branch) => {
    const path = places.get(branch)?.path;
    const words = leavesOf(branch).slice(0, 3).map(leafWords);
    return path
      ? warning(
          file,
          path,
          'dead-branch',
          `this part can never hold together with the rest of the condition: ${formatList(words, 'and')}`,
        )
      : [];
  });
}

/** Returns the parts of every "any" that the author wrote. */
function branchesOf(node: Node): readonly Node[] {
  if (node.kind === 'leaf' || node.comparison) return [];
  return [...(node.kind === 'any' ? node.of : []), ...node.of.flatMap(branchesOf)];
}

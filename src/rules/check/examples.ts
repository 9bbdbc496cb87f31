import { factWords, predicate } from '../explain/phrases.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import type { Example } from '../model/rule.ts';
import { evaluateNode, type Node } from '../model/tree.ts';
import { openExample } from '../prove/examples.ts';
import { type AnalysisContext, warning } from './analysis-context.ts';
import { sourcePathsOf } from './source-paths.ts';

/** An example that was evaluated by all rules. */
export interface ExampleRun {
  readonly rule: CompiledRule;
  readonly example: Example;
  readonly trigger: string;
  readonly seen: ObservedFacts;
  /** The enabled rules whose conditions hold. */
  readonly fired: ReadonlySet<CompiledRule>;
}

/** Evaluates every example with every rule. `test` reports examples that cannot be read. */
export async function runExamples(rulebook: Rulebook): Promise<readonly ExampleRun[]> {
  const runs: ExampleRun[] = [];
  for (const rule of rulebook.rules) {
    for (const example of rule.examples) {
      const run = await runOne(rulebook, rule, example).catch(() => undefined);
      if (run) runs.push(run);
    }
  }
  return runs;
}

async function runOne(
  rulebook: Rulebook,
  rule: CompiledRule,
  example: Example,
): Promise<ExampleRun> {
  const { callback, seen } = await openExample(rulebook, example);
  await seen.fetch(rule.uses);
  const fired = new Set<CompiledRule>();
  for (const place of rulebook.index.candidates(callback.trigger, seen)) {
    const other = rulebook.rules[place];
    if (!other) continue;
    await seen.fetch(other.uses);
    if (evaluateNode(other.when, seen.peek)) fired.add(other);
  }
  return { rule, example, trigger: callback.trigger, seen, fired };
}

/** Reports rules that their examples do not cover. */
export function examples(book: AnalysisContext, runs: readonly ExampleRun[]): readonly Finding[] {
  const byRule = Map.groupBy(runs, ({ rule }) => rule);
  return book.rulebook.rules.flatMap((rule) => {
    const own = byRule.get(rule) ?? [];
    const lacking = [lack(rule, true), lack(rule, false)].filter(
      (finding) => finding !== undefined,
    );
    return lacking.length > 0 ? lacking : undecided(rule, own, book);
  });
}

function lack({ file, examples: written }: CompiledRule, fires: boolean): Finding | undefined {
  if (written.some((example) => example.fires === fires)) return undefined;
  return fires
    ? warning(
        file,
        ['examples'],
        'no-firing-example',
        'no example shows the rule firing',
        'add one with "fires": true',
      )
    : warning(
        file,
        ['examples'],
        'no-quiet-example',
        'no example shows a callback for which the rule does not fire',
        'add one with "fires": false',
      );
}

/** Reports parts of a condition that could be negated without changing the result of any example. */
function undecided(
  rule: CompiledRule,
  runs: readonly ExampleRun[],
  { source }: AnalysisContext,
): readonly Finding[] {
  const heard = runs.filter(({ trigger }) => rule.on.includes(trigger));
  return [...sourcePathsOf(rule, source)].flatMap(([part, { path, shared }]) => {
    const words = shared === undefined ? partWords(part) : `the condition "${shared}"`;
    if (words === undefined) return [];
    if (heard.some(({ seen }) => holds(rule.when, seen) !== holds(rule.when, seen, part)))
      return [];
    const hint = 'add an example whose result depends on it';
    return warning(
      rule.file,
      path,
      'undecided-condition',
      `no example depends on this: ${words}`,
      hint,
    );
  });
}

/** A comparison, as its author wrote it, in words. */
function partWords(part: Node): string | undefined {
  const comparison = part.kind === 'leaf' ? part : part.comparison;
  return comparison && `${factWords(comparison.use)} ${predicate(comparison)}`;
}

/** Whether a condition holds if one part of it is negated. */
function holds(node: Node, seen: ObservedFacts, negated?: Node): boolean {
  const found =
    node.kind === 'leaf'
      ? node.holds(seen.read(node.use))
      : node.kind === 'all'
        ? node.of.every((child) => holds(child, seen, negated))
        : node.of.some((child) => holds(child, seen, negated));
  return node === negated ? !found : found;
}

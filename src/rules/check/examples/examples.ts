import { UNKNOWN } from '../../../callbacks/callback.ts';
import { factWords, predicate } from '../../explain/phrases.ts';
import type { CompiledRule, Rulebook } from '../../model/compiled.ts';
import type { Finding } from '../../model/finding.ts';
import { formatList } from '../../model/format.ts';
import type { ObservedFacts } from '../../model/observed-facts.ts';
import { oncePerRule } from '../../model/once-per-rule.ts';
import type { Example } from '../../model/rule.ts';
import { evaluateNode, leavesOf, type Node } from '../../model/tree.ts';
import { type OpenedCallback, openExample } from '../../prove/examples.ts';
import { type AnalysisContext, warning } from '../analysis-context.ts';
import { sourcePathsOf } from '../source-paths.ts';

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
    for (const [example, opened] of await openExamples(rule, rulebook))
      runs.push(...(await runEach(rulebook, rule, example, opened)));
  }
  return runs;
}

/** The examples of a rule that can be read, with their callbacks. */
const openExamples = oncePerRule(async (rule, lists: Pick<Rulebook, 'lists'>) => {
  const opened: (readonly [Example, readonly OpenedCallback[]])[] = [];
  for (const example of rule.examples) {
    const callbacks = await openExample(lists, example).catch(() => undefined);
    if (callbacks) opened.push([example, callbacks]);
  }
  return opened;
});

/** An example of a notification with several callbacks is several runs: what is quiet about them all is quiet about each. */
async function runEach(
  rulebook: Rulebook,
  rule: CompiledRule,
  example: Example,
  all: readonly OpenedCallback[],
): Promise<readonly ExampleRun[]> {
  const runs = await Promise.all(all.map((opened) => runOne(rulebook, rule, example, opened)));
  const firing = runs.filter(({ fired }) => fired.has(rule));
  return example.fires && firing.length > 0 ? firing : runs;
}

async function runOne(
  rulebook: Rulebook,
  rule: CompiledRule,
  example: Example,
  { callback, seen }: OpenedCallback,
): Promise<ExampleRun> {
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
    const lacking = lacks(rule, own);
    const others = own.flatMap((run) => ofOtherTrigger(rule, run, own));
    if (lacking.length > 0) return [...lacking, ...others];
    return [...others, ...provingLittle(rule, own), ...undecided(rule, own, book)];
  });
}

/**
 * Reports an example whose callback the rule does not listen to: one that Sinch never sends, or the only quiet one of a
 * rule that could be shown to be quiet on its own trigger.
 */
function ofOtherTrigger(
  { file, on, when, examples: written }: CompiledRule,
  { example, trigger }: ExampleRun,
  all: readonly ExampleRun[],
): readonly Finding[] {
  if (on.includes(trigger)) return [];
  const shown = all.some((other) => !other.example.fires && on.includes(other.trigger));
  const isOnlyPresence = leavesOf(when).every(({ operator }) => operator.takesNoValue);
  if (trigger !== UNKNOWN && (shown || isOnlyPresence)) return [];
  const what = trigger === UNKNOWN ? 'no callback that Sinch sends' : `a callback of ${trigger}`;
  return [
    warning(
      file,
      ['examples', written.indexOf(example), 'name'],
      'example-of-other-trigger',
      `"${example.name}" is ${what}, and the rule listens to ${formatList(on, 'and')}: it proves nothing`,
      'use a callback of the rule’s trigger that almost makes it fire',
    ),
  ];
}

/** Reports a rule none of whose quiet examples holds a fact that the rule tests. */
function provingLittle(rule: CompiledRule, runs: readonly ExampleRun[]): readonly Finding[] {
  const leaves = leavesOf(rule.when).filter(({ use }) => use.fact.always !== true);
  // A test for absence is decided by a missing fact.
  if (leaves.length === 0 || leaves.some(({ operator }) => operator.takesNoValue)) return [];
  const quiet = runs.filter(({ example }) => !example.fires);
  const tests = ({ seen }: ExampleRun): boolean =>
    leaves.some(({ use }) => seen.read(use) !== undefined);
  const [first] = quiet;
  if (!first || quiet.some(tests)) return [];
  const names = [...new Set(leaves.map(({ use }) => `"${use.key}"`))];
  return [
    warning(
      rule.file,
      ['examples', rule.examples.indexOf(first.example), 'name'],
      'proves-little',
      `"${first.example.name}" has no ${formatList(names)}, so it shows nothing of where the rule draws the line`,
      'copy the example that fires, and change one tested value so that the rule does not fire',
    ),
  ];
}

/** Reports which of the two kinds of examples a rule lacks. A rule without any has one fault, not two. */
function lacks(rule: CompiledRule, runs: readonly ExampleRun[]): readonly Finding[] {
  const { file, name, examples: written } = rule;
  const path = ['examples'];
  if (written.length === 0)
    return [
      warning(
        file,
        path,
        'no-firing-example',
        'the rule has no examples, so nothing shows that it does what it should',
        `add one with "fires": true and one with "fires": false: \`example add ${name} <callback> --fires\` writes it from a callback`,
      ),
    ];
  // An example that fires against its word is the one that is missing: it is reported as failed.
  if (!written.some(({ fires }) => fires) && runs.some(({ fired }) => fired.has(rule))) return [];
  if (!written.some(({ fires }) => fires))
    return [
      warning(
        file,
        path,
        'no-firing-example',
        'no example shows the rule firing',
        'add one with "fires": true',
      ),
    ];
  if (written.every(({ fires }) => fires))
    return [
      warning(
        file,
        path,
        'no-quiet-example',
        'no example shows a callback for which the rule does not fire',
        'add one with "fires": false',
      ),
    ];
  return [];
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

import * as v from 'valibot';
import type { Lists } from '../../callbacks/facts/fact.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { triggerNamed } from '../../callbacks/triggers/index.ts';
import { nearestName } from '../model/closest.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { triggerNames } from '../model/facts.ts';
import { type Finding, openReport, type Report, readFile } from '../model/finding.ts';
import {
  brokenLists,
  checkName,
  nameOfFile,
  readLists,
  readParts,
  sorted,
} from '../model/lists.ts';
import { Rule, type RulebookSource, SharedCondition } from '../model/rule.ts';
import { TALLY_FACTS, tallyFacts } from '../model/tally-facts.ts';
import { type FactUse, usesOf } from '../model/tree.ts';
import type { ActionDefinition } from '../model/vocabulary.ts';
import { readActions } from './action-calls.ts';
import { withinLimits } from './limits.ts';
import { type CompileMemory, partsOf, ruleFrom } from './memory.ts';
import { type Reader, readCondition } from './normal-form.ts';
import { checkResolves } from './resolves.ts';
import { buildRuleIndex } from './rule-index.ts';
import { readThreshold } from './threshold.ts';
import { triggerHint } from './trigger-hint.ts';

export type { Rulebook } from '../model/compiled.ts';

/** A compiled rulebook, and the findings about its sources. */
export interface Compilation {
  readonly rulebook: Rulebook;
  readonly findings: readonly Finding[];
}

/** A rule except its condition and threshold: `readCondition` and `readThreshold` give better messages. */
const Frame = v.strictObject({
  ...Rule.entries,
  when: v.unknown(),
  threshold: v.optional(v.unknown()),
});
const SharedFrame = v.strictObject({ ...SharedCondition.entries, when: v.unknown() });

/**
 * Checks and compiles a rulebook. A rule with an error is reported and left out; the others are unaffected. The order of
 * the files does not matter. `version` identifies the rulebook in decisions and in the journal. With a `memory`, rules
 * whose files did not change since the compilation before are not compiled again.
 */
export function compile(
  given: RulebookSource,
  actions: readonly ActionDefinition[],
  version: string,
  memory?: CompileMemory<SharedParts>,
): Compilation {
  const findings: Finding[] = [];
  const source = readParts(given, findings);
  const shared = partsOf(source, memory, () => readSharedParts(source, actions));
  findings.push(...shared.findings);
  const { context } = shared;
  const { lists } = context;
  const rules: CompiledRule[] = [];
  const files = new Map<string, string>();
  for (const [file, written] of withinLimits(source, findings)) {
    const read = ruleFrom(file, written, memory, (report) =>
      readRule(file, written, report, context, source.rules),
    );
    findings.push(...read.findings);
    const { rule } = read;
    const report = openReport(file, findings);
    const duplicate = rule && files.get(rule.name);
    if (duplicate !== undefined)
      report.error(['name'], {
        code: 'duplicate-name',
        message: `${duplicate} is called "${rule?.name}" too`,
      });
    if (!rule || read.broken || report.broken()) continue;
    files.set(rule.name, file);
    rules.push(rule);
  }
  checkResolves(rules, source.rules, findings);
  rules.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
  return { rulebook: { version, rules, lists, index: buildRuleIndex(rules) }, findings };
}

/** What all rules read: lists and shared conditions, with the findings about them. */
export interface SharedParts {
  readonly context: CompileContext & Pick<Reader, 'shared' | 'broken' | 'phrases'>;
  readonly findings: readonly Finding[];
}

function readSharedParts(
  source: Pick<RulebookSource, 'lists' | 'conditions'>,
  actions: readonly ActionDefinition[],
): SharedParts {
  const findings: Finding[] = [];
  const lists = readLists(source.lists, findings);
  const own = {
    lists,
    brokenLists: brokenLists(source.lists, lists),
    filled: new Map(),
    actions: new Map(actions.map((action) => [action.name, action])),
  };
  return { context: { ...own, ...readShared(source.conditions, own, findings) }, findings };
}

interface CompileContext {
  readonly lists: Lists;
  readonly brokenLists: ReadonlySet<string>;
  readonly filled: Reader['filled'];
  readonly actions: ReadonlyMap<string, ActionDefinition>;
}

function readRule(
  file: string,
  written: unknown,
  report: Report,
  context: SharedParts['context'],
  files: RulebookSource['rules'],
): CompiledRule | undefined {
  const rule = readFile(report, Frame, written);
  // The condition is also checked if another part of the rule has an error.
  const on = rule && readTriggers(rule.on, report);
  const when =
    isRecord(written) && Object.hasOwn(written, 'when')
      ? readCondition(written.when, {
          ...context,
          report,
          on: on && carriers(rule.on, on),
          leaves: 0,
        })
      : undefined;
  if (!rule || !on) return undefined;
  checkName(report, file, rule.name, files);
  const threshold = readThreshold(rule, { ...context, report, on });
  // For a threshold with an error, all window facts are accepted, so that templates are not reported as well.
  const more = threshold ? tallyFacts(threshold) : rule.threshold === undefined ? [] : TALLY_FACTS;
  checkFixedTexts(rule, report);
  const done = readActions(
    rule.then,
    carriers(rule.on, on) ?? triggerNames,
    context.actions,
    report,
    more,
    threshold?.per,
  );
  if (!when || !done || report.broken()) return undefined;
  const { name, why, owner, priority, stop, enabled, mode, examples } = rule;
  return {
    name,
    file,
    why,
    owner,
    on,
    priority,
    stop,
    enabled,
    shadow: mode === 'shadow',
    expires: rule.expires === undefined ? undefined : Date.parse(rule.expires),
    when,
    indexedCondition: threshold?.among?.when ?? when,
    threshold,
    uses: unite(
      usesOf(when),
      threshold ? [...(threshold.among?.uses ?? []), ...threshold.per] : [],
    ),
    actions: done,
    resolves: typeof rule.resolves === 'string' ? [rule.resolves] : rule.resolves,
    labels: rule.labels,
    nextStep: rule.next_step,
    alsoFires: rule.also_fires,
    examples,
  };
}

/** Reports facts in texts that are no templates, because they would be printed as written. */
function checkFixedTexts(
  { labels, next_step: nextStep = '' }: Pick<Rule, 'labels' | 'next_step'>,
  report: Report,
): void {
  const hint = 'to name a batch or a template, write {{batch_id}} into "about" of the alert';
  const texts = [
    ...Object.entries(labels).map(([name, text]) => [['labels', name], text] as const),
    [['next_step'], nextStep] as const,
  ];
  for (const [path, text] of texts)
    if (text.includes('{{'))
      report.error(path, {
        code: 'bad-template',
        message: `"${path.join('.')}" is a fixed text: ${text} would be printed as it is`,
        hint,
      });
}

/** Merges two lists of uses, each fact or field once. */
const unite = (some: readonly FactUse[], more: readonly FactUse[]): readonly FactUse[] =>
  more.length === 0 ? some : [...new Map([...some, ...more].map((use) => [use.key, use])).values()];

/**
 * The triggers that a rule means, for checking which facts they carry. `undefined` if one of them is not known at all:
 * then any fact may come with it.
 */
function carriers(
  written: readonly string[],
  known: readonly string[],
): readonly string[] | undefined {
  const unknown = written.filter(
    (name) => !triggerNames.includes(triggerNamed(name)?.name ?? name),
  );
  const meant = unknown.map((name) => nearestName(name, triggerNames));
  return meant.every((name) => name !== undefined) ? [...known, ...meant] : undefined;
}

function readTriggers(on: readonly string[], report: Report): readonly string[] | undefined {
  const known = new Set<string>();
  for (const [index, written] of on.entries()) {
    const name = triggerNamed(written)?.name ?? written;
    if (triggerNames.includes(name)) known.add(name);
    else
      report.error(['on', index], {
        code: 'unknown-trigger',
        message: `no trigger is called "${written}"`,
        hint: triggerHint(written),
      });
  }
  return known.size > 0 ? [...known] : undefined;
}

/** Checks each shared condition separately, so that its errors are reported once, in its own file. */
function readShared(
  sources: RulebookSource['conditions'],
  context: CompileContext,
  findings: Finding[],
): Pick<Reader, 'shared' | 'broken' | 'phrases'> {
  const shared = new Map<string, unknown>();
  const files = new Map<string, string>();
  const unread = new Set<string>();
  const phrases = new Map<string, Pick<SharedCondition, 'says' | 'denies'>>();
  for (const [file, source] of sorted(sources)) {
    const report = openReport(file, findings);
    const condition = readFile(report, SharedFrame, source);
    if (condition) checkName(report, file, condition.name, sources);
    if (!condition || report.broken()) {
      unread.add(nameOfFile(file));
      continue;
    }
    shared.set(condition.name, condition.when);
    phrases.set(condition.name, condition);
    files.set(condition.name, file);
  }
  const broken = new Set(unread);
  for (const [name, file] of files) {
    const report = openReport(file, findings);
    readCondition(shared.get(name), {
      ...context,
      report,
      shared,
      phrases,
      broken: unread,
      on: undefined,
      leaves: 0,
    });
    if (report.broken()) broken.add(name);
  }
  return { shared, broken, phrases };
}

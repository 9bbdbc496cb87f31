import { exampleResults } from '../../authoring/prove-files.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { fire } from '../../rules/decide/decide.ts';
import { describe } from '../../rules/explain/describe.ts';
import type { CompiledRule } from '../../rules/model/compiled.ts';
import { nameOfFile } from '../../rules/model/lists.ts';
import type { Example } from '../../rules/model/rule.ts';
import { leavesOf } from '../../rules/model/tree.ts';
import { openCoverage } from '../../rules/prove/coverage.ts';
import { countExample, openDecided } from '../../rules/prove/examples.ts';
import { waysOfExample } from './alerts.ts';
import type { Book, Memory } from './book.ts';
import { quickFindings } from './check.ts';
import type { RuleDetail, RuleSummary, ShownText } from './protocol.ts';

/** Every rule in short, by name. Rules with errors are among them. */
export function ruleSummaries(book: Book, changes: Memory['changes']): readonly RuleSummary[] {
  const compiled = new Map(book.rulebook.rules.map((rule) => [rule.file, rule]));
  const files = Object.keys(book.texts).filter(isRuleFile);
  return files
    .map((file) => summaryOf(file, compiled.get(file), book, Object.hasOwn(changes, file)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isRuleFile = (file: string): boolean => !file.includes('/') && file !== 'alerts.json';

function summaryOf(
  file: string,
  rule: CompiledRule | undefined,
  book: Book,
  drafted: boolean,
): RuleSummary {
  const written = book.source.rules[file];
  const words = isRecord(written) ? written : {};
  const text = (key: string): string => (typeof words[key] === 'string' ? words[key] : '');
  const sentence = rule ? describe(rule) : '';
  const lists = rule ? listsOf(rule) : [];
  const sought = [
    nameOfFile(file),
    sentence,
    text('why'),
    text('owner'),
    text('next_step'),
    ...(rule?.on ?? []),
    ...(rule?.uses.flatMap(({ fact, key }) => [key, fact.summary]) ?? []),
    ...(rule?.actions.flatMap(({ action, written: params }) => [action, JSON.stringify(params)]) ??
      []),
    ...lists.flatMap((list) => [list, (book.rulebook.lists[list] ?? []).join(' ')]),
    ...(rule ? leavesOf(rule.when).map(({ value }) => JSON.stringify(value) ?? '') : []),
  ];
  return {
    name: nameOfFile(file),
    file,
    sentence,
    why: text('why'),
    owner: text('owner'),
    on: rule?.on ?? [],
    enabled: words.enabled !== false,
    shadow: words.mode === 'shadow',
    expires: text('expires') || null,
    broken: rule === undefined,
    drafted,
    search: fold(sought.join(' ')),
  };
}

/** The named lists that a rule's conditions use. */
export const listsOf = (rule: CompiledRule): readonly string[] => [
  ...new Set(
    [rule.when, ...(rule.threshold?.among ? [rule.threshold.among.when] : [])]
      .flatMap((node) => leavesOf(node))
      .flatMap(({ lists = [] }) => lists),
  ),
];

/** All that the page of a rule shows. */
export async function ruleDetail(
  name: string,
  book: Book,
  memory: Memory,
): Promise<RuleDetail | null> {
  const file = `${name}.json`;
  if (!Object.hasOwn(book.texts, file)) return null;
  const rule = book.rulebook.rules.find((one) => one.file === file);
  const summary = summaryOf(file, rule, book, Object.hasOwn(memory.changes, file));
  const text = book.texts[file] ?? '';
  const findings = quickFindings(file, book);
  if (!rule)
    return { summary, text, texts: [], alerts: [], examples: [], clauses: [], lists: [], findings };
  const firing = rule.examples.find(({ fires }) => fires);
  const coverage = await openCoverage(book.rulebook, [rule]);
  return {
    summary,
    text,
    texts: await textsOf(rule, firing, book),
    alerts: firing ? await waysOfExample(rule, firing, book) : [],
    examples: await exampleResults(rule, book.rulebook, book.alerts),
    clauses: coverage.clauses(rule),
    lists: listsOf(rule),
    findings,
  };
}

/** The texts of a rule's actions with the facts of an example filled in; as written where there is no example. */
async function textsOf(
  rule: CompiledRule,
  example: Example | undefined,
  { rulebook }: Book,
): Promise<readonly ShownText[]> {
  const filled = await filledParams(rule, example, rulebook).catch(() => new Map<number, object>());
  return rule.actions.flatMap(({ action, index, definition, written }) => {
    const params: Record<string, unknown> = { ...written, ...filled.get(index) };
    return definition.templates.flatMap((param) =>
      typeof params[param] === 'string' && params[param] !== ''
        ? [{ at: index, action, param, text: params[param] }]
        : [],
    );
  });
}

async function filledParams(
  rule: CompiledRule,
  example: Example | undefined,
  rulebook: Book['rulebook'],
): Promise<ReadonlyMap<number, object>> {
  if (!example) return new Map();
  if (rule.threshold) {
    const { crossing } = await countExample(rulebook, rule, example);
    return new Map(crossing?.fired.actions.map(({ index, params }) => [index, params]) ?? []);
  }
  const { seen } = await openDecided(rulebook, rule, example);
  await seen.fetch(rule.uses);
  const { found } = await fire(rule, seen);
  return new Map(found.actions.map(({ index, params }) => [index, params]));
}

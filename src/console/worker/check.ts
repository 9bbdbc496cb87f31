import { alertFindings } from '../../alerts/findings.ts';
import { checkFiles, doubtsOf, place } from '../../authoring/check-files.ts';
import { correct } from '../../authoring/fix-file.ts';
import type { FileFinding } from '../../authoring/json-source.ts';
import { exampleResults, guardrailResults } from '../../authoring/prove-files.ts';
import type { CompiledRule } from '../../rules/model/compiled.ts';
import type { Finding } from '../../rules/model/finding.ts';
import { codeWords } from '../../rules/model/finding-codes.ts';
import type { ExampleResult } from '../../rules/prove/examples.ts';
import { runStory, type StoryResult } from '../../stories/run-story.ts';
import type { Book, FilesRead, Memory } from './book.ts';
import type { PageFinding, WholeCheck } from './protocol.ts';

/** The findings of one file that need no look at other files: what can be said at once. */
export function quickFindings(file: string, book: Book): readonly PageFinding[] {
  const read = book.files.get(file);
  const own = [...book.compileFindings, ...(file === 'alerts.json' ? alertsOf(book) : [])]
    .filter((finding) => finding.file === file && read?.value !== undefined)
    .map((finding) => place(finding, book));
  return shown([...(read?.findings ?? []), ...own], book);
}

const alertsOf = ({ source }: Book): readonly Finding[] => alertFindings(source.alerts);

/** Everything `check` and `test` say of a whole rulebook. */
export async function wholeCheck(book: Book, memory: Memory): Promise<WholeCheck> {
  const { source, rulebook, alerts } = book;
  const samples = new Map(Object.entries(memory.samples));
  const compiled = { rulebook, findings: book.compileFindings };
  const checked = await checkFiles(book, samples, memory.now, compiled);
  const results = new Map<CompiledRule, readonly ExampleResult[]>();
  for (const rule of rulebook.rules)
    results.set(rule, await exampleResults(rule, rulebook, alerts));
  const doubts = await doubtsOf(source, rulebook, async (rule) => results.get(rule) ?? []);
  const findings = checked.together(doubts);
  const stories: StoryResult[] = [];
  for (const story of checked.stories)
    stories.push(await runStory(story, { rulebook, alerts, samples }));
  return {
    findings: shown(findings, book),
    examples: [...results.values()].flat(),
    stories,
    guardrails: await guardrailResults(source, rulebook, memory.now),
  };
}

/** The text of a file after a finding is corrected, or `null` where only a person can correct it. */
export function fixed(finding: FileFinding, { texts, source }: FilesRead): string | null {
  const text = texts[finding.file];
  if (text === undefined || finding.path === undefined) return null;
  return correct(text, { ...finding, path: finding.path }, source)?.text ?? null;
}

const shown = (findings: readonly FileFinding[], book: Book): readonly PageFinding[] =>
  findings.map((finding) => {
    const words = codeWords(finding.code);
    return {
      ...finding,
      means: words?.means ?? '',
      cure: words?.cure ?? '',
      fixable: fixed(finding, book) !== null,
    };
  });

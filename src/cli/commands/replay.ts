import * as v from 'valibot';
import { readStored } from '../../authoring/first-sight.ts';
import { messageOf } from '../../errors.ts';
import type { Rulebook } from '../../rules/compile/compile.ts';
import { openRecollection, type Recollection } from '../../rules/decide/recollection.ts';
import { openTallies, type Tallies } from '../../rules/decide/tallies.ts';
import { Count, defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { openPace } from '../output/pace.ts';
import { openProgress } from '../output/progress.ts';
import { bytesIn, callbacksIn, type FoundCallback } from '../rules/callback-files.ts';
import { checkRules, counted, findingLine } from '../rules/checked-rules.ts';
import { openForgotten } from '../rules/missing-files.ts';
import type { Shell } from '../shell.ts';

/** What the rules say about one callback, or why it could not be read. */
type Replayed =
  | {
      readonly file: string;
      readonly trigger: string;
      readonly id: string;
      readonly fired: readonly { readonly rule: string; readonly actions: readonly string[] }[];
      /** Rules that could not be decided. */
      readonly erred?: readonly { readonly rule: string; readonly message: string }[];
    }
  | { readonly file: string; readonly error: string };

/**
 * `replay`: passes callbacks through the rules and performs nothing. Each file stands alone; the lines of an NDJSON file
 * count together for rules with a threshold, and know what the lines before them told: ratings and capabilities. However
 * long a file is, the memory stays the same; what had to be forgotten for that is said at the end.
 */
export const replay = defineCommand({
  usage: 'replay <path>',
  description: 'pass a file or a folder of callbacks through the rules; nothing is performed',
  options: [
    {
      flags: '--rate <count>',
      description: 'at most so many callbacks a second (default: as fast as it goes)',
    },
    {
      flags: '--summary',
      description: 'print how often each rule fired instead of a line a callback',
    },
    RULES_OPTION,
    JSON_OPTION,
  ],
  input: v.object({
    rules: Text,
    json: Flag,
    summary: Flag,
    rate: v.optional(Count),
    path: v.string(),
  }),
  async run({ rules, json, summary, rate, path }, shell) {
    const { rulebook, findings, broken } = await checkRules(rules, shell);
    for (const finding of findings)
      if (finding.severity === 'error') shell.err(findingLine(finding));
    let [count, fired, unread] = [0, 0, 0];
    const byRule = new Map<string, number>();
    const progress = openProgress(await bytesIn(path, shell), shell);
    const turn = openPace(rate, shell);
    const forgotten = openForgotten();
    const begin = (file: string) => ({
      file,
      tallies: openTallies(forgotten.window),
      recollection: openRecollection(forgotten.notes),
    });
    let together = begin('');
    for await (const found of callbacksIn(path, shell)) {
      await turn();
      // The callbacks of one file count together, those of another do not.
      const file = found.file.replace(/:\d+$/, '');
      if (file !== together.file) together = begin(file);
      const replayed = await replayOne(found, rulebook, together, shell);
      if (!summary) shell.out(json ? JSON.stringify(replayed) : lineOf(replayed));
      progress.step(found.bytes.byteLength);
      count += 1;
      if ('error' in replayed) unread += 1;
      else if (replayed.fired.length > 0) fired += 1;
      if ('fired' in replayed)
        for (const { rule } of replayed.fired) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
    }
    progress.done();
    for (const line of forgotten.lines()) shell.err(line);
    if (summary)
      for (const line of summaryLines(byRule, { count, fired, unread }, json)) shell.out(line);
    if (!json)
      shell.out(
        `${counted(count, 'callback')}: ${fired} fired a rule, ${count - fired - unread} fired none, ${unread} could not be read`,
      );
    return unread > 0 || broken ? 1 : 0;
  },
});

/** How often each rule fired, the most often first. */
function summaryLines(
  byRule: ReadonlyMap<string, number>,
  sums: object,
  json: boolean,
): readonly string[] {
  const rules = [...byRule].sort(([a, some], [b, more]) => more - some || (a < b ? -1 : 1));
  if (json) return [JSON.stringify({ ...sums, rules: Object.fromEntries(rules) })];
  return rules.map(([rule, times]) => `${times.toLocaleString('en-US').padStart(9)}  ${rule}`);
}

async function replayOne(
  { file, bytes }: FoundCallback,
  rulebook: Rulebook,
  { tallies, recollection }: { readonly tallies: Tallies; readonly recollection: Recollection },
  { now }: Shell,
): Promise<Replayed> {
  try {
    const callback = await readStored(bytes, now());
    const { fired, erred } = await tallies.decide(
      rulebook,
      callback,
      recollection.remember(callback),
    );
    return {
      file,
      trigger: callback.trigger,
      id: callback.id,
      fired: fired.map(({ rule, actions }) => ({
        rule: rule.name,
        actions: actions.map(({ action }) => action),
      })),
      ...(erred.length > 0 ? { erred } : {}),
    };
  } catch (error) {
    return { file, error: messageOf(error) };
  }
}

function lineOf(replayed: Replayed): string {
  if ('error' in replayed) return `${replayed.file}  could not be read: ${replayed.error}`;
  const { file, trigger, id, fired, erred = [] } = replayed;
  const failed = erred
    .map(({ rule, message }) => `, ${rule} could not be decided: ${message}`)
    .join('');
  return `${file}  ${trigger} ${id}  ${firedWords(fired)}${failed}`;
}

/** "fired stop: suppress; stop-told: alert", or "no rule fired". */
export const firedWords = (
  fired: readonly { readonly rule: string; readonly actions: readonly string[] }[],
): string =>
  fired.length === 0
    ? 'no rule fired'
    : `fired ${fired.map(({ rule, actions }) => `${rule}: ${actions.join(', ')}`).join('; ')}`;

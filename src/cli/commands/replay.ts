import * as v from 'valibot';
import { readStored } from '../../authoring/first-sight.ts';
import { messageOf } from '../../errors.ts';
import type { Rulebook } from '../../rules/compile/compile.ts';
import { type CallbackHistory, openCallbackHistory } from '../../rules/decide/callback-history.ts';
import { openTallies, type Tallies } from '../../rules/decide/tallies.ts';
import { bytesIn, callbacksIn, type FoundCallback } from '../callbacks/callback-files.ts';
import { openEvictions } from '../callbacks/evictions.ts';
import { Count, defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { openProgress } from '../output/progress.ts';
import { checkRules, counted, findingLine } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';

/** The decision about one callback, or why it could not be read. */
type Replayed =
  | {
      readonly file: string;
      readonly trigger: string;
      readonly id: string;
      readonly fired: readonly { readonly rule: string; readonly actions: readonly string[] }[];
      /** Rules that failed with an error. */
      readonly erred?: readonly { readonly rule: string; readonly message: string }[];
    }
  | { readonly file: string; readonly error: string };

/**
 * `replay`: passes callbacks through the rules and executes nothing. Files are independent; the
 * lines of an NDJSON file
 * share windows, ratings and capabilities with the lines before them. Memory does
 * not grow with the length of a file; evicted state is reported at the end.
 */
export const replay = defineCommand({
  usage: 'replay <path>',
  description: 'Pass a file or a folder of callbacks through the rules. Nothing is executed.',
  examples: ['replay week.ndjson --summary', 'replay ./callbacks --json'],
  failsIf: 'a callback cannot be read',
  options: [
    {
      flags: '--rate <count>',
      description: 'callbacks per second (default: no limit)',
    },
    {
      flags: '--summary',
      description: 'print the count per rule instead of a line per callback',
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
    const forgotten = openEvictions();
    const begin = (file: string) => ({
      file,
      tallies: openTallies(forgotten.window),
      recollection: openCallbackHistory(forgotten.notes),
    });
    let together = begin('');
    for await (const found of callbacksIn(path, shell)) {
      await turn();
      // State is shared by the callbacks of one file only.
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

/** Returns the count per rule, highest first. */
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
  { tallies, recollection }: { readonly tallies: Tallies; readonly recollection: CallbackHistory },
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

/** Limits a stream to a rate: the returned function resolves when the next item is due. */
function openPace(
  perSecond: number | undefined,
  { now, pause }: Pick<Shell, 'now' | 'pause'>,
): () => Promise<void> {
  if (perSecond === undefined) return async () => {};
  const start = now();
  let count = 0;
  return async () => {
    const due = start + (count++ * 1_000) / perSecond;
    if (due > now()) await pause(due - now());
  };
}

import * as v from 'valibot';
import { messageOf } from '../errors.ts';
import type { Rulebook } from '../rules/compile.ts';
import { openTallies, type Tallies } from '../rules/tallies.ts';
import { callbacksIn, type FoundCallback } from './callback-files.ts';
import { checkRules, counted, findingLine } from './checked-rules.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from './command.ts';
import { firstSight, readStored } from './first-sight.ts';
import type { Shell } from './shell.ts';

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
 * count together for rules with a threshold.
 */
export const replay = defineCommand({
  usage: 'replay <path>',
  description: 'pass a file or a folder of callbacks through the rules; nothing is performed',
  options: [RULES_OPTION, JSON_OPTION],
  input: v.object({ rules: Text, json: Flag, path: v.string() }),
  async run({ rules, json, path }, shell) {
    const { rulebook, findings, broken } = await checkRules(rules, shell);
    for (const finding of findings) if (finding.severity === 'error') shell.err(findingLine(finding));
    let [count, fired, unread] = [0, 0, 0];
    let together = { file: '', tallies: openTallies() };
    for await (const found of callbacksIn(path, shell)) {
      // The callbacks of one file count together, those of another do not.
      const file = found.file.replace(/:\d+$/, '');
      if (file !== together.file) together = { file, tallies: openTallies() };
      const replayed = await replayOne(found, rulebook, together.tallies, shell);
      shell.out(json ? JSON.stringify(replayed) : lineOf(replayed));
      count += 1;
      if ('error' in replayed) unread += 1;
      else if (replayed.fired.length > 0) fired += 1;
    }
    if (!json)
      shell.out(
        `${counted(count, 'callback')}: ${fired} fired a rule, ${count - fired - unread} fired none, ${unread} could not be read`,
      );
    return unread > 0 || broken ? 1 : 0;
  },
});

async function replayOne(
  { file, bytes }: FoundCallback,
  rulebook: Rulebook,
  tallies: Tallies,
  { now }: Shell,
): Promise<Replayed> {
  try {
    const callback = await readStored(bytes, now());
    const { fired, erred } = await tallies.decide(rulebook, callback, firstSight(callback));
    return {
      file,
      trigger: callback.trigger,
      id: callback.id,
      fired: fired.map(({ rule, actions }) => ({ rule: rule.name, actions: actions.map(({ action }) => action) })),
      ...(erred.length > 0 ? { erred } : {}),
    };
  } catch (error) {
    return { file, error: messageOf(error) };
  }
}

function lineOf(replayed: Replayed): string {
  if ('error' in replayed) return `${replayed.file}  could not be read: ${replayed.error}`;
  const { file, trigger, id, fired, erred = [] } = replayed;
  const failed = erred.map(({ rule, message }) => `, ${rule} could not be decided: ${message}`).join('');
  return `${file}  ${trigger} ${id}  ${firedWords(fired)}${failed}`;
}

/** "fired stop: suppress; stop-told: alert", or "no rule fired". */
export const firedWords = (fired: readonly { readonly rule: string; readonly actions: readonly string[] }[]): string =>
  fired.length === 0
    ? 'no rule fired'
    : `fired ${fired.map(({ rule, actions }) => `${rule}: ${actions.join(', ')}`).join('; ')}`;

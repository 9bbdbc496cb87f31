import { Changed } from '../../api/rulebooks/rulebooks.ts';
import type { ExitCode } from '../command.ts';
import type { Shell } from '../shell.ts';
import { authorOf } from './actor.ts';
import { askWorker, queryOf, type WorkerAddress } from './ask-worker.ts';
import { printRefusal } from './refusal.ts';
import { changesBetween, fetchRulebook, short } from './worker-rulebooks.ts';

/** The options of a command that switches rules. */
export interface SwitchWords extends WorkerAddress {
  readonly message?: string | undefined;
  readonly author?: string | undefined;
  readonly dropGuardrails: boolean;
  readonly json: boolean;
}

export const SWITCH_OPTIONS = [
  { flags: '--message <text>', description: 'why' },
  {
    flags: '--author <name>',
    description: 'the actor (default: SIGNALBOX_AUTHOR, else git’s user.name)',
  },
  {
    flags: '--drop-guardrails',
    description: 'drop guardrails that these rules do not contain (role admin)',
  },
] as const;

/** Puts other rules in force and prints what changes. */
export async function switchRules(
  path: string,
  words: SwitchWords,
  shell: Shell,
): Promise<ExitCode> {
  const { message, author, dropGuardrails, json, ...address } = words;
  const body = JSON.stringify({
    author: author ?? (await authorOf(shell)),
    ...(message ? { message } : {}),
  });
  const query = queryOf({ guardrails: dropGuardrails ? 'replace' : undefined });
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
  let changed: Changed;
  try {
    changed = await askWorker(`/v1/rulebooks/${path}${query}`, Changed, address, shell, init);
  } catch (error) {
    return printRefusal(error, 'Nothing was changed.', shell);
  }
  if (json) {
    shell.out(JSON.stringify(changed));
    return 0;
  }
  if (changed.version === changed.before) {
    shell.out(`${short(changed.version)} was in force already`);
    return 0;
  }
  shell.out(
    `${short(changed.version)} is in force instead of ${short(changed.before)}, everywhere within 30 seconds`,
  );
  const [old, now] = [
    await fetchRulebook(changed.before, address, shell),
    await fetchRulebook(changed.version, address, shell),
  ];
  for (const line of await changesBetween(old, now, shell)) shell.out(line);
  return 0;
}

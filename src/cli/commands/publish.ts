import * as v from 'valibot';
import { Changed } from '../../api/rulebooks/rulebooks.ts';
import { AppError } from '../../errors.ts';
import { canonicalize } from '../../rulebooks/canonical.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { reportLines as backtestLines } from '../output/backtest-report.ts';
import { backtestJournal } from '../rules/backtest-run.ts';
import { type CheckedRules, checkRules, findingLine } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { failures, reportLines } from '../test/report.ts';
import { runTests } from '../test/run-tests.ts';
import { readSince } from '../time.ts';
import { authorOf } from '../worker/actor.ts';
import {
  askWorker,
  isLocal,
  queryOf,
  WORKER_OPTIONS,
  type WorkerAddress,
} from '../worker/ask-worker.ts';
import { printRefusal } from '../worker/refusal.ts';
import { SWITCH_OPTIONS } from '../worker/switching.ts';
import {
  changesBetween,
  fetchRulebook,
  type KeptRulebook,
  short,
} from '../worker/worker-rulebooks.ts';
import { EXPLAIN_ID } from './backtest.ts';

/** `publish`: checks, tests, compares and tries the rules, asks, and puts them in force. */
export const publish = defineCommand({
  usage: 'publish',
  description:
    'Check, test and backtest the rules, print the changes, ask for confirmation, and put the rules in force.',
  examples: ['publish --message "new HELP text"', 'publish --shadow --yes'],
  failsIf: 'a rule has an error, a test fails, or the Worker refuses the rules',
  options: [
    RULES_OPTION,
    { flags: '--yes', description: 'skip the confirmation' },
    ...SWITCH_OPTIONS,
    { flags: '--shadow', description: 'run as shadow: decisions are recorded, not executed' },
    { flags: '--store', description: 'store the rules without putting them in force' },
    { flags: '--since <time>', description: 'start of the backtest (default: 7d)' },
    { flags: '--no-backtest', description: 'skip the backtest' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    rules: Text,
    yes: Flag,
    message: Text,
    author: Text,
    dropGuardrails: Flag,
    shadow: Flag,
    store: Flag,
    since: v.optional(v.string(), '7d'),
    backtest: v.optional(v.boolean(), true),
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ rules, yes, since, backtest, url, token, json, ...words }, shell) {
    const address = { url, token };
    const told: Shell = json ? { ...shell, out: shell.err } : shell;
    const checked = await checkRules(rules, shell);
    if (!(await isSound(checked, told))) return 1;
    const inForce = await fetchRulebook('in-force', address, shell);
    const { version } = await canonicalize(checked.source);
    if (version === inForce.about.version && !words.dropGuardrails) {
      if (json) shell.out(JSON.stringify({ version, put: null }));
      else shell.out(`${short(version)}: these rules are in force already`);
      if (!json && inForce.about.origin === 'bundled' && isLocal(address, shell))
        shell.out(
          'npm start takes up changed files by itself. To practise publishing: npm start -- --practice',
        );
      return 0;
    }
    await tellChanges(inForce, checked, told);
    if (backtest) await tellBacktest(checked, readSince('--since', since, shell), address, told);
    if (!yes && !(await agreed(words, shell))) {
      shell.err('Nothing was published.');
      return 1;
    }
    return send(checked, { ...words, buildsOn: inForce.about.version }, address, json, shell);
  },
});

type Words = Readonly<{
  message?: string | undefined;
  author?: string | undefined;
  dropGuardrails: boolean;
  shadow: boolean;
  store: boolean;
}>;

/** Runs all tests of `test` and prints the failures. */
async function isSound(checked: CheckedRules, shell: Shell): Promise<boolean> {
  const { findings, broken } = checked;
  for (const finding of findings)
    if (!broken || finding.severity === 'error') shell.out(findingLine(finding));
  if (!broken) {
    const report = await runTests(checked, [], { coverage: false }, shell);
    // Cross-fires are reported by `test` and do not block publishing.
    for (const line of reportLines({ ...report, crossFires: [], findings: [] }, true))
      shell.out(line);
    if (failures(report) === 0) return true;
  }
  shell.err('Nothing was published.');
  return false;
}

async function tellChanges(
  inForce: KeptRulebook,
  checked: CheckedRules,
  shell: Shell,
): Promise<void> {
  shell.out(`What changes in ${short(inForce.about.version)}, which is in force:`);
  const lines = await changesBetween(inForce, checked, shell);
  for (const line of lines) shell.out(`  ${line}`);
  if (lines.length === 0) shell.out('  nothing that a rule does');
}

async function tellBacktest(
  { source }: CheckedRules,
  since: string,
  address: WorkerAddress,
  shell: Shell,
): Promise<void> {
  const { tally } = await backtestJournal(source, { since }, address, shell);
  if (tally.callbacks === 0)
    shell.out(`Nothing is on record since ${since}: there is nothing to try the rules on`);
  else shell.out(`On record since ${since}:`);
  if (tally.callbacks > 0) for (const line of backtestLines(tally, EXPLAIN_ID)) shell.out(line);
}

/** @throws AppError `bad_request` without a terminal */
async function agreed({ shadow, store }: Words, shell: Shell): Promise<boolean> {
  const what = store
    ? 'Keep these rules?'
    : shadow
      ? 'Try these rules in shadow?'
      : 'Put these rules in force?';
  const answer = await shell.ask(`${what} [y/N] `);
  if (answer === undefined)
    throw new AppError('bad_request', 'there is no terminal to ask for confirmation: use --yes');
  return /^y(es)?$/i.test(answer.trim());
}

async function send(
  { source, texts }: CheckedRules,
  {
    message,
    author,
    dropGuardrails,
    shadow,
    store,
    buildsOn,
  }: Words & { readonly buildsOn: string },
  address: WorkerAddress,
  json: boolean,
  shell: Shell,
): Promise<0 | 1> {
  const query = queryOf({
    activate: store ? 'false' : undefined,
    shadow: shadow ? 'true' : undefined,
    guardrails: dropGuardrails ? 'replace' : undefined,
  });
  const who = author ?? (await authorOf(shell));
  const body = JSON.stringify({
    ...source,
    files: texts,
    author: who,
    ...(message ? { message } : {}),
    builds_on: buildsOn,
  });
  const init = { method: 'PUT', body, headers: { 'content-type': 'application/json' } };
  let changed: Changed;
  try {
    changed = await askWorker(`/v1/rulebooks${query}`, Changed, address, shell, init);
  } catch (error) {
    return printRefusal(error, 'Nothing was published.', shell);
  }
  if (json) {
    shell.out(JSON.stringify(changed));
    return 0;
  }
  const name = short(changed.version);
  if (changed.put === 'in force')
    shell.out(
      `${name} is in force, everywhere within 30 seconds. The way back: signalbox rollback`,
    );
  else if (changed.put === 'in shadow')
    shell.out(
      `${name} is tried in shadow: signalbox shadow report compares, signalbox shadow stop ends it`,
    );
  else shell.out(`${name} is kept. To put it in force: signalbox activate ${name}`);
  if (changed.guardrails_kept.length > 0)
    shell.out(
      `Guardrails that hold although these rules do not bring them: ${changed.guardrails_kept.join(', ')}`,
    );
  return 0;
}

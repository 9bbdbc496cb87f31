import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import type { Compared } from '../../rules/explain/diff.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { reportLines } from '../output/backtest-report.ts';
import { backtestFiles, backtestJournal } from '../rules/backtest-run.ts';
import { checkRules, findingLine } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { readSince } from '../time.ts';
import { WORKER_OPTIONS, type WorkerAddress } from '../worker/ask-worker.ts';
import { fetchRulebook, short } from '../worker/worker-rulebooks.ts';

/**
 * `backtest`: what the rules in the folder would have done otherwise than those in force. Nothing
 * is performed.
 */
export const backtest = defineCommand({
  usage: 'backtest',
  description:
    'Compare the rules of the folder with the rules in force on past callbacks. Nothing is executed.',
  examples: ['backtest --since 7d', 'backtest --file week.ndjson --against ./other-rules'],
  failsIf: 'a rule has an error or a callback cannot be read',
  options: [
    RULES_OPTION,
    {
      flags: '--since <time>',
      description: 'start of the period: 7d (the default), or "2026-11-20 10:00"',
    },
    { flags: '--until <time>', description: 'end of the period' },
    {
      flags: '--file <path>',
      description: 'a file or a folder of callbacks instead of the journal',
    },
    {
      flags: '--against <rules>',
      description:
        'with --file: a version that the Worker stores, or a rules folder (default: the rules in force)',
    },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    rules: Text,
    since: v.optional(v.string(), '7d'),
    until: Text,
    file: Text,
    against: Text,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ rules, since, until, file, against, url, token, json }, shell) {
    const checked = await checkRules(rules, shell);
    const { source, findings, broken } = checked;
    for (const finding of findings)
      if (finding.severity === 'error') shell.err(findingLine(finding));
    if (broken) return 1;
    const address = { url, token };
    if (file === undefined) {
      if (against !== undefined)
        throw new AppError(
          'bad_request',
          '--against goes with --file: the record is held against the rules in force',
        );
      const tested = await backtestJournal(
        source,
        {
          since: readSince('--since', since, shell),
          until: readSince('--until', until, shell),
        },
        address,
        shell,
      );
      if (json) shell.out(JSON.stringify(tested));
      else {
        shell.out(`On record since ${since}, beside ${short(tested.against)}, which is in force:`);
        for (const line of reportLines(tested.tally, EXPLAIN_ID)) shell.out(line);
      }
      return 0;
    }
    const old = await oldRulebook(against, address, shell);
    const { tally, unread } = await backtestFiles(file, { old, new: checked }, shell);
    if (json) shell.out(JSON.stringify({ against: old.rulebook.version, tally, unread }));
    else {
      for (const line of unread) shell.out(line);
      shell.out(`${file}, beside ${against ?? short(old.rulebook.version)}:`);
      for (const line of reportLines(tally, EXPLAIN_FILE)) shell.out(line);
    }
    return unread.length > 0 ? 1 : 0;
  },
});

/** How to look at an example. */
export const EXPLAIN_ID =
  'signalbox explain <id> says it for one of them, by the rules that decided it';
const EXPLAIN_FILE = 'signalbox explain <file> says it for one of them, by the new rules';

async function oldRulebook(
  against: string | undefined,
  address: WorkerAddress,
  shell: Shell,
): Promise<Compared> {
  const isFolder = against !== undefined && /[/.\\]/.test(against);
  if (isFolder) return checkRules(against, shell);
  try {
    return await fetchRulebook(against ?? 'in-force', address, shell);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
    throw new AppError(
      'unavailable',
      `${error.message} Or name a rules folder: --against ./other-rules`,
    );
  }
}

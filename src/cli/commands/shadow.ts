import * as v from 'valibot';
import { Changed } from '../../api/rulebooks/rulebooks.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { reportLines } from '../output/backtest-report.ts';

import { shadowReport } from '../output/shadow-report.ts';
import { counted } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { clock, readSince } from '../time.ts';
import { authorOf } from '../worker/actor.ts';
import { askWorker, WORKER_OPTIONS, type WorkerAddress } from '../worker/ask-worker.ts';
import { printRefusal } from '../worker/refusal.ts';
import { listRulebooks, short } from '../worker/worker-rulebooks.ts';
import { EXPLAIN_ID } from './backtest.ts';

/** `shadow`: what a rulebook, or rules, in shadow would have done; begins and ends it. */
export const shadow = defineCommand({
  usage: 'shadow [what]',
  description:
    'Compare the shadow rulebook with the rules in force ("report", the default), start it (a version) or end it ("stop").',
  examples: ['shadow', 'shadow 3f9c2a10', 'shadow stop'],
  failsIf: 'the Worker refuses the change',
  options: [
    {
      flags: '--since <time>',
      description: 'start of the report (default: start of the shadow, else 7d)',
    },
    { flags: '--message <text>', description: 'why' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    what: v.optional(v.string(), 'report'),
    since: Text,
    message: Text,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ what, since, message, json, ...address }, shell) {
    if (what === 'report') return report(since, json, address, shell);
    if (what === 'stop') {
      await askWorker('/v1/rulebooks/shadow', v.object({ shadow: v.null() }), address, shell, {
        method: 'DELETE',
      });
      shell.out('No rulebook is in shadow any more');
      return 0;
    }
    const body = JSON.stringify({ author: await authorOf(shell), ...(message ? { message } : {}) });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    try {
      const path = `/v1/rulebooks/${encodeURIComponent(what)}/shadow`;
      const { version } = await askWorker(path, Changed, address, shell, init);
      shell.out(
        `${short(version)} is tried in shadow: signalbox shadow report compares, signalbox shadow stop ends it`,
      );
      return 0;
    } catch (error) {
      return printRefusal(error, 'Nothing was changed.', shell);
    }
  },
});

async function report(
  since: string | undefined,
  json: boolean,
  address: WorkerAddress,
  shell: Shell,
): Promise<0> {
  const { shadow: version, in_force, history } = await listRulebooks(address, shell);
  const began = history.find(
    (change) => change.kind === 'shadow' && change.version === version,
  )?.at;
  const from = readSince('--since', since, shell) ?? (version === null ? undefined : began) ?? '7d';
  const found = await shadowReport(
    { version, since: from, began: Date.parse(began ?? '') || 0 },
    address,
    shell,
  );
  if (json) {
    shell.out(
      JSON.stringify({
        in_force,
        shadow: version,
        since: from,
        ...found,
        tally: found.tally ?? null,
      }),
    );
    return 0;
  }
  const when = from.includes('T') ? clock(from, shell.zone) : from;
  if (found.tally && version !== null) {
    shell.out(`Since ${when}, under ${short(version)} in shadow, beside what was in force:`);
    for (const line of reportLines(
      found.tally,
      `${EXPLAIN_ID}; --rulebook ${version} says it for the shadow`,
    ))
      shell.out(line);
  } else
    shell.out(
      'No rulebook is in shadow: signalbox publish --shadow, or signalbox shadow <version>',
    );
  if (found.rules.length > 0) shell.out(`Rules in shadow, since ${when}:`);
  for (const { rule, count, examples } of found.rules)
    shell.out(
      `  ${rule} would have fired for ${counted(count, 'callback')}: ${examples.join(', ')}${count > examples.length ? ', …' : ''}`,
    );
  if (found.cut) shell.out('  There is more on record: --since takes a shorter time.');
  return 0;
}

import * as v from 'valibot';
import { matchReader } from '../../alerts/unmatched.ts';
import { Silence, Silences } from '../../api/alerts/silences.ts';
import { AppError } from '../../errors.ts';
import { readAlertFields } from '../alerts/alert-fields.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import type { Shell } from '../shell.ts';
import { clock, readTime } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import { askWorker, WORKER_OPTIONS, type WorkerAddress } from '../worker/ask-worker.ts';
import { fetchRulebook } from '../worker/worker-rulebooks.ts';

/** `silence`: keeps alerts quiet for a while, by a running Worker. */
export const silence = defineCommand({
  usage: 'silence [matchers...]',
  description: 'Silence matching alerts for a time, list the silences, or end one.',
  examples: ['silence rule=help --for 2h --reason "known"', 'silence --list'],
  failsIf: 'the Worker refuses the silence',
  options: [
    { flags: '--for <span>', description: 'duration: 2h' },
    { flags: '--until <time>', description: 'end, in your time zone: 06:00 or "2026-11-21 06:00"' },
    { flags: '--list', description: 'list the active silences' },
    { flags: '--end <id>', description: 'end the silence with this id' },
    ...ACTOR_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    matchers: v.optional(v.array(v.string()), []),
    for: Text,
    until: Text,
    ...ACTOR_INPUT,
    list: Flag,
    end: Text,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run(
    { matchers, for: span, until, reason, actor, list, end: ended, url, token, json },
    shell,
  ) {
    const worker = { url, token };
    if (list) {
      const found = await askWorker('/v1/silences', Silences, worker, shell);
      if (json) shell.out(JSON.stringify(found));
      else {
        const rows = found.silences.map((one) => [
          one.id,
          `until ${clock(one.until, shell.zone)}`,
          one.actor,
          said(one),
          one.reason,
        ]);
        for (const line of columns(rows)) shell.out(line);
        if (rows.length === 0) shell.out('nothing is silenced');
      }
      return 0;
    }
    if (ended !== undefined) {
      const path = `/v1/silences/${encodeURIComponent(ended)}`;
      const answer = await askWorker(path, v.object({ ended: v.string() }), worker, shell, {
        method: 'DELETE',
      });
      shell.out(
        json
          ? JSON.stringify(answer)
          : `${answer.ended} has ended; what it kept back and still lasts is told now`,
      );
      return 0;
    }
    if (matchers.length === 0)
      throw new AppError('bad_request', 'silence what? rule=…, owner=…, app_id=…, channel=…');
    const hand = await readActor({ actor, reason }, shell);
    const end = until === undefined ? undefined : readTime('--until', until, shell);
    const wanted = { match: readAlertFields(matchers), for: span, until: end, ...hand };
    const set = await askWorker(
      '/v1/silences',
      Silence,
      worker,
      shell,
      jsonRequest('POST', wanted),
    );
    const doubts = await doubtsOf(set, worker, shell);
    if (json) shell.out(JSON.stringify({ ...set, ...(doubts.length > 0 && { warnings: doubts }) }));
    else {
      shell.out(`${set.id}  silenced until ${clock(set.until, shell.zone)}: ${said(set)}`);
      for (const doubt of doubts) shell.out(`But ${doubt} signalbox silence --end ${set.id}`);
    }
    return 0;
  },
});

/**
 * What the silence names that no alert of the rules in force has: a slip of the pen keeps nothing
 * quiet. It is set all the same.
 */
async function doubtsOf(
  { match }: Silence,
  worker: WorkerAddress,
  shell: Shell,
): Promise<readonly string[]> {
  const found = await fetchRulebook('in-force', worker, shell).catch(() => undefined);
  const findings = found ? matchReader(found.source)(match, []) : [];
  return findings.map(({ message, hint }) =>
    hint === undefined ? `${message}.` : `${message}: ${hint}`,
  );
}

/** "rule stop, label team payments". */
const said = ({ match: { labels = {}, ...fields } }: Silence): string =>
  [
    ...Object.entries(fields),
    ...Object.entries(labels).map(([name, value]) => [`label ${name}`, value] as const),
  ]
    .map(([name, value]) => `${name} ${[value].flat().join(' or ')}`)
    .join(', ');

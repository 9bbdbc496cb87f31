import * as v from 'valibot';
import { AlertList } from '../../api/alerts/alerts.ts';
import { OverviewAnswer } from '../../api/operating/overview.ts';
import { Pauses } from '../../api/operating/pauses.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { clock } from '../time.ts';
import { askWorker, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** One thing that an operator should know: what it is, since when, and the command that deals with it. */
interface Item {
  readonly what: string;
  readonly since: string | null;
  readonly command: string;
}

/** `status`: what is wrong with a Worker, since when, and what to do. */
export const status = defineCommand({
  usage: 'status',
  description:
    'Show what is wrong with a Worker, since when, and what to do: problems, firing alerts, pauses, and what waits for a decision.',
  examples: ['status', 'status --json', 'status --url https://signalbox.example.workers.dev'],
  failsIf: 'the Worker has a problem',
  options: [...WORKER_OPTIONS, JSON_OPTION],
  input: v.object({ url: Text, token: Text, json: Flag }),
  async run({ json, ...address }, shell) {
    const { zone } = shell;
    const [overview, pauses, alerts] = await Promise.all([
      askWorker('/v1/overview', OverviewAnswer, address, shell),
      askWorker('/v1/pauses', Pauses, address, shell),
      askWorker('/v1/alerts?state=firing&limit=50', AlertList, address, shell),
    ]);
    const { ok, troubles } = overview.health;
    const waiting = [...pauseItems(pauses), ...waitingItems(overview, zone)];
    const firing = alertItems(alerts);
    if (json) shell.out(JSON.stringify({ ok, problems: troubles, alerts: firing, waiting }));
    else {
      shell.out(ok ? 'no problems' : counted(troubles.length, 'problem'));
      for (const trouble of troubles) shell.out(`  ${trouble}`);
      section('firing alerts', firing, shell);
      section('paused or waiting for a decision', waiting, shell);
      const { version, since, actor } = overview.rulebook;
      const from =
        since === null ? 'from the deployment' : `since ${clock(since, zone)} by ${actor}`;
      shell.out(`rules ${version} ${from}`);
      if (!ok) shell.out('What to do: docs/operators.md, "At 3 a.m."; live log: signalbox logs');
    }
    return ok ? 0 : 1;
  },
});

function section(
  title: string,
  items: readonly Item[],
  { out, zone }: Pick<Shell, 'out' | 'zone'>,
): void {
  if (items.length === 0) return;
  out(`${title}:`);
  for (const line of columns(
    items.map(({ what, since, command }) => [
      `  ${since === null ? '' : clock(since, zone)}`,
      what,
      `signalbox ${command}`,
    ]),
  ))
    out(line);
}

const pauseItems = ({ pauses }: v.InferOutput<typeof Pauses>): readonly Item[] =>
  pauses.map(({ kind, name, since, actor, reason }) => {
    const subject = `${kind} ${name}`.trim();
    return {
      what: `${subject} is paused by ${actor}: ${reason}`,
      since,
      command: `resume ${subject}`,
    };
  });

function waitingItems(overview: OverviewAnswer, zone: string): readonly Item[] {
  const { reviews, held, dead_letters, quarantined, limits } = overview;
  const waits = [
    [held.waiting, 'held action', held.oldest_at, 'held'],
    [reviews.waiting, 'open review', reviews.oldest_at, 'reviews'],
    [dead_letters, 'dead letter', overview.dead_letters_oldest_at, 'dead-letters'],
    [quarantined, 'quarantined callback', overview.quarantined_oldest_at, 'quarantine'],
  ] as const;
  return [
    ...waits.flatMap(([count, noun, since, command]) =>
      count === 0 ? [] : [{ what: counted(count, noun), since, command }],
    ),
    ...limits.map(({ app_id, channel, limit }) => ({
      what: `${app_id} may send ${limit.content} at ${limit.to} on ${channel} until ${clock(limit.until, zone)}: ${limit.reason}`,
      since: null,
      command: `sender ${app_id} ${channel}`,
    })),
  ];
}

const alertItems = ({ alerts }: v.InferOutput<typeof AlertList>): readonly Item[] =>
  alerts.map(({ id, count, first_at, muted, members: [first] }) => ({
    what: `${first ? `${first.severity} ${first.title}` : 'an alert'}${count > 1 ? ` (${count} times)` : ''}${muted === null ? '' : `, muted: ${muted}`}`,
    since: first_at,
    command: `alerts why ${id}`,
  }));

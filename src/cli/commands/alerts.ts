import * as v from 'valibot';
import { drawTree } from '../../alerts/tree.ts';
import { AlertDetail, AlertList } from '../../api/alerts.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { testAlerts } from '../output/alerts-test.ts';
import { clock, columns } from '../output/columns.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { alertsOf } from '../rules/chosen-rules.ts';
import type { Shell } from '../shell.ts';
import { askWorker, WORKER_OPTIONS } from '../worker/ask-worker.ts';

const Input = v.object({
  what: v.picklist(['test', 'tree', 'why', 'list'], 'expected "test", "tree", "why" or "list"'),
  subjects: v.optional(v.array(v.string()), []),
  send: Flag,
  at: Text,
  rules: Text,
  url: Text,
  token: Text,
  json: Flag,
});
export type AlertsInput = v.InferOutput<typeof Input>;

/** `alerts`: who would get what, and why somebody did or did not. */
export const alerts = defineCommand({
  usage: 'alerts <what> [subjects...]',
  description:
    'alerts test <rule | callback | severity=… owner=… …>: who would get it and how it looks; alerts tree: the routes; alerts list, alerts why <id>: what a Worker told, and why',
  options: [
    {
      flags: '--send',
      description: 'test: really send one, marked as a test, by a running Worker',
    },
    {
      flags: '--at <time>',
      description: 'test: at another time, 2026-11-21T03:00:00Z: schedules differ',
    },
    RULES_OPTION,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: Input,
  run: (input, shell) => RUN[input.what](input, shell),
});

const RUN: Readonly<
  Record<AlertsInput['what'], (input: AlertsInput, shell: Shell) => Promise<0 | 1>>
> = {
  test: testAlerts,
  tree,
  list,
  why,
};

async function tree({ rules, json }: AlertsInput, shell: Shell): Promise<0> {
  const lines = drawTree(alertsOf(await checkRules(rules, shell), shell));
  if (json) shell.out(JSON.stringify({ tree: lines }));
  else for (const line of lines) shell.out(line);
  return 0;
}

async function list({ json, url, token }: AlertsInput, shell: Shell): Promise<0> {
  const found = await askWorker('/v1/alerts', AlertList, { url, token }, shell);
  if (json) {
    shell.out(JSON.stringify(found));
    return 0;
  }
  const rows = found.alerts.map(({ id, state, count, last_at: last, muted, members }) => [
    id,
    muted === null ? state : 'muted',
    count,
    clock(last),
    members[0] ? `${members[0].severity} ${members[0].title}` : '',
  ]);
  for (const line of columns(rows)) shell.out(line);
  if (rows.length === 0) shell.out('no alert is on record');
  return 0;
}

async function why({ subjects: [id], json, url, token }: AlertsInput, shell: Shell): Promise<0> {
  if (id === undefined)
    throw new AppError('bad_request', 'alerts why <id>: which one? See alerts list');
  const found = await askWorker(
    `/v1/alerts/${encodeURIComponent(id)}`,
    AlertDetail,
    { url, token },
    shell,
  );
  if (json) {
    shell.out(JSON.stringify(found));
    return 0;
  }
  const about = Object.entries(found.group).map(([name, value]) => `${name} ${value}`);
  shell.out(
    `${found.id}  ${found.state}, ${found.count === 1 ? 'once' : `${found.count} times`}, route ${found.route}`,
  );
  if (about.length > 0) shell.out(`  grouped by ${about.join(', ')}`);
  for (const { at, message } of found.trail) shell.out(`  ${clock(at)}  ${message}`);
  shell.out(found.message);
  return 0;
}

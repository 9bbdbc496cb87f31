import * as v from 'valibot';
import { drawTree } from '../../alerts/tree.ts';
import { AlertDetail, AlertList } from '../../api/alerts/alerts.ts';
import { AppError } from '../../errors.ts';
import { testAlerts } from '../alerts/test-alerts.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { alertsOf } from '../rules/chosen-rules.ts';
import type { Shell } from '../shell.ts';
import { clock } from '../time.ts';
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
type AlertsInput = v.InferOutput<typeof Input>;

/** `alerts`: previews alerts, and explains those of a Worker. */
export const alerts = defineCommand({
  usage: 'alerts <what> [subjects...]',
  description:
    'Show who gets an alert and why. "test" previews an alert, "tree" prints the routes, "list" and "why <id>" show the alerts of a Worker.',
  examples: [
    'alerts test whatsapp-quality-red',
    'alerts test severity=critical owner=support --at 03:00',
    'alerts why 01JB1JEWE77B1WMNG5RADAGJ9R',
  ],
  failsIf: 'an alert that was sent did not arrive',
  options: [
    {
      flags: '--send',
      description: 'test: have the Worker send the alert, marked as a test',
    },
    {
      flags: '--at <time>',
      description:
        'test: at this time, for schedules, in your time zone: 03:00 or "2026-11-21 03:00"',
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
    clock(last, shell.zone),
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
  for (const line of memberLines(found)) shell.out(line);
  for (const { at, message } of found.trail) shell.out(`  ${clock(at, shell.zone)}  ${message}`);
  shell.out(found.message);
  return 0;
}

/** The alerts of a group, one a line, where there are several. */
function memberLines({ members, more_members: more }: AlertDetail): readonly string[] {
  if (members.length < 2) return [];
  const rows = members.map(({ severity, title, about = '', rule, count = 1 }) => [
    severity,
    title.includes(about) ? title : `${title}: ${about}`,
    rule,
    count === 1 ? 'once' : `${count} times`,
  ]);
  const rest = more > 0 ? [`  and ${more} earlier ones, whose names are no longer kept`] : [];
  return [...columns(rows).map((line) => `  ${line}`), ...rest];
}

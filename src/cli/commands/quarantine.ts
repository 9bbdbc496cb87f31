import * as v from 'valibot';
import { Quarantined, QuarantineList } from '../../api/quarantine.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock, readSince } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS } from '../worker/actor.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { changeMany, type Shelf } from '../worker/select-many.ts';

const SHELF: Shelf = {
  path: '/v1/quarantine',
  noun: 'body',
  plural: 'bodies',
  options: '--code, --since, --until',
};

/** `quarantine`: signed bodies that could not be read: lists them, shows one, redelivers or drops them. */
export const quarantine = defineCommand({
  usage: 'quarantine [verb] [id]',
  description:
    'List signed bodies that could not be read, show one, redeliver it or drop it. Bodies are not shown, because they may name people.',
  examples: [
    'quarantine',
    'quarantine redeliver --code unknown_trigger --dry-run --reason "trigger added"',
    'quarantine redeliver --code unknown_trigger --reason "trigger added"',
    'quarantine drop --until 30d --reason "outdated"',
  ],
  failsIf: 'a body still cannot be read, or the Worker refuses',
  options: [
    { flags: '--code <code>', description: 'by error code' },
    { flags: '--since <time>', description: 'arrived at or after a time, or so long ago: 3d' },
    { flags: '--until <time>', description: 'arrived before a time, or so long ago: 1h' },
    { flags: '--all', description: 'all; list: those that were redelivered or dropped as well' },
    { flags: '--dry-run', description: 'redeliver, drop: only count' },
    ...ACTOR_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    verb: v.optional(
      v.picklist(['list', 'show', 'redeliver', 'drop'], 'expected list, show, redeliver or drop'),
      'list',
    ),
    id: Text,
    code: Text,
    since: Text,
    until: Text,
    all: Flag,
    dryRun: Flag,
    ...ACTOR_INPUT,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run(input, shell) {
    const { verb, id, code, all, dryRun, json, url, token } = input;
    const since = readSince('--since', input.since, shell);
    const until = readSince('--until', input.until, shell);
    const filters = { code, since, until };
    const address = { url, token };
    if (verb === 'redeliver' || verb === 'drop')
      return changeMany(
        SHELF,
        { verb, json, dryRun, selected: { id, filters, all }, actor: input },
        address,
        shell,
      );
    if (verb === 'show') {
      if (id === undefined)
        throw new AppError('bad_request', 'quarantine show <id>: which one? See quarantine');
      const path = `/v1/quarantine/${encodeURIComponent(id)}`;
      const body = await askWorker(path, Quarantined, address, shell);
      for (const line of json ? [JSON.stringify(body)] : detailLines(body, shell.zone))
        shell.out(line);
      return 0;
    }
    if (id !== undefined)
      throw new AppError('bad_request', `list takes no id: quarantine show ${id}`);
    const query = queryOf({ ...filters, state: all ? 'all' : 'open', limit: '200' });
    const list = await askWorker(`/v1/quarantine${query}`, QuarantineList, address, shell);
    for (const line of json ? [JSON.stringify(list)] : listLines(list, shell.zone)) shell.out(line);
    return 0;
  },
});

const state = ({ redelivered_at, dropped }: Quarantined): string =>
  dropped === null ? (redelivered_at === null ? '' : 'redelivered') : 'dropped';

function listLines(
  { quarantine: bodies, next }: v.InferOutput<typeof QuarantineList>,
  zone: string,
) {
  if (bodies.length === 0) return ['every signed callback could be read'];
  const rows = columns(
    bodies.map((one) => [
      clock(one.at, zone),
      one.code,
      counted(one.times, 'time'),
      one.reason,
      state(one),
      one.id,
    ]),
  );
  const some = next === null ? '' : ', the newest are shown';
  return [
    ...rows,
    `${counted(bodies.length, 'body', 'bodies')}${some}. One of them: signalbox quarantine show <id>; again: quarantine redeliver; never: quarantine drop`,
  ];
}

function detailLines(body: Quarantined, zone: string): readonly string[] {
  const { id, at, code, reason, bytes, times, redelivered_at, dropped } = body;
  return [
    `${id}  ${bytes} bytes, arrived ${counted(times, 'time')}, last ${clock(at, zone)}`,
    `  ${reason} (${code})`,
    ...(redelivered_at === null ? [] : [`  redelivered ${clock(redelivered_at, zone)}`]),
    ...(dropped === null ? [] : [`  dropped by ${dropped}`]),
    `  The body: npx wrangler r2 object get signalbox-archive/quarantine/${id} --remote --pipe`,
  ];
}

import * as v from 'valibot';
import { Quarantined, QuarantineList } from '../../api/operating/quarantine.ts';
import { defineCommand, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock, readSince } from '../time.ts';
import {
  runShelf,
  SHELF_INPUT,
  SHELF_OPTIONS,
  type Shelf,
  stateOf,
} from '../worker/select-many.ts';

const SHELF: Shelf = {
  command: 'quarantine',
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
    ...SHELF_OPTIONS,
  ],
  input: v.object({
    ...SHELF_INPUT,
    code: Text,
    since: Text,
    until: Text,
  }),
  run(input, shell) {
    const since = readSince('--since', input.since, shell);
    const until = readSince('--until', input.until, shell);
    return runShelf(
      SHELF,
      input,
      { code: input.code, since, until },
      undefined,
      { list: QuarantineList, entry: Quarantined, listLines, entryLines: detailLines },
      shell,
    );
  },
});

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
      stateOf(one),
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

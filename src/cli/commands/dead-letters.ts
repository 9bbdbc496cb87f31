import * as v from 'valibot';
import { DeadLetter, DeadLetterList } from '../../api/operating/dead-letters.ts';
import { Count, defineCommand, Text } from '../command.ts';
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
  command: 'dead-letters',
  path: '/v1/dead-letters',
  noun: 'dead letter',
  plural: 'dead letters',
  options: '--code, --rule, --action, --to, --since, --until',
};

/** `dead-letters`: work that failed for good: lists it, shows one, redelivers or drops it. */
export const deadLetters = defineCommand({
  usage: 'dead-letters [verb] [id]',
  description:
    'List work that failed for good, show one, redeliver it or drop it. A redelivery of many is spread over time.',
  examples: [
    'dead-letters',
    'dead-letters show 01JB1JEWE77B1WMNG5RADAGJ9R',
    'dead-letters redeliver --to forward --since 3d --dry-run --reason "receiver repaired"',
    'dead-letters redeliver --to forward --since 3d --reason "receiver repaired"',
    'dead-letters drop --code unreadable --reason "of an old version"',
  ],
  failsIf: 'a dead letter cannot be read by the deployed version, or the Worker refuses',
  options: [
    { flags: '--code <code>', description: 'by error code' },
    { flags: '--rule <name>', description: 'by rule' },
    { flags: '--action <name>', description: 'by action' },
    { flags: '--to <destination>', description: 'by destination of alerts.json' },
    { flags: '--since <time>', description: 'failed at or after a time, or so long ago: 3d' },
    { flags: '--until <time>', description: 'failed before a time, or so long ago: 1h' },
    { flags: '--per-second <count>', description: 'redeliver: how many a second (default: 10)' },
    ...SHELF_OPTIONS,
  ],
  input: v.object({
    ...SHELF_INPUT,
    code: Text,
    rule: Text,
    action: Text,
    to: Text,
    since: Text,
    until: Text,
    perSecond: v.optional(Count),
  }),
  run(input, shell) {
    const { code, rule, action, to, perSecond } = input;
    const since = readSince('--since', input.since, shell);
    const until = readSince('--until', input.until, shell);
    return runShelf(
      SHELF,
      input,
      { code, rule, action, destination: to, since, until },
      perSecond === undefined ? undefined : { per_second: perSecond },
      { list: DeadLetterList, entry: DeadLetter, listLines, entryLines: detailLines },
      shell,
    );
  },
});

/** What failed, in a few words: the action and rule, the alert, or the queue. */
const what = ({ queue, action, rule, alert, title, destination }: DeadLetter): string => {
  if (alert !== null) return `alert ${title ? `"${title}"` : alert} to ${destination ?? '?'}`;
  if (action === null) return queue === 'callbacks' ? 'a callback' : `a message of queue ${queue}`;
  const subject = title ? ` "${title}"` : '';
  return `${action}${subject}${destination ? ` to ${destination}` : ''} of rule ${rule ?? '?'}`;
};

function listLines(
  { dead_letters: letters, next }: v.InferOutput<typeof DeadLetterList>,
  zone: string,
) {
  if (letters.length === 0) return ['no dead letters'];
  const rows = columns(
    letters.map((one) => [clock(one.at, zone), one.code, what(one), stateOf(one), one.id]),
  );
  const some = next === null ? '' : ', the newest are shown';
  return [
    ...rows,
    `${counted(letters.length, 'dead letter')}${some}. Why: signalbox dead-letters show <id>; again: dead-letters redeliver; never: dead-letters drop`,
  ];
}

function detailLines(letter: DeadLetter, zone: string): readonly string[] {
  const { id, at, code, reason, attempts, callback, alert, redelivered_at, dropped } = letter;
  return [
    `${id}  ${what(letter)}`,
    `  failed ${clock(at, zone)} after ${counted(attempts, 'try', 'tries')}: ${reason} (${code})`,
    ...(callback === null ? [] : [`  callback ${callback}: signalbox explain ${callback}`]),
    ...(alert === null ? [] : [`  alert ${alert}: signalbox alerts why ${alert}`]),
    ...(redelivered_at === null ? [] : [`  redelivered ${clock(redelivered_at, zone)}`]),
    ...(dropped === null ? [] : [`  dropped by ${dropped}`]),
  ];
}

import * as v from 'valibot';
import { DeadLetter, DeadLetterList } from '../../api/dead-letters.ts';
import { AppError } from '../../errors.ts';
import { Count, defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock, readSince } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS } from '../worker/actor.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { changeMany, type Shelf } from '../worker/select-many.ts';

const SHELF: Shelf = {
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
    { flags: '--all', description: 'all; list: those that were redelivered or dropped as well' },
    { flags: '--dry-run', description: 'redeliver, drop: only count' },
    { flags: '--per-second <count>', description: 'redeliver: how many a second (default: 10)' },
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
    rule: Text,
    action: Text,
    to: Text,
    since: Text,
    until: Text,
    all: Flag,
    dryRun: Flag,
    perSecond: v.optional(Count),
    ...ACTOR_INPUT,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run(input, shell) {
    const { verb, id, code, rule, action, to, all, json, url, token } = input;
    const since = readSince('--since', input.since, shell);
    const until = readSince('--until', input.until, shell);
    const filters = { code, rule, action, destination: to, since, until };
    const address = { url, token };
    if (verb === 'redeliver' || verb === 'drop')
      return changeMany(
        SHELF,
        {
          ...{ verb, json, selected: { id, filters, all }, actor: input, dryRun: input.dryRun },
          pace: input.perSecond === undefined ? undefined : { per_second: input.perSecond },
        },
        address,
        shell,
      );
    if (verb === 'show') {
      if (id === undefined)
        throw new AppError('bad_request', 'dead-letters show <id>: which one? See dead-letters');
      const path = `/v1/dead-letters/${encodeURIComponent(id)}`;
      const letter = await askWorker(path, DeadLetter, address, shell);
      for (const line of json ? [JSON.stringify(letter)] : detailLines(letter, shell.zone))
        shell.out(line);
      return 0;
    }
    if (id !== undefined)
      throw new AppError('bad_request', `list takes no id: dead-letters show ${id}`);
    const query = queryOf({ ...filters, state: all ? 'all' : 'open', limit: '200' });
    const list = await askWorker(`/v1/dead-letters${query}`, DeadLetterList, address, shell);
    for (const line of json ? [JSON.stringify(list)] : listLines(list, shell.zone)) shell.out(line);
    return 0;
  },
});

/** What failed, in a few words: the action and rule, the alert, or the queue. */
const what = ({ queue, action, rule, alert, title, destination }: DeadLetter): string => {
  if (alert !== null) return `alert ${title ? `"${title}"` : alert} to ${destination ?? '?'}`;
  if (action === null) return queue === 'callbacks' ? 'a callback' : `a message of queue ${queue}`;
  const subject = title ? ` "${title}"` : '';
  return `${action}${subject}${destination ? ` to ${destination}` : ''} of rule ${rule ?? '?'}`;
};

const state = ({ redelivered_at, dropped }: DeadLetter): string =>
  dropped === null ? (redelivered_at === null ? '' : 'redelivered') : 'dropped';

function listLines(
  { dead_letters: letters, next }: v.InferOutput<typeof DeadLetterList>,
  zone: string,
) {
  if (letters.length === 0) return ['no dead letters'];
  const rows = columns(
    letters.map((one) => [clock(one.at, zone), one.code, what(one), state(one), one.id]),
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

import * as v from 'valibot';
import { HeldList, Settled } from '../api/levers.ts';
import { AppError } from '../errors.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from './ask-worker.ts';
import { byWhom, HAND_OPTIONS, sending } from './by-whom.ts';
import { counted } from './checked-rules.ts';
import { clock, columns } from './columns.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from './command.ts';

/** `held`: what was decided and waits for a person; lets it go on, or drops it. */
export const held = defineCommand({
  usage: 'held [verb]',
  description: 'list what waits (a pause, a budget); held release and held drop decide',
  options: [
    { flags: '--rule <name>', description: 'of one rule' },
    { flags: '--action <name>', description: 'of one action' },
    { flags: '--id <id>', description: 'this one' },
    { flags: '--all', description: 'all of it' },
    HAND_OPTIONS[1],
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    verb: v.optional(v.picklist(['list', 'release', 'drop'], 'expected list, release or drop'), 'list'),
    rule: Text,
    action: Text,
    id: Text,
    all: Flag,
    by: Text,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ verb, rule, action, id, all, by, url, token, json }, shell) {
    const address = { url, token };
    if (verb === 'list') {
      const list = await askWorker(`/v1/held${queryOf({ rule, action })}`, HeldList, address, shell);
      if (json) shell.out(JSON.stringify(list));
      else if (list.held.length === 0) shell.out('nothing waits');
      else for (const line of heldLines(list)) shell.out(line);
      return 0;
    }
    if (!all && !rule && !action && !id)
      throw new AppError('bad_request', `say what to ${verb}: --rule, --action, --id or --all`);
    const who = (await byWhom({ by, why: verb }, shell)).by;
    let settled = 0;
    for (let more = true; more; ) {
      const body = { by: who, ...(rule ? { rule } : {}), ...(action ? { action } : {}), ...(id ? { id } : {}) };
      const answer = await askWorker(`/v1/held/${verb}`, Settled, address, shell, sending('POST', body));
      settled += answer.settled;
      more = answer.more;
    }
    const became = `${counted(settled, 'action')} ${verb === 'drop' ? 'will never be done' : settled === 1 ? 'goes on now' : 'go on now'}`;
    shell.out(json ? JSON.stringify({ settled }) : settled === 0 ? 'nothing of that waits' : became);
    return 0;
  },
});

function heldLines({ held: items, total }: v.InferOutput<typeof HeldList>): readonly string[] {
  const rows = columns(items.map((item) => [clock(item.at), item.action, item.rule, item.because, item.id]));
  const waits = `${counted(total, 'action')} ${total === 1 ? 'waits' : 'wait'}`;
  const shown = total > items.length ? `${waits}, the oldest ${items.length} are shown.` : `${waits}.`;
  return [
    ...rows,
    `${shown} Do it: signalbox held release; never do it: signalbox held drop; each with --rule, --action, --id or --all`,
  ];
}

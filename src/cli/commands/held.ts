import * as v from 'valibot';
import { HeldList, Settled } from '../../api/pauses.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { clock, columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { byWhom, HAND_INPUT, HAND_OPTIONS, sending } from '../worker/actor.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `held`: what was decided and waits for a person; lets it go on, or drops it. */
export const held = defineCommand({
  usage: 'held [verb]',
  description: 'list what waits (a pause, a budget); held release and held drop decide',
  options: [
    { flags: '--rule <name>', description: 'of one rule' },
    { flags: '--action <name>', description: 'of one action' },
    { flags: '--id <id>', description: 'this one' },
    { flags: '--all', description: 'all of it' },
    {
      flags: '--settled',
      description: 'list what was released, dropped or resumed, by whom and why',
    },
    ...HAND_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    verb: v.optional(
      v.picklist(['list', 'release', 'drop'], 'expected list, release or drop'),
      'list',
    ),
    rule: Text,
    action: Text,
    id: Text,
    all: Flag,
    settled: Flag,
    ...HAND_INPUT,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ verb, rule, action, id, all, settled: past, url, token, json, ...hand }, shell) {
    const address = { url, token };
    if (verb === 'list') {
      const list = await askWorker(
        `/v1/held${queryOf({ id, rule, action, ...(past ? { state: 'settled' } : {}) })}`,
        HeldList,
        address,
        shell,
      );
      if (json) shell.out(JSON.stringify(list));
      else if (list.held.length === 0) shell.out(past ? 'nothing was settled' : 'nothing waits');
      else if (past) for (const line of settledLines(list)) shell.out(line);
      else for (const line of heldLines(list)) shell.out(line);
      return 0;
    }
    if (!all && !rule && !action && !id)
      throw new AppError('bad_request', `say what to ${verb}: --rule, --action, --id or --all`);
    const who = await byWhom(hand, shell);
    let settled = 0;
    for (let more = true; more; ) {
      const body = {
        ...who,
        ...(rule ? { rule } : {}),
        ...(action ? { action } : {}),
        ...(id ? { id } : {}),
      };
      const answer = await askWorker(
        `/v1/held/${verb}`,
        Settled,
        address,
        shell,
        sending('POST', body),
      );
      settled += answer.settled;
      more = answer.more;
    }
    const became = `${counted(settled, 'action')} ${verb === 'drop' ? 'will never be done' : settled === 1 ? 'goes on now' : 'go on now'}`;
    shell.out(
      json ? JSON.stringify({ settled }) : settled === 0 ? 'nothing of that waits' : became,
    );
    return 0;
  },
});

const settledLines = ({ held: items }: v.InferOutput<typeof HeldList>): readonly string[] =>
  columns(
    items.map((item) => [
      item.decided_at === null ? '' : clock(item.decided_at),
      item.state,
      item.action,
      item.rule,
      `by ${item.decided_by}: ${item.decision_reason}`,
      item.id,
    ]),
  );

function heldLines({ held: items, total }: v.InferOutput<typeof HeldList>): readonly string[] {
  const rows = columns(
    items.map((item) => [clock(item.at), item.action, item.rule, item.reason, item.id]),
  );
  const waits = `${counted(total, 'action')} ${total === 1 ? 'waits' : 'wait'}`;
  const shown =
    total > items.length ? `${waits}, the oldest ${items.length} are shown.` : `${waits}.`;
  return [
    ...rows,
    `${shown} Do it: signalbox held release; never do it: signalbox held drop; each with --rule, --action, --id or --all`,
  ];
}

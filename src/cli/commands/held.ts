import * as v from 'valibot';
import { HeldList, Settled } from '../../api/operating/pauses.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `held`: what was decided and waits for a person; lets it go on, or drops it. */
export const held = defineCommand({
  usage: 'held [verb]',
  description: 'List held work (waiting for a pause or a budget), release it or drop it.',
  examples: [
    'held',
    'held release --rule retry-once --reason "checked"',
    'held drop --id 01JB1JEWE77B1WMNG5RADAGJ9R --reason "outdated"',
  ],
  failsIf: 'the Worker refuses the change',
  options: [
    { flags: '--rule <name>', description: 'by rule' },
    { flags: '--action <name>', description: 'by action' },
    { flags: '--id <id>', description: 'by id' },
    { flags: '--all', description: 'everything' },
    {
      flags: '--settled',
      description: 'list released, dropped and resumed work with actor and reason',
    },
    ...ACTOR_OPTIONS,
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
    ...ACTOR_INPUT,
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
      else if (past) for (const line of settledLines(list, shell.zone)) shell.out(line);
      else for (const line of heldLines(list, shell.zone)) shell.out(line);
      return 0;
    }
    if (!all && !rule && !action && !id)
      throw new AppError('bad_request', `say what to ${verb}: --rule, --action, --id or --all`);
    const who = await readActor(hand, shell);
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
        jsonRequest('POST', body),
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

const settledLines = (
  { held: items }: v.InferOutput<typeof HeldList>,
  zone: string,
): readonly string[] =>
  columns(
    items.map((item) => [
      item.decided_at === null ? '' : clock(item.decided_at, zone),
      item.state,
      item.action,
      item.rule,
      `by ${item.decided_by}: ${item.decision_reason}`,
      item.id,
    ]),
  );

function heldLines(
  { held: items, total }: v.InferOutput<typeof HeldList>,
  zone: string,
): readonly string[] {
  const rows = columns(
    items.map((item) => [clock(item.at, zone), item.action, item.rule, item.reason, item.id]),
  );
  const waits = `${counted(total, 'action')} ${total === 1 ? 'waits' : 'wait'}`;
  const shown =
    total > items.length ? `${waits}, the oldest ${items.length} are shown.` : `${waits}.`;
  return [
    ...rows,
    `${shown} Do it: signalbox held release; never do it: signalbox held drop; each with --rule, --action, --id or --all`,
  ];
}

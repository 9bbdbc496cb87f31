import * as v from 'valibot';
import { type Pause, Paused, Pauses, Resumed } from '../../api/operating/pauses.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import { askWorker, WORKER_OPTIONS } from '../worker/ask-worker.ts';

const Kind = v.picklist(
  ['rule', 'action', 'app', 'destination', 'everything'],
  'expected rule, action, app, destination or everything',
);
const INPUT = { kind: v.optional(Kind), name: Text, url: Text, token: Text, json: Flag };

const said = ({ kind, name }: { kind: string; name: string }): string =>
  kind === 'everything' ? kind : `${kind} ${name}`;

/** Validates the arguments before the Worker is called. @throws AppError `bad_request` */
function checkName(command: string, kind: string, name: string): void {
  if (kind === 'everything' && name !== '')
    throw new AppError('bad_request', `everything has no name: ${command} everything`);
  if (kind !== 'everything' && name === '')
    throw new AppError('bad_request', `say which ${kind}: ${command} ${kind} <name>`);
}

/** Prints the pauses in force, then the newest ended ones. */
function leverLines(
  { pauses, past }: v.InferOutput<typeof Pauses>,
  zone: string,
): readonly string[] {
  const now = columns(
    pauses.map((held) => [said(held), clock(held.since, zone), held.actor, held.reason]),
  );
  const over = columns(
    past.map((held) => [
      said(held),
      `${clock(held.since, zone)} to ${clock(held.ended_at, zone)}`,
      `${held.actor}: ${held.reason}`,
      `ended by ${held.ended_by}: ${held.ended_reason}`,
    ]),
  );
  return [
    ...(now.length === 0 ? ['nothing is paused'] : now),
    ...(over.length === 0 ? [] : ['Over:', ...over]),
  ];
}

/** `pause`: pauses a rule, an action, an app, forwards to a destination or everything, or lists the pauses. */
export const pause = defineCommand({
  usage: 'pause [kind] [name]',
  description:
    'Pause a rule, an action, an app, forwards to a destination, or everything. Callbacks are accepted and their work is held. Without arguments, list the pauses.',
  examples: [
    'pause',
    'pause rule help --reason "wrong text"',
    'pause destination forward --reason "it moves"',
  ],
  failsIf: 'the Worker refuses the pause',
  options: [...ACTOR_OPTIONS, ...WORKER_OPTIONS, JSON_OPTION],
  input: v.object({ ...INPUT, ...ACTOR_INPUT }),
  async run({ kind, name = '', url, token, json, ...hand }, shell) {
    const address = { url, token };
    if (kind === undefined) {
      const pauses = await askWorker('/v1/pauses', Pauses, address, shell);
      for (const line of json ? [JSON.stringify(pauses)] : leverLines(pauses, shell.zone))
        shell.out(line);
      return 0;
    }
    checkName('pause', kind, name);
    const set = await askWorker(
      '/v1/pauses',
      Paused,
      address,
      shell,
      jsonRequest('POST', { kind, name, ...(await readActor(hand, shell)) }),
    );
    if (json) {
      shell.out(JSON.stringify(set));
      return 0;
    }
    shell.out(
      `${said(set)} is paused, everywhere within five seconds. Callbacks are still taken, a STOP still counts; all else waits and is kept.`,
    );
    if (set.warning)
      shell.out(`But ${set.warning}. Is it a typing mistake? signalbox resume ${said(set)}`);
    shell.out(`See what waits: signalbox held. Go on: signalbox resume ${said(set)}`);
    return 0;
  },
});

/** `resume`: ends a pause and releases held work. */
export const resume = defineCommand({
  usage: 'resume <kind> [name]',
  description: 'End a pause and release the work that it held.',
  examples: [
    'resume rule help --reason "text corrected"',
    'resume destination forward --reason "new address"',
  ],
  failsIf: 'the Worker refuses the change',
  options: [...ACTOR_OPTIONS, ...WORKER_OPTIONS, JSON_OPTION],
  input: v.object({ ...INPUT, ...ACTOR_INPUT, kind: Kind }),
  async run({ kind, name = '', url, token, json, ...hand }, shell) {
    checkName('resume', kind, name);
    const address = { url, token };
    const query = new URLSearchParams(await readActor(hand, shell));
    const { pauses, past } = await askWorker('/v1/pauses', Pauses, address, shell);
    const isMeant = (one: Pick<Pause, 'kind' | 'name'>) => one.kind === kind && one.name === name;
    // A pause that ended may still hold work: an earlier call released only a part of it.
    const id = (pauses.find(isMeant) ?? past.find(isMeant))?.id;
    let still: readonly Pause[] = pauses;
    let released = 0;
    let ended: Pause | null = null;
    for (let more = id !== undefined; more; ) {
      const answer = await askWorker(
        `/v1/pauses/${encodeURIComponent(id ?? '')}?${query}`,
        Resumed,
        address,
        shell,
        { method: 'DELETE' },
      );
      released += answer.released;
      ended ??= answer.ended;
      more = answer.more;
      still = answer.still;
    }
    if (json) shell.out(JSON.stringify({ ended, released, still }));
    else if (!ended && released === 0) shell.out(`${said({ kind, name })} was not paused`);
    else
      shell.out(`${said({ kind, name })} goes on; ${counted(released, 'waiting action')} let go`);
    if (!json && still.length > 0)
      shell.out(
        `Still paused: ${still.map(said).join(', ')}. What that is about goes on waiting: signalbox held`,
      );
    return 0;
  },
});

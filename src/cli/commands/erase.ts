import * as v from 'valibot';
import { Erased, Erasures } from '../../api/erase.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import { askWorker, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `erase`: erases the data of a person from every store. */
export const erase = defineCommand({
  usage: 'erase [channel] [identity]',
  description:
    'Erase the data of a person from every store, by channel and identity or by contact. Consent stays under a keyed hash. This cannot be undone.',
  examples: [
    'erase SMS 12025550147 --reason "she asked"',
    'erase --contact 01JB1JEWE77B1WMNG5RADAGJ9R --reason "asked by mail"',
  ],
  failsIf: 'the Worker refuses the erasure, or it is not confirmed',
  options: [
    { flags: '--contact <id>', description: 'all addresses of a contact of Sinch' },
    { flags: '--app <id>', description: 'the app of an identity that differs by app' },
    { flags: '--yes', description: 'do not ask for a confirmation' },
    ...ACTOR_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    channel: Text,
    identity: Text,
    contact: Text,
    app: Text,
    yes: Flag,
    ...ACTOR_INPUT,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ channel, identity, contact, app, yes, url, token, json, ...hand }, shell) {
    if (contact === undefined && (channel === undefined || identity === undefined))
      throw new AppError('bad_request', 'say whom: erase <channel> <identity>, or --contact <id>');
    if ((channel === undefined) !== (identity === undefined))
      throw new AppError('bad_request', 'a channel needs an identity: erase <channel> <identity>');
    const who = await readActor(hand, shell);
    if (!yes) {
      const answer = await shell.ask(
        'Erase this person from every store? This cannot be undone. [y/N] ',
      );
      // Without a terminal the command line itself is the decision.
      if (answer !== undefined && !/^y(es)?$/i.test(answer.trim())) {
        shell.err('nothing was erased');
        return 1;
      }
    }
    const body = {
      ...(contact !== undefined && { contact_id: contact }),
      ...(channel !== undefined && { channel, identity }),
      ...(app !== undefined && { app_id: app }),
      ...who,
    };
    const request = jsonRequest('POST', body);
    const erased = await askWorker('/v1/erase', Erased, { url, token }, shell, request);
    for (const line of json ? [JSON.stringify(erased)] : reportLines(erased)) shell.out(line);
    return 0;
  },
});

const reportLines = ({ addresses, stores }: v.InferOutput<typeof Erased>): readonly string[] => [
  `erased ${counted(addresses, 'address', 'addresses')}`,
  ...columns(stores.map(({ store, removed, stays }) => [`  ${store}`, removed, stays ?? ''])),
];

/** `erasures`: which erasures were requested, by whom and why. */
export const erasures = defineCommand({
  usage: 'erasures',
  description:
    'List the erasures: when, by whom and why, and how much was removed; not whose data it was.',
  examples: ['erasures', 'erasures --json'],
  failsIf: 'the Worker does not answer',
  options: [...WORKER_OPTIONS, JSON_OPTION],
  input: v.object({ url: Text, token: Text, json: Flag }),
  async run({ json, ...address }, shell) {
    const { zone } = shell;
    const list = await askWorker('/v1/erase', Erasures, address, shell);
    const rows = list.erasures.map(({ at, named, addresses, removed, actor, reason }) => [
      clock(at, zone),
      `by ${named}`,
      counted(addresses, 'address', 'addresses'),
      counted(removed, 'record'),
      `${actor}: ${reason}`,
    ]);
    const lines = rows.length === 0 ? ['no erasures'] : columns(rows);
    for (const line of json ? [JSON.stringify(list)] : lines) shell.out(line);
    return 0;
  },
});

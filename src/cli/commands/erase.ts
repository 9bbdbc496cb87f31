import * as v from 'valibot';
import { Erased, Erasures } from '../../api/consent/erase.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

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

/** `erasures`: which erasures were done, who or what asked for them, and why. */
export const erasures = defineCommand({
  usage: 'erasures [channel] [identity]',
  description:
    'List the erasures: when, who or which rule asked and why, how much was removed, and whether it is complete. Whose data it was is stored only as a keyed hash: name a person or a contact to find theirs.',
  examples: [
    'erasures',
    'erasures --since 30d --source rule',
    'erasures --contact 01JB1JEWE77B1WMNG5RADAGJ9R',
  ],
  failsIf: 'the Worker does not answer',
  options: [
    { flags: '--since <time>', description: 'from this time or duration ago, like 7d' },
    { flags: '--source <source>', description: 'request, rule or late' },
    { flags: '--rule <name>', description: 'only those of this rule' },
    { flags: '--contact <id>', description: 'of a contact of Sinch' },
    { flags: '--app <id>', description: 'the app of an identity that differs by app' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    ...{ channel: Text, identity: Text, since: Text, source: Text, rule: Text },
    ...{ contact: Text, app: Text, url: Text, token: Text, json: Flag },
  }),
  async run({ json, url, token, contact, app, ...which }, shell) {
    const { zone } = shell;
    const found: v.InferOutput<typeof Erasures>['erasures'] = [];
    let cursor: string | undefined;
    do {
      const query = queryOf({ ...which, contact_id: contact, app_id: app, limit: '200', cursor });
      const page = await askWorker(`/v1/erasures${query}`, Erasures, { url, token }, shell);
      found.push(...page.erasures);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    const rows = found.map((one) => [
      clock(one.at, zone),
      `by ${one.named}`,
      counted(one.addresses, 'address', 'addresses'),
      one.state === 'done' ? counted(one.removed, 'record') : 'not complete',
      `${one.actor}: ${one.reason}`,
    ]);
    const lines = rows.length === 0 ? ['no erasures'] : columns(rows);
    for (const line of json ? [JSON.stringify({ erasures: found })] : lines) shell.out(line);
    return 0;
  },
});

import * as v from 'valibot';
import { type ChannelChoice, ChannelsAnswer } from '../../api/sending/channels.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { clock } from '../time.ts';
import { jsonRequest } from '../worker/actor.ts';
import { askWorker, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `channels`: prints on which channel a person is reached. */
export const channels = defineCommand({
  usage: 'channels <app> [addresses...]',
  description: 'Show on which channel a person is reached, the best one first, and why.',
  examples: [
    'channels 01JB1JEWE77B1WMNG5RADAGJ9R SMS:+46701740605 RCS:+46701740605',
    'channels 01JB1JEWE77B1WMNG5RADAGJ9R --contact 01JD9YXZVAF9486VH7VZTKA7S5',
  ],
  failsIf: 'no channel is allowed and reachable',
  options: [
    { flags: '--contact <id>', description: 'a contact, by the addresses that callbacks reported' },
    {
      flags: '--content <content>',
      description: 'marketing (default), notification or other',
    },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    app: v.string(),
    addresses: v.array(v.string()),
    contact: Text,
    content: v.optional(v.picklist(['marketing', 'notification', 'other']), 'marketing'),
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ app, addresses, contact, content, url, token, json }, shell) {
    if (!contact && addresses.length === 0)
      throw new AppError(
        'bad_request',
        'name an address or a contact: signalbox channels <app> SMS:+12025550142',
      );
    const recipient = {
      ...(contact && { contact_id: contact }),
      ...(addresses.length > 0 && { addresses: addresses.map(readAddress) }),
      ...{ app_id: app, content },
    };
    const request = jsonRequest('POST', { recipients: [recipient] });
    const answer = await askWorker('/v1/channels', ChannelsAnswer, { url, token }, shell, request);
    const found = answer.results[0]?.channels ?? [];
    if (json) shell.out(JSON.stringify(answer));
    else {
      for (const { message } of answer.results[0]?.reasons ?? []) shell.out(message);
      for (const line of columns(found.map((one) => rowOf(one, shell.zone)))) shell.out(line);
    }
    return found.some(({ allowed, reachable }) => allowed && reachable !== 'NO') ? 0 : 1;
  },
});

/** @throws AppError `bad_request` */
function readAddress(written: string): { channel: string; identity: string } {
  const [, channel, identity] = /^([A-Za-z_]+):(.+)$/.exec(written) ?? [];
  if (channel && identity) return { channel, identity };
  throw new AppError(
    'bad_request',
    `"${written}": expected a channel and an identity, SMS:+12025550142`,
  );
}

/** Returns a channel as a line: address, verdict, when Sinch answered, reasons. */
const rowOf = (
  { channel, identity, allowed, reachable, checked_at, preferred, reasons }: ChannelChoice,
  zone: string,
): readonly string[] => [
  `${channel} ${identity}`,
  allowed ? 'allowed' : 'not allowed',
  reachable,
  checked_at ? clock(checked_at, zone) : '',
  preferred ? 'preferred' : '',
  reasons.map(({ message }) => message).join(' '),
];

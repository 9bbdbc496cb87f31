import { expect } from 'vitest';
import type { ChannelChoice, ChannelsAnswer } from '../../../src/api/sending/channels.ts';
import { APP, PERSON } from '../sample.ts';
import { type Box, hand, post } from './asking.ts';

export const on = (...channels: string[]) =>
  channels.map((channel) => ({ channel, identity: PERSON }));
export const ALL = on('SMS', 'WHATSAPP', 'RCS');

export const ask = async (box: Box, ...recipients: readonly object[]): Promise<ChannelsAnswer> => {
  const named = recipients.map((one) => ({ app_id: APP, content: 'marketing', ...one }));
  const response = await post(box, '/v1/channels', { recipients: named });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
};
export const channelsOf = async (box: Box, addresses: readonly object[] = ALL) =>
  (await ask(box, { addresses })).results[0]?.channels ?? [];
export const orderOf = async (box: Box, addresses: readonly object[] = ALL) =>
  (await channelsOf(box, addresses)).map(({ channel }) => channel);
export const codes = (choice: ChannelChoice | undefined) => choice?.reasons.map(({ code }) => code);
export const prefer = (box: Box, channel: string, preferred = true, query = '') =>
  box.ask(`/v1/recipients/${channel}/${PERSON}/preference${query}`, {
    method: 'PUT',
    body: JSON.stringify({ preferred, ...hand }),
  });

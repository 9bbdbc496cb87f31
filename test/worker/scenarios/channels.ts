import { vi } from 'vitest';
import type { ChecksAnswer } from '../../../src/api/sending/capability-checks.ts';
import type { ChannelsAnswer } from '../../../src/api/sending/channels.ts';
import type { Box } from '../box.ts';
import { APP, inbound, minutes, PERSON } from '../sample.ts';
import * as s from './scenario.ts';

/** On which channel? What a system that sends asks before it does. */
const on = (...channels: string[]) => channels.map((channel) => ({ channel, identity: PERSON }));
const choose = async (box: Box, ...channels: string[]) => {
  const recipients = [{ addresses: on(...channels), app_id: APP, content: 'notification' }];
  const { results } = await s.post<ChannelsAnswer>(box, '/v1/channels', { recipients });
  return results[0]?.channels ?? [];
};
const orderOf = async (box: Box, ...channels: string[]) =>
  (await choose(box, ...channels)).map(({ channel }) => channel);
const check = (box: Box, recipients: readonly object[]) =>
  s.post<ChecksAnswer>(box, '/v1/capability-checks', { recipients });
const crowd = Array.from({ length: 12 }, (_, n) => ({
  ...{ channel: 'RCS', identity: `467017406${20 + n}`, app_id: APP },
}));

export const CHANNELS: readonly s.Scenario[] = [
  {
    message: 'puts the channel first that reaches the person, and last the one that does not',
    rows: ['C1'],
    comes: [s.capability('RCS', 'CAPABILITY_FULL'), s.capability('WHATSAPP', 'NO_CAPABILITY')],
    seen: async (box) => [
      await orderOf(box, 'WHATSAPP', 'SMS', 'RCS'),
      (await choose(box, 'RCS', 'WHATSAPP')).map(({ reachable }) => reachable),
    ],
    is: [
      ['RCS', 'SMS', 'WHATSAPP'],
      ['FULL', 'NO'],
    ],
  },
  {
    message:
      'puts the channel first that the person answered on, and the one that was set by hand before it',
    rows: ['C4'],
    comes: [inbound('Hello', { channel: 'MMS', at: minutes(-5) })],
    seen: async (box) => {
      const byReply = await orderOf(box, 'SMS', 'WHATSAPP', 'MMS');
      await box.ask(`/v1/recipients/WHATSAPP/${PERSON}/preference`, {
        method: 'PUT',
        body: JSON.stringify({ preferred: true, ...s.HAND }),
      });
      return [byReply[0], (await orderOf(box, 'SMS', 'WHATSAPP', 'MMS'))[0]];
    },
    is: ['MMS', 'WHATSAPP'],
  },
  {
    message: 'starts the checks of many people in one call',
    rows: ['C5'],
    comes: [],
    seen: async (box) => {
      const { started } = await check(box, crowd);
      await box.drain(60);
      return [started.length, (await box.arrivals('capability:query')).length];
    },
    is: [12, 12],
  },
  {
    message: 'checks a person who signs up on each channel, and keeps the answers',
    rows: ['C7'],
    comes: [],
    seen: async (box) => {
      const both = on('RCS', 'WHATSAPP').map((address) => ({ ...address, app_id: APP }));
      const { started } = await check(box, both);
      for (const { request_id: request, channel } of started) {
        const { capability_notification: answer, ...envelope } = s.capability(
          channel,
          channel === 'RCS' ? 'CAPABILITY_FULL' : 'NO_CAPABILITY',
        );
        const named = { ...answer, request_id: request };
        await box.take({ ...envelope, capability_notification: named });
      }
      return [await s.able('RCS')(box), await s.able('WHATSAPP')(box)];
    },
    is: ['CAPABILITY_FULL', 'NO_CAPABILITY'],
  },
  {
    message: 'requests an answer again that is too old when it is needed',
    rows: ['K-C5'],
    settings: { CAPABILITY_MAX_AGE: '1d' },
    comes: [s.capability('RCS', 'NO_CAPABILITY')],
    seen: async (box) => {
      await choose(box, 'RCS');
      await box.drain(60);
      const young = (await box.arrivals('capability:query')).length;
      vi.setSystemTime(Date.now() + 2 * 86_400_000);
      const [rcs] = await choose(box, 'RCS');
      await box.drain(60);
      const old = (await box.arrivals('capability:query')).length;
      return [young, rcs?.reachable, rcs?.last_known?.reachable, old];
    },
    is: [0, 'UNKNOWN', 'NO', 1],
  },
  {
    message: 'counts a partial answer as reachable',
    rows: ['K-C7'],
    comes: [s.capability('RCS', 'CAPABILITY_PARTIAL')],
    seen: async (box) => [
      await orderOf(box, 'SMS', 'RCS'),
      (await choose(box, 'RCS')).map(({ reachable }) => reachable),
    ],
    is: [['RCS', 'SMS'], ['PARTIAL']],
  },
  {
    message:
      'keeps the name of a person on the channel with the answer, until the person is erased',
    rows: ['K-C8'],
    comes: [],
    seen: async (box) => {
      const { capability_notification: answer, ...envelope } = s.capability(
        'RCS',
        'CAPABILITY_FULL',
      );
      const found = { channel_identity: on('RCS')[0], display_name: 'Åsa' };
      const named = { ...answer, channel_recipient_identities: [found] };
      await box.take({ ...envelope, capability_notification: named });
      const before = (await choose(box, 'RCS'))[0]?.display_name;
      await s.post(box, '/v1/erase', { channel: 'RCS', identity: PERSON, ...s.HAND });
      return [before, (await choose(box, 'RCS'))[0]?.display_name];
    },
    is: ['Åsa', undefined],
  },
  {
    message: 'replaces no certain answer by an unknown one',
    rows: ['K-C6'],
    comes: [
      s.capability('RCS', 'CAPABILITY_FULL', { at: minutes(-9) }),
      s.capability('RCS', 'CAPABILITY_UNKNOWN', { at: minutes(-5) }),
    ],
    seen: async (box) => (await choose(box, 'RCS'))[0]?.reachable,
    is: 'FULL',
  },
];

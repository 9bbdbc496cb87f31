import { expect, test } from 'vitest';
import { listen } from './importing-worker.ts';

const APP = 'app-1';
const address = { channel: 'RCS', identity: '+12025550142' };
const answer = (channels: readonly object[], more: object = {}) => ({
  results: [{ channels, ...more }],
  apps: [{ app_id: APP, channel_priority: null }],
  as_of: '2026-11-20T12:00:00.000Z',
});
const reachable = {
  ...address,
  ...{ allowed: true, reachable: 'FULL', checked_at: '2026-11-20T10:00:00.000Z', preferred: true },
  reasons: [
    { code: 'reachable', message: 'RCS reaches this person, Sinch reported.' },
    { code: 'last_reply', message: 'The person wrote here last.' },
  ],
};
const stopped = {
  ...address,
  ...{ channel: 'SMS', allowed: false, reachable: 'UNKNOWN', preferred: false },
  reasons: [{ code: 'opted_out', message: 'This person wants no messages at all.' }],
};

test('channels shows the order and why', async () => {
  const { run, out, asked } = await listen([answer([reachable, stopped])]);
  expect(await run('channels', APP, 'RCS:+12025550142', 'SMS:+12025550142')).toBe(0);
  expect(asked).toMatchObject([
    {
      method: 'POST',
      path: '/v1/channels',
      body: JSON.stringify({
        recipients: [
          {
            addresses: [address, { ...address, channel: 'SMS' }],
            app_id: APP,
            content: 'marketing',
          },
        ],
      }),
    },
  ]);
  expect(out).toEqual([
    'RCS +12025550142  allowed      FULL     2026-11-20 10:00:00  preferred  RCS reaches this person, Sinch reported. The person wrote here last.',
    'SMS +12025550142  not allowed  UNKNOWN                                  This person wants no messages at all.',
  ]);
});

test('channels fails where no channel may be used, and says why a contact has none', async () => {
  const reasons = [{ code: 'contact_unknown', message: 'No address is known.' }];
  const { run, out } = await listen([answer([stopped]), answer([], { reasons })]);
  expect(await run('channels', APP, 'SMS:+12025550142')).toBe(1);
  expect(await run('channels', APP, '--contact', '01JCONTACT1')).toBe(1);
  expect(out.at(-1)).toBe('No address is known.');
});

test.each([
  [[]],
  [['+12025550142']],
])('channels is bad usage with the addresses %j', async (addresses) => {
  const { run } = await listen([]);
  expect(await run('channels', APP, ...addresses)).toBe(2);
});

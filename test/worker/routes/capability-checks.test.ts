import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ChecksAnswer } from '../../../src/api/sending/capability-checks.ts';
import { openBox } from '../box.ts';
import { APP, inbound, minutes, PERSON } from '../sample.ts';
import { capability } from '../scenarios/scenario.ts';
import { reset } from '../storage.ts';
import { type Box, hand, post } from './asking.ts';
import { channelsOf, on, orderOf } from './choosing.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const check = async (box: Box, ...recipients: readonly object[]): Promise<ChecksAnswer> => {
  const named = recipients.map((one) => ({ app_id: APP, identity: PERSON, ...one }));
  const response = await post(box, '/v1/capability-checks', { recipients: named });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
};
const asked = async (box: Box) =>
  (await box.arrivals('capability:query')).map(({ body }) => String(body.request_id));
const answered = (request_id: string, status: string, channel = 'RCS') => {
  const callback = capability(channel, status, { at: new Date(Date.now()).toISOString() });
  return {
    ...callback,
    capability_notification: { ...callback.capability_notification, request_id },
  };
};

/** A box whose local Sinch calls back: `heard` takes what it said. */
function openTalking(
  apps: Readonly<Record<string, readonly string[]>> = {},
  settings: Readonly<Record<string, string>> = {},
) {
  const said: object[] = [];
  const box = openBox({ apps, callBack: (callback) => said.push(callback) }, settings);
  const heard = async () => {
    for (const callback of said.splice(0)) await box.take(callback);
    await box.drain();
  };
  const say = (order: object) =>
    fetch('https://sinch.test/capabilities', {
      method: 'PUT',
      body: JSON.stringify({ identity: PERSON, ...order }),
    });
  return { box, heard, say };
}

test('a whole story: checks, answers in both shapes, another order, a STOP, the name that is erased', async () => {
  const { box, heard, say } = openTalking({ [APP]: ['WHATSAPP', 'RCS', 'SMS'] });
  expect(await orderOf(box)).toEqual(['WHATSAPP', 'RCS', 'SMS']);
  await say({ channel: 'WHATSAPP', capability_status: 'NO_CAPABILITY' });
  await say({ channel: 'RCS', capability_status: 'CAPABILITY_FULL', display_name: 'Åsa Ek' });
  const { started, cached, refused } = await check(
    box,
    { channel: 'WHATSAPP' },
    { channel: 'RCS' },
  );
  expect([cached, refused]).toEqual([[], []]);
  expect(started).toMatchObject([
    { channel: 'WHATSAPP', identity: PERSON, app_id: APP },
    { channel: 'RCS', identity: PERSON, app_id: APP },
  ]);
  await box.drain(60);
  expect((await asked(box)).toSorted()).toEqual(
    started.map(({ request_id }) => request_id).toSorted(),
  );
  await heard();
  const found = await channelsOf(box);
  expect(found).toMatchObject([
    { channel: 'RCS', reachable: 'FULL', display_name: 'Åsa Ek' },
    { channel: 'SMS', reachable: 'UNKNOWN' },
    { channel: 'WHATSAPP', reachable: 'NO' },
  ]);
  await box.take(inbound('STOP', { channel: 'RCS', at: new Date(Date.now()).toISOString() }));
  expect(await channelsOf(box)).toMatchObject([
    { channel: 'WHATSAPP', allowed: true, reachable: 'NO' },
    {
      channel: 'RCS',
      allowed: false,
      reasons: [{ code: 'opted_out' }, {}, { code: 'last_reply' }],
    },
    { channel: 'SMS', allowed: false },
  ]);
  await post(box, '/v1/erase', { channel: 'RCS', identity: PERSON, ...hand });
  const erased = await channelsOf(box);
  expect(JSON.stringify(erased)).not.toContain('Åsa');
  expect(erased.find(({ channel }) => channel === 'RCS')).toMatchObject({
    ...{ allowed: false, reachable: 'UNKNOWN', preferred: false },
  });
});

describe('a capability check', () => {
  test('that is under way is named again and not started again', async () => {
    const { box, heard } = openTalking();
    const first = await check(box, { channel: 'RCS' });
    expect(await check(box, { channel: 'RCS' }, { channel: 'RCS' })).toEqual({
      started: [...first.started, ...first.started],
      cached: [],
      refused: [],
    });
    await box.drain(60);
    expect(await asked(box)).toHaveLength(1);
    await heard();
    expect((await check(box, { channel: 'RCS' })).started).toEqual([]);
  });

  test('is cached for the time of the setting, for each app', async () => {
    const { box, heard } = openTalking({}, { CAPABILITY_MAX_AGE: '1d' });
    await check(box, { channel: 'RCS' });
    await box.drain(60);
    await heard();
    const known = await check(box, { channel: 'RCS' });
    expect(known.cached).toMatchObject([
      { channel: 'RCS', identity: PERSON, app_id: APP, reachable: 'FULL' },
    ]);
    expect((await check(box, { channel: 'RCS', app_id: 'another-app' })).started).toHaveLength(1);
    vi.setSystemTime(Date.now() + 2 * 86_400_000);
    expect((await check(box, { channel: 'RCS' })).started).toHaveLength(1);
  });

  test('of a business-scoped id, and the refusal of what cannot be read', async () => {
    const box = openBox();
    const id = 'US.13491208655302741918';
    const answer = await check(
      box,
      { channel: 'WHATSAPP', identity: id },
      { channel: 'PIGEON' },
      { channel: 'SMS', identity: 'nobody' },
    );
    expect(answer).toMatchObject({
      started: [{ channel: 'WHATSAPP', identity: id }],
      refused: [
        { channel: 'PIGEON', code: 'channel_unknown' },
        { channel: 'SMS', identity: 'nobody', code: 'identity_invalid' },
      ],
    });
  });

  test('after an unknown answer waits longer each time', async () => {
    const box = openBox();
    await box.take(capability('RCS', 'CAPABILITY_UNKNOWN', { at: minutes(-30) }));
    await box.take(capability('RCS', 'CAPABILITY_UNKNOWN', { at: minutes(-15) }));
    const asks = async () => {
      const { started, cached } = await check(box, { channel: 'RCS' });
      return [started.length, cached.map(({ reachable }) => reachable)];
    };
    expect(await asks()).toEqual([0, ['UNKNOWN']]);
    vi.setSystemTime(Date.now() + 6 * 60_000);
    expect(await asks()).toEqual([1, []]);
  });

  test('waits for its turn: no more than the rate of the setting', async () => {
    const box = openBox({}, { CAPABILITY_CHECK_RATE: '2/second' });
    const people = Array.from({ length: 10 }, (_, n) => ({
      channel: 'RCS',
      identity: `4670174062${n}`,
    }));
    expect((await check(box, ...people)).started).toHaveLength(10);
    await box.drain(1);
    expect((await asked(box)).length).toBeLessThanOrEqual(5);
    await box.drain(60);
    expect(new Set(await asked(box)).size).toBe(10);
  });

  test('is dropped by a pause, and started again when it is needed', async () => {
    const box = openBox();
    const pause = { kind: 'action', name: 'check_capability', ...hand };
    await post(box, '/v1/pauses', pause);
    await check(box, { channel: 'RCS' });
    await box.drain(60);
    expect(await asked(box)).toEqual([]);
    expect((await check(box, { channel: 'RCS' })).started).toHaveLength(1);
  });

  test('that Sinch refuses is told to the operator, and can be started again', async () => {
    const box = openBox();
    await box.faults({ kind: 'capability:query', answers: [400] });
    const { started } = await check(box, { channel: 'RCS' });
    await box.drain(60);
    const titles = (await box.arrivals('alert')).map(({ body }) => String(body.title));
    expect(titles.join()).toContain('Sinch refuses capability checks of RCS');
    expect((await check(box, { channel: 'RCS' })).started).not.toEqual(started);
  });

  test('that cannot be sent without the settings for Sinch is told to the operator as that', async () => {
    const box = openBox({}, { SINCH_PROJECT_ID: '', SINCH_KEY_ID: '', SINCH_KEY_SECRET: '' });
    await check(box, { channel: 'RCS' });
    await box.drain(60);
    const titles = (await box.arrivals('alert')).map(({ body }) => String(body.title));
    expect(titles.join()).toContain('Capability checks cannot be sent');
    expect(titles.join()).not.toContain('refuses');
  });

  test('that is never answered goes on to the next channel of the app', async () => {
    const box = openBox({ apps: { [APP]: ['RCS', 'LINE', 'WHATSAPP', 'SMS'] } });
    await box.take(answered('signalbox.5.request', 'CAPABILITY_UNKNOWN'));
    await box.drain(12 * 3_600);
    const queries = await box.arrivals('capability:query');
    expect(queries.map(({ body }) => body.recipient)).toEqual([
      {
        identified_by: {
          channel_identities: [{ channel: 'WHATSAPP', identity: PERSON, app_id: APP }],
        },
      },
    ]);
    expect(await asked(box)).toEqual([expect.stringMatching(/^signalbox\.1\..*\.WHATSAPP$/)]);
  });

  test('that goes on ends at a channel whose answer is known', async () => {
    const box = openBox({ apps: { [APP]: ['RCS', 'WHATSAPP', 'SMS'] } });
    await box.take(answered('mine', 'CAPABILITY_FULL', 'WHATSAPP'));
    await box.take(answered('signalbox.5.request', 'CAPABILITY_UNKNOWN'));
    await box.drain(12 * 3_600);
    expect(await asked(box)).toEqual([]);
  });
});

test('addresses that differ in form only are one', async () => {
  const addresses = [...on('SMS'), { channel: 'SMS', identity: `+${PERSON}` }];
  expect(await channelsOf(openBox(), addresses)).toHaveLength(1);
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { deliveriesPassedOn } from '../deliveries-passed-on.ts';
import { APP, inbound, minutes, PERSON, receipt } from '../sample.ts';
import { capability, contact } from '../scenarios/scenario.ts';
import { reset } from '../storage.ts';
import { hand, maySend, person, post } from './asking.ts';
import { ALL, ask, channelsOf, codes, on, orderOf, prefer } from './choosing.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('on which channel?', () => {
  test('in the order of the request, where nothing is known', async () => {
    const box = openBox();
    expect(await ask(box, { addresses: on('SMS', 'RCS') })).toEqual({
      results: [
        {
          channels: on('SMS', 'RCS').map((address) => ({
            ...address,
            allowed: true,
            reachable: 'UNKNOWN',
            preferred: false,
            reasons: [
              {
                code: 'not_checked',
                message: `No capability check of ${address.channel} was answered.`,
              },
            ],
          })),
        },
      ],
      apps: [{ app_id: APP, channel_priority: null }],
      as_of: '2026-11-20T12:00:00.000Z',
    });
  });

  test('allowed, then reachable, then preferred, then by the priority of the app', async () => {
    const box = openBox({ apps: { [APP]: ['WHATSAPP', 'VIBERBM', 'MMS', 'RCS', 'SMS'] } });
    const addresses = on('SMS', 'RCS', 'WHATSAPP', 'VIBERBM', 'MMS');
    expect(await orderOf(box, addresses)).toEqual(['WHATSAPP', 'VIBERBM', 'MMS', 'RCS', 'SMS']);
    await box.take(inbound('Hello', { channel: 'SMS' }));
    expect(await orderOf(box, addresses)).toEqual(['SMS', 'WHATSAPP', 'VIBERBM', 'MMS', 'RCS']);
    await box.take(capability('RCS', 'CAPABILITY_FULL'));
    await box.take(capability('MMS', 'CAPABILITY_PARTIAL'));
    await box.take(capability('WHATSAPP', 'NO_CAPABILITY'));
    expect(await orderOf(box, addresses)).toEqual(['MMS', 'RCS', 'SMS', 'VIBERBM', 'WHATSAPP']);
    await box.take(inbound('STOP', { channel: 'RCS', at: minutes(-1) }));
    expect(await orderOf(box, addresses)).toEqual(['VIBERBM', 'WHATSAPP', 'RCS', 'MMS', 'SMS']);
  });

  test('a channel that the app has not set up at Sinch reaches nobody', async () => {
    const box = openBox({ apps: { [APP]: ['SMS'] } });
    await box.take(capability('RCS', 'CAPABILITY_FULL'));
    const [first, second] = await channelsOf(box, on('RCS', 'SMS'));
    expect([first?.channel, first?.reachable]).toEqual(['SMS', 'UNKNOWN']);
    expect([second?.reachable, codes(second)]).toEqual([
      'NO',
      ['channel_not_configured', 'reachable'],
    ]);
  });

  test('a STOP and a stopped sender are not allowed, with the reasons of may-send', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    await box.ask(`/v1/senders/${APP}/WHATSAPP/throttle`, {
      method: 'PUT',
      body: JSON.stringify({ to: '0', for: '1h', ...hand }),
    });
    const found = await channelsOf(box, on('SMS', 'WHATSAPP'));
    const { results } = await maySend(box, [
      person(PERSON),
      person(PERSON, 'marketing', 'WHATSAPP'),
    ]);
    for (const { allowed, reasons } of results)
      expect([allowed, reasons.length]).toEqual([false, 1]);
    expect(found.map(({ allowed, reasons }) => [allowed, reasons[0]])).toEqual(
      results.map(({ allowed, reasons }) => [allowed, reasons[0]]),
    );
  });

  test('an unknown answer replaces no certain one, and both are shown with their age', async () => {
    const box = openBox();
    await box.take(capability('RCS', 'CAPABILITY_FULL', { at: minutes(-60) }));
    await box.take(capability('RCS', 'CAPABILITY_UNKNOWN', { at: minutes(-10) }));
    await box.take(capability('WHATSAPP', 'CAPABILITY_UNKNOWN', { at: minutes(-10) }));
    const [rcs, whatsapp] = await channelsOf(box, on('RCS', 'WHATSAPP'));
    expect(rcs).toMatchObject({
      reachable: 'FULL',
      checked_at: minutes(-10),
      age_seconds: 600,
      last_known: { reachable: 'FULL', at: minutes(-60), age_seconds: 3_600 },
    });
    expect(whatsapp).toMatchObject({ reachable: 'UNKNOWN', age_seconds: 600 });
    expect(whatsapp).not.toHaveProperty('last_known');
    expect(codes(whatsapp)).toEqual(['check_unknown']);
  });

  test('an answer of another app says nothing', async () => {
    const box = openBox();
    await box.take({ ...capability('RCS', 'CAPABILITY_FULL'), app_id: 'another-app' });
    const [rcs] = await channelsOf(box, on('RCS'));
    expect(rcs?.reachable).toBe('UNKNOWN');
  });

  test('too old an answer is unknown, and requested again once', async () => {
    const box = openBox({}, { CAPABILITY_MAX_AGE: '1d' });
    await box.take(capability('RCS', 'NO_CAPABILITY'));
    await box.drain();
    vi.setSystemTime(Date.now() + 2 * 86_400_000);
    const [rcs] = await channelsOf(box, on('RCS'));
    expect(rcs).toMatchObject({ reachable: 'UNKNOWN', last_known: { reachable: 'NO' } });
    expect(codes(rcs)).toEqual(['answer_old']);
    await channelsOf(box, on('RCS'));
    await box.drain(60);
    const checks = await box.arrivals('capability:query');
    expect(checks.map(({ body }) => body)).toMatchObject([
      {
        app_id: APP,
        recipient: {
          identified_by: { channel_identities: [{ channel: 'RCS', identity: PERSON }] },
        },
        request_id: expect.stringMatching(/^signalbox\.1\./),
      },
    ]);
  });

  test('nobody is looked up who may not be written to', async () => {
    const box = openBox({}, { CAPABILITY_MAX_AGE: '1d' });
    await box.take(capability('RCS', 'NO_CAPABILITY'));
    await box.take(inbound('STOP'));
    await box.drain();
    vi.setSystemTime(Date.now() + 2 * 86_400_000);
    await channelsOf(box, on('RCS'));
    await box.drain(60);
    expect(await box.arrivals('capability:query')).toEqual([]);
  });
});

describe('what a person prefers', () => {
  test('is the channel of the last reply to the app, then of the last message read', async () => {
    const box = openBox();
    await box.take(receipt('01JM1', 'READ', { channel: 'RCS', at: minutes(-5) }));
    await box.take(receipt('01JM2', 'DELIVERED', { channel: 'RCS', at: minutes(-1) }));
    await deliveriesPassedOn();
    const [read] = await channelsOf(box);
    expect([read?.channel, read?.preferred, codes(read)]).toEqual([
      'RCS',
      true,
      ['not_checked', 'last_read'],
    ]);
    await box.take(inbound('Hi', { channel: 'WHATSAPP', at: minutes(-9) }));
    await box.take({ ...inbound('Hey', { id: '01JO', at: minutes(-2) }), app_id: 'another-app' });
    await box.take(inbound('Hey', { id: '01JJ', at: minutes(-2), injected: true }));
    expect(await orderOf(box)).toEqual(['WHATSAPP', 'RCS', 'SMS']);
    await box.take(inbound('Yes', { at: minutes(-8) }));
    expect(await orderOf(box)).toEqual(['SMS', 'RCS', 'WHATSAPP']);
  });

  test.each([
    [
      'a channel in its metadata',
      { metadata: '{"preferred_channel":"rcs"}' },
      ['RCS', 'SMS', 'WHATSAPP'],
    ],
    [
      'a list in its metadata, before its priority',
      { metadata: '{"preferred_channel":["WHATSAPP","RCS"]}', channel_priority: ['SMS'] },
      ['WHATSAPP', 'RCS', 'SMS'],
    ],
    ['its channel priority at Sinch', { channel_priority: ['RCS'] }, ['RCS', 'SMS', 'WHATSAPP']],
  ])('is what the contact states: %s', async (_, more, order) => {
    const box = openBox();
    const identities = ALL.map((address) => ({ ...address, app_id: '' }));
    await box.take(contact('create', { channel_identities: identities, ...more }));
    await box.take(inbound('Hello'));
    expect(await orderOf(box)).toEqual(order);
    const without = { channel_identities: identities, metadata: '{}', channel_priority: [] };
    await box.take(contact('update', without, minutes(-1)));
    expect(await orderOf(box)).toEqual(['SMS', 'WHATSAPP', 'RCS']);
    expect(await codes((await channelsOf(box))[0])).toEqual(['not_checked', 'last_reply']);
  });

  test('is what was set by hand before all else, the newest first, until it is taken back', async () => {
    const box = openBox();
    await box.take(inbound('Hello'));
    expect(await (await prefer(box, 'RCS')).json()).toEqual({
      channel: 'RCS',
      identity: PERSON,
      preferred: true,
    });
    vi.setSystemTime(Date.now() + 1_000);
    await prefer(box, 'WHATSAPP');
    expect(await orderOf(box)).toEqual(['WHATSAPP', 'RCS', 'SMS']);
    await prefer(box, 'WHATSAPP', false);
    expect(await orderOf(box)).toEqual(['RCS', 'SMS', 'WHATSAPP']);
    await prefer(box, 'RCS', false);
    await prefer(box, 'WHATSAPP', true, '?app_id=another-app');
    expect(await orderOf(box)).toEqual(['SMS', 'WHATSAPP', 'RCS']);
  });

  test('is what was set by hand last, whether for the app or for all apps', async () => {
    const box = openBox();
    const set = async (preferred: boolean, query = '') => {
      vi.setSystemTime(Date.now() + 1_000);
      await prefer(box, 'RCS', preferred, query);
      return (await channelsOf(box, on('RCS')))[0]?.preferred;
    };
    expect(await set(true)).toBe(true);
    expect(await set(false, `?app_id=${APP}`)).toBe(false);
    expect(await set(true)).toBe(true);
    expect(await set(true, `?app_id=${APP}`)).toBe(true);
    expect(await set(false)).toBe(false);
  });
});

test('more apps than one call may name are refused', async () => {
  const box = openBox({ apps: { [APP]: ['SMS'] } });
  const recipients = Array.from({ length: 65 }, (_, at) => ({
    ...{ contact_id: 'unknown', app_id: `app-${at}`, content: 'other' },
  }));
  const response = await post(box, '/v1/channels', { recipients });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining('65 apps') });
});

import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ChannelChoice, ChannelsAnswer } from '../../../src/api/channels.ts';
import { openBox } from '../box.ts';
import { APP, inbound, minutes, PERSON, receipt } from '../sample.ts';
import { capability, contact } from '../scenarios/scenario.ts';
import { type Box, hand, maySend, person, post } from './asking.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const on = (...channels: string[]) => channels.map((channel) => ({ channel, identity: PERSON }));
const ALL = on('SMS', 'WHATSAPP', 'RCS');

const ask = async (box: Box, ...recipients: readonly object[]): Promise<ChannelsAnswer> => {
  const named = recipients.map((one) => ({ app_id: APP, content: 'marketing', ...one }));
  const response = await post(box, '/v1/channels', { recipients: named });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
};
const channelsOf = async (box: Box, addresses: readonly object[] = ALL) =>
  (await ask(box, { addresses })).results[0]?.channels ?? [];
const orderOf = async (box: Box, addresses: readonly object[] = ALL) =>
  (await channelsOf(box, addresses)).map(({ channel }) => channel);
const codes = (choice: ChannelChoice | undefined) => choice?.reasons.map(({ code }) => code);
const prefer = (box: Box, channel: string, preferred = true, query = '') =>
  box.ask(`/v1/recipients/${channel}/${PERSON}/preference${query}`, {
    method: 'PUT',
    body: JSON.stringify({ preferred, ...hand }),
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
});

describe('a recipient of a channel question', () => {
  test('is a contact by the addresses that callbacks reported', async () => {
    const box = openBox();
    const identities = [
      { channel: 'SMS', identity: PERSON, app_id: '' },
      { channel: 'MESSENGER', identity: 'of-this-app', app_id: APP },
      { channel: 'MESSENGER', identity: 'of-another-app', app_id: 'another-app' },
    ];
    await box.take(contact('create', { channel_identities: identities }));
    await box.drain();
    const { results } = await ask(
      box,
      { contact_id: '01JCONTACT1' },
      { contact_id: '01JCONTACT1', addresses: on('RCS', 'SMS') },
    );
    const found = results.map(({ channels }) =>
      channels.map((one) => `${one.channel} ${one.identity}`),
    );
    expect(found[0]?.toSorted()).toEqual(['MESSENGER of-this-app', `SMS ${PERSON}`]);
    expect(found[1]).toEqual([`RCS ${PERSON}`, `SMS ${PERSON}`, 'MESSENGER of-this-app']);
  });

  test('that cannot be read has its own reason, and the others their answer', async () => {
    const { results } = await ask(
      openBox(),
      {},
      { contact_id: 'unknown' },
      { addresses: [{ channel: 'PIGEON', identity: 'x' }, ...on('SMS')] },
      { addresses: [{ channel: 'SMS', identity: 'nobody' }] },
    );
    expect(results.slice(0, 2)).toMatchObject([
      { channels: [], reasons: [{ code: 'recipient_empty' }] },
      { channels: [], reasons: [{ code: 'contact_unknown' }] },
    ]);
    expect(results.slice(2)).toMatchObject([
      {
        channels: [
          { allowed: true },
          { allowed: false, reasons: [{ code: 'channel_unknown' }, {}] },
        ],
      },
      { channels: [{ allowed: false, reasons: [{ code: 'identity_invalid' }, {}] }] },
    ]);
  });

  test.each([
    [{}, 'recipients: is missing'],
    [{ recipients: [{ addresses: ALL, content: 'other' }] }, 'recipients.0.app_id: is missing'],
    [{ recipients: [{ addresses: ALL, app_id: APP }] }, 'recipients.0.content: is missing'],
    [
      { recipients: Array(1_001).fill({ app_id: APP, content: 'other' }) },
      'recipients: at most 1000',
    ],
  ])('is a bad request only where it cannot be read itself (%#)', async (body, detail) => {
    const response = await post(openBox(), '/v1/channels', body);
    expect(response.status).toBe(400);
    expect((await response.json<{ detail: string }>()).detail).toContain(detail);
  });

  test('named by a number knows what is reported of the linked id of WhatsApp', async () => {
    const box = openBox();
    const id = 'US.13491208655302741918';
    const { objects } = (await import('../../../src/services.ts')).open(box.bindings);
    const address = (identity: string) => ({ channel: 'WHATSAPP', identity, appId: '' });
    await objects.recipients.link(address(PERSON), address(id), Date.now());
    await box.take(capability('WHATSAPP', 'CAPABILITY_FULL', { identity: id }));
    await box.take(inbound('Hello', { channel: 'WHATSAPP', identity: id }));
    const [whatsapp] = await channelsOf(box, on('SMS', 'WHATSAPP'));
    expect(whatsapp).toMatchObject({ channel: 'WHATSAPP', reachable: 'FULL', preferred: true });
  });

  test('is one of a thousand, for as few calls as one', async () => {
    const box = openBox();
    const calls = vi.spyOn(box.bindings.RECIPIENTS, 'getByName');
    const people = Array.from({ length: 1_000 }, (_, n) => ({
      addresses: ['SMS', 'RCS', 'WHATSAPP'].map((channel) => ({
        channel,
        identity: `4670174${1000 + n}`,
      })),
    }));
    const { results } = await ask(box, ...people);
    expect(results).toHaveLength(1_000);
    expect(results.every(({ channels }) => channels.length === 3)).toBe(true);
    expect(calls.mock.calls.length).toBeLessThanOrEqual(48);
  });
});

describe('the name of a person', () => {
  test('comes with the capability and is erased with it', async () => {
    const box = openBox();
    const named = capability('RCS', 'CAPABILITY_FULL');
    const found = {
      channel_identity: { channel: 'RCS', identity: PERSON },
      display_name: 'Åsa Ek',
    };
    await box.take({
      ...named,
      capability_notification: {
        ...named.capability_notification,
        channel_recipient_identities: [found],
      },
    });
    await box.take(inbound('Hello', { channel: 'RCS' }));
    await prefer(box, 'RCS');
    expect((await channelsOf(box, on('RCS')))[0]).toMatchObject({
      display_name: 'Åsa Ek',
      preferred: true,
    });
    await post(box, '/v1/erase', { channel: 'RCS', identity: PERSON, ...hand });
    expect((await channelsOf(box, on('RCS')))[0]).toEqual({
      ...{
        channel: 'RCS',
        identity: PERSON,
        allowed: true,
        reachable: 'UNKNOWN',
        preferred: false,
      },
      reasons: [{ code: 'not_checked', message: expect.any(String) }],
    });
  });
});

describe('may I send?', () => {
  test('warns where the channel does not reach the person', async () => {
    const box = openBox({}, { CAPABILITY_MAX_AGE: '1d' });
    await box.take(capability('RCS', 'NO_CAPABILITY'));
    await box.take(capability('RCS', 'CAPABILITY_UNKNOWN', { at: minutes(-1) }));
    const asked = () => maySend(box, [person(PERSON, 'other', 'RCS'), person(PERSON, 'other')]);
    expect((await asked()).results).toEqual([
      {
        allowed: true,
        reasons: [],
        warnings: [
          {
            code: 'not_reachable',
            message: 'RCS does not reach this person, Sinch reported.',
            since: minutes(-5),
          },
        ],
      },
      { allowed: true, reasons: [] },
    ]);
    const elsewhere = { ...person(PERSON, 'other', 'RCS'), app_id: 'another-app' };
    expect((await maySend(box, [elsewhere])).results).toEqual([{ allowed: true, reasons: [] }]);
    vi.setSystemTime(Date.now() + 2 * 86_400_000);
    expect((await asked()).results[0]).toEqual({ allowed: true, reasons: [] });
  });
});

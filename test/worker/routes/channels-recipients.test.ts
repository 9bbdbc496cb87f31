import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../../src/services.ts';
import { openBox } from '../box.ts';
import { APP, inbound, minutes, PERSON } from '../sample.ts';
import { capability, contact } from '../scenarios/scenario.ts';
import { reset } from '../storage.ts';
import { hand, maySend, person, post } from './asking.ts';
import { ALL, ask, channelsOf, on, prefer } from './choosing.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
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

  test('is no longer reached where an update left its address out, until a callback names it again', async () => {
    const box = openBox();
    const by = (...channels: string[]) => ({
      channel_identities: on(...channels).map((one) => ({ ...one, app_id: '' })),
    });
    const found = async () =>
      (await ask(box, { contact_id: '01JCONTACT1' })).results[0]?.channels.map(
        ({ channel }) => channel,
      );
    await box.take(contact('create', by('SMS', 'WHATSAPP'), minutes(-9)));
    await box.take(contact('update', by('SMS', 'RCS'), minutes(-5)));
    await box.drain();
    expect((await found())?.toSorted()).toEqual(['RCS', 'SMS']);
    const again = inbound('Hello', { channel: 'WHATSAPP', at: minutes(-1) });
    await box.take({ ...again, message: { ...again.message, contact_id: '01JCONTACT1' } });
    await box.drain();
    expect((await found())?.toSorted()).toEqual(['RCS', 'SMS', 'WHATSAPP']);
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
    const { objects } = open(box.bindings);
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

  test('warns by the newest answer that counts for the app: its own, or one that names no app', async () => {
    const box = openBox({}, { CAPABILITY_MAX_AGE: '1d' });
    const warned = async (...apps: string[]) => {
      const asks = apps.map((app_id) => ({ ...person(PERSON, 'other', 'RCS'), app_id }));
      return (await maySend(box, asks)).results.map(({ warnings }) => warnings?.[0]?.since);
    };
    await box.take(capability('RCS', 'NO_CAPABILITY', { app: '', at: minutes(-9) }));
    expect(await warned(APP, 'another-app')).toEqual([minutes(-9), minutes(-9)]);
    await box.take(capability('RCS', 'CAPABILITY_FULL', { at: minutes(-8) }));
    expect(await warned(APP, 'another-app')).toEqual([undefined, minutes(-9)]);
    await box.take(capability('RCS', 'NO_CAPABILITY', { at: minutes(-7) }));
    expect(await warned(APP)).toEqual([minutes(-7)]);
    await box.take(capability('RCS', 'CAPABILITY_PARTIAL', { app: '', at: minutes(-6) }));
    expect(await warned(APP, 'another-app')).toEqual([undefined, undefined]);
  });
});

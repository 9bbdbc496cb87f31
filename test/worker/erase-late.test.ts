import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../src/services.ts';
import { type Box, env, openBox } from './box.ts';
import { decisions } from './journal-asked.ts';
import { APP, inbound, minutes, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const OTHER = '46701740606';

const created = (at: string, identity = PERSON) => ({
  app_id: '',
  accepted_time: at,
  event_time: at,
  contact_create_notification: {
    contact: { id: '01JLATE', channel_identities: [{ channel: 'SMS', identity, app_id: '' }] },
  },
});
/** In the shape of the reference pages: the id alone. */
const deleted = (at: string) => ({
  app_id: APP,
  accepted_time: at,
  event_time: at,
  contact_delete_notification: { contact_id: '01JLATE' },
});

const wordsOf = async (box: Box, identity = PERSON): Promise<string> => {
  const response = await box.ask(`/v1/recipients/SMS/${identity}`);
  return response.text();
};
const contactsKept = async () =>
  (await env.DB.prepare('SELECT * FROM contact_addresses').all()).results;
const onRecord = async (box: Box) =>
  (await decisions(box))
    .flatMap(({ actions }) => actions)
    .filter(({ action }) => action === 'erase')
    .map(({ rule, outcome, detail }) => ({ rule, outcome, detail }))
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1));

describe('an address that is told of a contact after its erasure', () => {
  test('is erased too, and that is on record; the STOP stays', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { at: minutes(-10) }));
    await box.take(deleted(minutes(-5)));
    await box.drain(4);
    expect(await wordsOf(box)).toContain('STOP');

    const { id } = await box.take(created(minutes(-8)));
    await box.drain(60);
    expect(await wordsOf(box)).not.toContain('"STOP"');
    const { objects, deadLetters } = open(box.bindings);
    const [consent] = await objects.recipients.read([
      { channel: 'SMS', identity: PERSON, appId: APP },
    ]);
    expect(consent).toMatchObject({ scopes: { all: true } });
    expect(await contactsKept()).toEqual([]);
    expect(await onRecord(box)).toEqual([
      {
        rule: 'contact-deleted',
        outcome: 'done',
        detail: expect.stringMatching(/^erased 0 addresses/),
      },
      {
        rule: 'signalbox',
        outcome: 'done',
        detail: expect.stringMatching(
          /^received after the contact was erased \(2026-11-20T12:.*\): erased 1 address: /,
        ),
      },
    ]);
    const decision = await (await box.ask(`/v1/decisions/${id}`)).json();
    expect(JSON.stringify(decision)).toContain('received after the contact was erased');
    expect(await deadLetters.list(10)).toEqual([]);
  });

  test('is not gone through again where the erasure reached it already', async () => {
    const box = openBox();
    await box.take(created(minutes(-8)));
    await box.drain(1);
    await box.take(deleted(minutes(-5)));
    await box.drain(4);
    await box.take(created(minutes(-8)));
    await box.drain(60);
    expect(await onRecord(box)).toMatchObject([{ rule: 'contact-deleted' }]);
    expect(await contactsKept()).toEqual([]);
  });

  test('is kept where the contact was never erased, or only before this was told', async () => {
    const box = openBox();
    await box.take(deleted(minutes(-5)));
    await box.drain(60);
    await box.take(created(new Date(Date.now() + 60_000).toISOString(), OTHER));
    vi.setSystemTime(Date.now() + 120_000);
    await box.take(created(new Date(Date.now()).toISOString(), OTHER));
    await box.drain(60);
    expect(await contactsKept()).toHaveLength(1);
    expect(await onRecord(box)).toMatchObject([{ rule: 'contact-deleted' }]);
  });
});

test('a review that was under way when the person was erased does not bring them back', async () => {
  const box = openBox();
  await box.take(inbound('please stop texting me', { at: minutes(-5) }));
  const erased = await box.ask('/v1/erase', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'SMS', identity: PERSON, actor: 'ines', reason: 'asked' }),
  });
  expect(erased.status).toBe(200);
  await box.drain(60);
  expect((await env.DB.prepare('SELECT * FROM reviews').all()).results).toEqual([]);
});

test('a message that came after the erasure is reviewed', async () => {
  const box = openBox();
  await box.ask('/v1/erase', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'SMS', identity: PERSON, actor: 'ines', reason: 'asked' }),
  });
  vi.setSystemTime(Date.now() + 60_000);
  const at = new Date(Date.now()).toISOString();
  await box.take(inbound('please stop texting me', { at }));
  await box.drain(60);
  expect((await env.DB.prepare('SELECT id FROM reviews').all()).results).toHaveLength(1);
});

test('the deletion that erases a contact does not keep its addresses, whichever clock is ahead', async () => {
  const box = openBox();
  const { contact_create_notification: told, ...envelope } = created(minutes(0));
  await box.take({ ...envelope, contact_delete_notification: told });
  vi.setSystemTime(Date.now() - 60_000);
  await box.drain(60);
  expect(await contactsKept()).toEqual([]);
});

test('a deletion that is delivered again does not bring the addresses back', async () => {
  const box = openBox();
  const { contact_create_notification: told, ...envelope } = created(minutes(0));
  const deletion = { ...envelope, contact_delete_notification: told };
  vi.setSystemTime(Date.now() - 60_000);
  await box.take(deletion);
  await box.drain(60);
  vi.setSystemTime(Date.now() + 120_000);
  await box.take(deletion);
  await box.drain(60);
  expect(await contactsKept()).toEqual([]);
});

import { afterEach, expect, test, vi } from 'vitest';
import { openBox } from './box.ts';
import { type Box, look } from './routes/asking.ts';
import { APP, inbound, minutes } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const ID = 'SE.99887766554433';
const NUMBER = '46701740699';
const NEW = '46701740611';

const write = (text: string, identity: string, at: number) =>
  inbound(text, {
    channel: 'WHATSAPP',
    identity,
    at: minutes(at),
    id: `01J${text}${identity}${at}`,
  });
const linked = (at: number, identities: readonly string[], id = 'C1') => ({
  app_id: '',
  event_time: minutes(at),
  contact_update_notification: {
    contact: {
      id,
      channel_identities: identities.map((identity) => ({ channel: 'WHATSAPP', identity })),
    },
  },
});
const meta = (at: number, value: object) => ({
  app_id: APP,
  event_time: minutes(at),
  unsupported_callback: {
    channel: 'WHATSAPP',
    id: `U${at}`,
    payload: JSON.stringify({ entry: [{ changes: [{ field: 'messages', value }] }] }),
  },
});
const stopped = async (box: Box, ...identities: string[]) =>
  Promise.all(
    identities.map(async (identity) => (await look(box, `WHATSAPP/${identity}`)).suppressed),
  );

test('a STOP of the number applies to the id of the same contact, before and after the link', async () => {
  const box = openBox();
  await box.take(write('STOP', NUMBER, -30));
  expect(await stopped(box, NUMBER, ID)).toEqual([true, false]);
  await box.take(linked(-20, [NUMBER, ID]));
  expect(await stopped(box, NUMBER, ID)).toEqual([true, true]);
  await box.take(write('START', ID, -10));
  expect(await stopped(box, NUMBER, ID)).toEqual([false, false]);
  await box.take(write('STOP', ID, -5));
  expect(await stopped(box, NUMBER, ID)).toEqual([true, true]);
  expect((await look(box, `WHATSAPP/${ID}`)).history).toHaveLength(3);
});

test('the fold of both histories follows event time, whatever comes first', async () => {
  const box = openBox();
  await box.take(write('START', ID, -10));
  await box.take(write('STOP', NUMBER, -30));
  await box.take(linked(-20, [NUMBER, ID]));
  expect(await stopped(box, NUMBER, ID)).toEqual([false, false]);
});

test('Meta’s wa_id and user_id link, a username does not', async () => {
  const box = openBox();
  await box.take(write('STOP', NUMBER, -30));
  const contact = { profile: { username: 'pablo' }, wa_id: NUMBER, user_id: ID };
  await box.take(meta(-20, { contacts: [contact] }));
  await box.take(meta(-20, { contacts: [contact] }));
  expect(await stopped(box, ID)).toEqual([true]);
});

test('two numbers of one contact are not linked, nor the id with either', async () => {
  const box = openBox();
  await box.take(write('STOP', NUMBER, -30));
  await box.take(linked(-20, [NUMBER, NEW, ID]));
  expect(await stopped(box, NUMBER, NEW, ID)).toEqual([true, false, false]);
});

test('a STOP goes on for the new number, and the old one keeps it', async () => {
  const box = openBox();
  await box.take(write('STOP', NUMBER, -30));
  const system = {
    type: 'user_changed_number',
    wa_id: NEW,
    body: `User Ada changed from ${NUMBER} to ${NEW}`,
  };
  await box.take(meta(-20, { messages: [{ from: NUMBER, type: 'system', system }] }));
  expect(await stopped(box, NUMBER, NEW)).toEqual([true, true]);
  await box.take(write('START', NEW, -10));
  expect(await stopped(box, NUMBER, NEW)).toEqual([true, false]);
});

test('a new id takes over the STOP of the old one', async () => {
  const box = openBox();
  await box.take(write('STOP', ID, -30));
  const system = { type: 'user_changed_user_id', body: `User Ada changed from ${ID} to SE.11` };
  await box.take(meta(-20, { messages: [{ type: 'system', system }] }));
  expect(await stopped(box, ID, 'SE.11')).toEqual([true, true]);
});

test('a number that the id leaves behind shares nothing that comes later', async () => {
  const box = openBox();
  await box.take(linked(-30, [NUMBER, ID]));
  await box.take(linked(-20, [NEW, ID]));
  await box.take(write('STOP', NUMBER, -10));
  expect(await stopped(box, NUMBER, NEW, ID)).toEqual([true, false, false]);
  await box.take(write('STOP', NEW, -5));
  expect(await stopped(box, NEW, ID)).toEqual([true, true]);
});

test('a near miss of one identity holds marketing to the other, until it is decided', async () => {
  const box = openBox();
  await box.take(linked(-30, [NUMBER, ID]));
  await box.take(write('please stop texting me', ID, -10));
  await box.drain();
  expect((await look(box, `WHATSAPP/${NUMBER}`)).review_since).toBe(minutes(-10));
  const { reviews } = await (await box.ask('/v1/reviews')).json<{ reviews: { id: string }[] }>();
  await box.ask(`/v1/reviews/${reviews[0]?.id}`, {
    method: 'POST',
    body: JSON.stringify({ decision: 'dismiss', actor: 'ada', reason: 'no STOP' }),
  });
  expect((await look(box, `WHATSAPP/${NUMBER}`)).review_since).toBeNull();
});

test('the erasure of one identity erases the other', async () => {
  const box = openBox();
  await box.take(linked(-30, [NUMBER, ID]));
  await box.take(write('STOP', NUMBER, -20));
  const erased = { channel: 'WHATSAPP', identity: ID, actor: 'ada', reason: 'she asked' };
  await box.ask('/v1/erase', { method: 'POST', body: JSON.stringify(erased) });
  const lines = await (await box.ask('/v1/recipients/export')).text();
  expect(lines).not.toContain(NUMBER);
  expect(await stopped(box, NUMBER, ID)).toEqual([true, true]);
});

test('a number that changes back and again takes along what was refused in between', async () => {
  const box = openBox();
  const change = (at: number, from: string, to: string) =>
    meta(at, {
      messages: [{ from, type: 'system', system: { type: 'user_changed_number', wa_id: to } }],
    });
  await box.take(change(-40, NUMBER, NEW));
  await box.take(change(-30, NEW, NUMBER));
  await box.take(write('STOP', NUMBER, -20));
  expect(await stopped(box, NUMBER, NEW)).toEqual([true, false]);
  await box.take(change(-10, NUMBER, NEW));
  expect(await stopped(box, NUMBER, NEW)).toEqual([true, true]);
  await box.take(change(-10, NUMBER, NEW));
  expect((await look(box, `WHATSAPP/${NEW}`)).history).toHaveLength(1);
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { readCallback } from '../../../src/callbacks/callback.ts';
import { ingest } from '../../../src/pipeline/ingest.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { open } from '../../../src/services.ts';
import { type Box, openBox } from '../box.ts';
import { look } from '../routes/asking.ts';
import { APP, minutes, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const SECOND = '46701740606';
const contact = (trigger: string, changes: object = {}, appId = APP) => ({
  app_id: appId,
  event_time: minutes(-1),
  [`contact_${trigger}_notification`]: {
    contact: {
      id: '01JCONTACTACTED',
      channel_identities: [
        { channel: 'SMS', identity: PERSON, app_id: '' },
        { channel: 'WHATSAPP', identity: SECOND, app_id: '' },
      ],
      ...changes,
    },
  },
});

/** Takes a callback by one rule with one action, and runs what it queued. */
async function take(box: Box, callback: object, action: string, params: object = {}) {
  const on = ['CONTACT_CREATE', 'CONTACT_UPDATE', 'CONTACT_IDENTITIES_DUPLICATION'];
  const when = { fact: 'trigger', operator: 'present' };
  const rule = { name: 'one', why: 'to try it', owner: 'tests', on, when };
  const rules = { 'one.json': { ...rule, then: [{ action, params }] } };
  const source = { rules, lists: {}, conditions: {}, alerts: {} };
  const { rulebook, findings } = compile(source, actions, 'try');
  expect(findings).toEqual([]);
  const body = new TextEncoder().encode(JSON.stringify(callback));
  const services = { ...open(box.bindings), rulebook: async () => rulebook };
  await ingest(await readCallback(body, Date.now()), services);
  await box.drain(60);
}
const stop = (box: Box, address: string) =>
  box.ask(`/v1/recipients/${address}`, {
    method: 'PUT',
    body: JSON.stringify({ actor: 'ada', reason: 'she called us' }),
  });
const sent = async (box: Box) => (await box.arrivals('messages:send')).map(({ body }) => body);
const WELCOME = { text: 'Welcome' };

describe('a reply to a new contact', () => {
  test('goes to its first address as a notification, once', async () => {
    const box = openBox();
    await take(box, contact('create'), 'reply', WELCOME);
    await take(box, contact('create'), 'reply', WELCOME);
    const [first, ...more] = await sent(box);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      app_id: APP,
      message_content_type: 'CONTENT_NOTIFICATION',
      channel_priority_order: ['SMS'],
    });
    expect(JSON.stringify(first)).toContain(PERSON);
  });

  test.each([
    `SMS/${PERSON}`,
    `WHATSAPP/${SECOND}`,
  ])('never goes to a person who said STOP at %s', async (address) => {
    const box = openBox();
    await stop(box, address);
    await take(box, contact('create'), 'reply', WELCOME);
    expect(await sent(box)).toEqual([]);
  });

  test('uses the app that the rule states where the callback names none', async () => {
    const box = openBox();
    await take(box, contact('create', {}, ''), 'reply', WELCOME);
    expect(await sent(box)).toEqual([]);
    await take(box, contact('create', {}, ''), 'reply', { ...WELCOME, app_id: APP });
    expect(await sent(box)).toMatchObject([{ app_id: APP }]);
  });

  test('is not sent to a contact without an address', async () => {
    const box = openBox();
    await take(box, contact('create', { channel_identities: [] }), 'reply', WELCOME);
    expect(await sent(box)).toEqual([]);
  });
});

test('suppress on a contact applies to each of its addresses', async () => {
  const box = openBox();
  await take(box, contact('update'), 'suppress');
  expect((await look(box)).suppressed).toBe(true);
  expect((await look(box, `WHATSAPP/${SECOND}`)).suppressed).toBe(true);
});

test('check_capability on a contact asks for each of its addresses', async () => {
  const box = openBox();
  await take(box, contact('update'), 'check_capability', { after: '1m' });
  await box.drain(3_600);
  const asked = await box.arrivals('capability:query');
  expect(asked).toHaveLength(2);
  expect(new Set(asked.map(({ body }) => body.request_id)).size).toBe(2);
});

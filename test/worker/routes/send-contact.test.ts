import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from '../box.ts';
import { inbound, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';
import { request, send, sent } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a contact', () => {
  const contact = (more: object = {}) =>
    request({ recipient: { contact_id: '01JCONTACT' }, ...more });
  const sms = { channel: 'SMS', identity: PERSON };
  const whatsapp = { channel: 'WHATSAPP', identity: PERSON };

  /** A callback tells of the contact. */
  const tellOf = async (box: Box, told: ReturnType<typeof inbound>) => {
    await box.take({
      ...told,
      message: { ...told.message, contact_id: '01JCONTACT', processing_mode: 'CONVERSATION' },
    });
    await box.drain();
  };

  test('is looked up at Sinch, and refused when one of its addresses said no', async () => {
    const box = openBox({ contacts: { '01JCONTACT': [whatsapp, sms] } });
    await box.take(inbound('STOP'));
    expect((await send(box, contact())).status).toBe(403);
  });

  test('is refused only for the channels that the message may go out on', async () => {
    const box = openBox({ contacts: { '01JCONTACT': [whatsapp, sms] } });
    await box.take(inbound('STOP'));
    expect((await send(box, contact({ channel_priority_order: ['WHATSAPP'] }))).status).toBe(200);
    expect((await send(box, contact({ channel_priority_order: ['WHATSAPP', 'SMS'] }))).status).toBe(
      403,
    );
  });

  test('that Sinch will not tell of is written to by nobody', async () => {
    const box = openBox({ contacts: { '01JCONTACT': [sms] } });
    await box.take(inbound('STOP'));
    await box.faults({ kind: 'contacts:get', answers: [403] });
    const answer = await send(box, contact());
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { status: 'PERMISSION_DENIED' } });
    expect(await box.arrivals('messages:send')).toEqual([]);
  });

  test('that callbacks told of is refused for what they told, though Sinch knows another address by now', async () => {
    const box = openBox({
      contacts: { '01JCONTACT': [{ channel: 'SMS', identity: '12025550142' }] },
    });
    await tellOf(box, inbound('STOP'));
    expect((await send(box, contact({ channel_priority_order: ['SMS'] }))).status).toBe(403);
  });

  test('that callbacks told of is asked for at Sinch all the same: its new number said no', async () => {
    const fresh = '12025550142';
    const box = openBox({ contacts: { '01JCONTACT': [{ channel: 'SMS', identity: fresh }] } });
    await tellOf(box, inbound('Hello'));
    const put = {
      method: 'PUT',
      body: JSON.stringify({ scope: 'all', actor: 'ada', reason: 'x' }),
    };
    expect((await box.ask(`/v1/recipients/SMS/${fresh}`, put)).status).toBe(200);
    expect((await send(box, contact({ channel_priority_order: ['SMS'] }))).status).toBe(403);
    expect(await sent(box)).toEqual([]);
  });

  test('that callbacks told of waits for Sinch as well', async () => {
    const box = openBox();
    await tellOf(box, inbound('Hello'));
    await box.faults({ kind: 'contacts:get', answers: ['lost'] });
    expect((await send(box, contact({ channel_priority_order: ['SMS'] }))).status).toBe(503);
    expect(await sent(box)).toEqual([]);
  });

  test('of whom nobody can say whom it reaches is not written to', async () => {
    const box = openBox();
    await box.faults({ kind: 'contacts:get', answers: ['lost'] });
    expect((await send(box, contact())).status).toBe(503);
    expect(await sent(box)).toEqual([]);
  });

  test.each([
    ['that Sinch does not know', {}, {}],
    ['without an address', { '01JCONTACT': [] }, {}],
    [
      'without an address on the channels wanted',
      { '01JCONTACT': [{ channel: 'WHATSAPP', identity: PERSON }] },
      { channel_priority_order: ['SMS'] },
    ],
  ])('%s is refused, for nobody could be asked for', async (_, contacts, more) => {
    const box = openBox({ contacts });
    const answer = await send(box, contact(more));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { details: [{ code: 'bad_request' }] },
      detail: expect.stringContaining('recipient.contact_id: this contact has no known address'),
    });
    expect(await sent(box)).toEqual([]);
  });

  test('that Sinch does not know is written to where callbacks told of it, for Sinch to refuse', async () => {
    const box = openBox();
    await tellOf(box, inbound('Hello'));
    expect((await send(box, contact())).status).toBe(200);
  });
});

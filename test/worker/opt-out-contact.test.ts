import { afterEach, expect, test, vi } from 'vitest';
import { openBox } from './box.ts';
import { look } from './routes/asking.ts';
import { minutes, opt, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const CONTACT = '01JCONTACTOFOPTOUT';
const created = {
  app_id: '',
  event_time: minutes(-30),
  contact_create_notification: {
    contact: {
      id: CONTACT,
      channel_identities: [
        { channel: 'SMS', identity: PERSON, app_id: '' },
        { channel: 'WHATSAPP', identity: 'SE.99887766', app_id: '' },
      ],
    },
  },
};
const withoutAddress = {
  ...opt('OPT_OUT_SUCCEEDED', minutes(-5)),
  opt_out_notification: { request_id: 'R1', contact_id: CONTACT, status: 'OPT_OUT_SUCCEEDED' },
};

test('an opt-out that names a contact and no address applies to all its known addresses', async () => {
  const box = openBox();
  await box.take(created);
  await box.drain();
  await box.take(withoutAddress);
  expect((await look(box)).suppressed).toBe(true);
  expect((await look(box, 'WHATSAPP/SE.99887766')).suppressed).toBe(true);
});

test('an opt-in that names a contact and no address lifts nothing', async () => {
  const box = openBox();
  await box.take(created);
  await box.drain();
  await box.take(withoutAddress);
  await box.take({
    app_id: withoutAddress.app_id,
    event_time: minutes(-1),
    opt_in_notification: { request_id: 'R2', contact_id: CONTACT, status: 'OPT_IN_SUCCEEDED' },
  });
  expect((await look(box)).suppressed).toBe(true);
});

test('a STOP on RCS applies to SMS of the same number', async () => {
  const box = openBox();
  await box.ask(`/v1/recipients/RCS/${PERSON}`, {
    method: 'PUT',
    body: JSON.stringify({ actor: 'ada', reason: 'she called us' }),
  });
  expect((await look(box)).suppressed).toBe(true);
  expect((await look(box, `WHATSAPP/${PERSON}`)).suppressed).toBe(false);
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { APP, inbound } from '../sample.ts';
import { reset } from '../storage.ts';
import { maySend, person, post } from './asking.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('an address that names nobody', () => {
  test.each([
    '+1 202‑555‑0147',
    '\u202a+12025550147',
    '＋12025550147',
    'tel:+12025550147',
    '12025550147\u200b',
  ])('%j is the person whom a STOP by hand put on the list', async (identity) => {
    const box = openBox();
    const init = {
      method: 'PUT',
      body: JSON.stringify({ scope: 'all', actor: 'ada', reason: 'she called us' }),
    };
    const put = await box.ask(`/v1/recipients/SMS/${encodeURIComponent(identity)}`, init);
    expect(put.status, await put.text()).toBe(200);
    const { results } = await maySend(box, [person('12025550147'), person(identity)]);
    expect(results.map(({ allowed }) => allowed)).toEqual([false, false]);
  });

  test.each([
    ['SMS', 'banana', 'identity_invalid'],
    ['SMS', '0701234567', 'identity_invalid'],
    ['SMS', '', 'identity_invalid'],
    ['SMS', 'x'.repeat(3_000), 'identity_invalid'],
    ['SMS', 'US.13491208655302741918', 'identity_invalid'],
    ['WHATSAPP', '@pablo', 'identity_invalid'],
    ['SNS', '12025550147', 'channel_unknown'],
    ['WHATSAP', '12025550147', 'channel_unknown'],
    ['', '12025550147', 'channel_unknown'],
  ])('%s %s is refused alone, and never put on the list', async (channel, identity, code) => {
    const box = openBox();
    const asked = {
      recipients: [
        person('12025550142'),
        { channel, identity, app_id: APP, content: 'marketing' },
        person('12025550143'),
      ],
    };
    const answer = await box.ask('/v1/may-send', { method: 'POST', body: JSON.stringify(asked) });
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { results: [{ allowed: true }, { allowed: false, reasons: [{ code }] }, { allowed: true }] },
    ]);
    const init = {
      method: 'PUT',
      body: JSON.stringify({ scope: 'all', actor: 'ada', reason: 'she called us' }),
    };
    const place = `/v1/recipients/${channel || 'X'}/${encodeURIComponent(identity || ' ')}`;
    expect((await box.ask(place, init)).status).toBe(400);
  });

  test.each([
    ['an identity that is missing', { channel: 'SMS', app_id: APP, content: 'other' }],
    ['an identity of a wrong type', { ...person('1'), identity: ['12025550147'] }],
    ['a number with lost digits', { ...person('1'), identity: 1e21 }],
    ['a channel of a wrong type', { ...person('12025550147'), channel: 7 }],
  ])('%s is refused with the whole request', async (_, recipient) => {
    const body = JSON.stringify({ recipients: [recipient] });
    expect((await openBox().ask('/v1/may-send', { method: 'POST', body })).status).toBe(400);
  });
});

describe('a WhatsApp user without a number', () => {
  const ID = 'US.13491208655302741918';

  test('may be sent to until they write STOP', async () => {
    const box = openBox();
    const asked = { channel: 'WHATSAPP', identity: ID, app_id: APP, content: 'marketing' as const };
    expect((await maySend(box, [asked])).results).toMatchObject([{ allowed: true }]);
    await box.take(inbound('STOP', { channel: 'WHATSAPP', identity: ID }));
    expect((await maySend(box, [asked])).results).toMatchObject([
      { allowed: false, reasons: [{ code: 'opted_out' }] },
    ]);
    const found = await box.ask(`/v1/recipients/WHATSAPP/${ID}`);
    expect([found.status, await found.json()]).toMatchObject([200, { suppressed: true }]);
  });
});

test('an identity that is a JSON number is the person', async () => {
  const box = openBox();
  const callback = inbound('STOP');
  const { message } = callback;
  const identity = { ...message.channel_identity, identity: 12025550150 };
  await box.take({ ...callback, message: { ...message, channel_identity: identity } });
  const asked = [person('12025550150'), { ...person(''), identity: 12025550150 }];
  const answer = await post(box, '/v1/may-send', { recipients: asked });
  expect(await answer.json()).toMatchObject({ results: [{ allowed: false }, { allowed: false }] });
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from '../box.ts';
import { APP, inbound, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';
import { send, token } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const BATCH = '/send/batch/v1/projects/test-project/messages';
const OTHER = '46701740688';
const to = (identity: string, channel = 'SMS') => ({
  recipient: { identified_by: { channel_identities: [{ channel, identity }] } },
  parameters: { name: 'Ada' },
});
const batch = (recipients: object[], more: object = {}) => ({
  app_id: APP,
  recipient_and_params: recipients,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the Batch API names a parameter so.
  message: { text_message: { text: 'Hello ${name}' } },
  ...more,
});
const partial = { 'x-signalbox-partial': 'allow' };
const sentBatches = (box: Box) => box.arrivals('batch');
const sendBatch = (box: Box, body: object, headers: Record<string, string> = {}) =>
  send(box, body, headers, BATCH);

async function limit(box: Box, rate: string): Promise<void> {
  const body = { to: rate, for: '3h', content: 'marketing', actor: 'ines', reason: 'campaign' };
  const init = { method: 'PUT', body: JSON.stringify(body) };
  expect((await box.ask(`/v1/senders/${APP}/SMS/throttle`, init)).status).toBe(200);
}

describe('a batch', () => {
  test('that no one refuses goes to Sinch unchanged, and so does the answer', async () => {
    const box = openBox();
    const text = JSON.stringify(batch([to(PERSON), to(OTHER)], { ttl: '86400s' }), null, 2);
    const answer = await send(box, text, partial, BATCH);
    expect([answer.status, Object.keys(await answer.json())]).toEqual([200, ['batch_id']]);
    expect((await sentBatches(box))[0]?.body).toEqual(JSON.parse(text));
    const [url, init] = vi.mocked(globalThis.fetch).mock.calls.at(-1) ?? [];
    expect(url).toBe('https://sinch.test/batch/v1/projects/test-project/messages');
    expect(new TextDecoder().decode(init?.body as Uint8Array)).toBe(text); // the gateway's own bytes
    expect(new Headers(init?.headers).has('x-signalbox-partial')).toBe(false);
  });

  test('with refused recipients is refused and lists each of them', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    const answer = await sendBatch(box, batch([to(OTHER), to(PERSON), to(PERSON)]));
    expect(answer.status).toBe(403);
    const body = await answer.json<{ error: { details: object[] } }>();
    const refused = [1, 2].map((recipient) => ({ recipient, channel: 'SMS', code: 'opted_out' }));
    expect(body.error.details).toMatchObject([{ code: 'consent_forbids', reasons: refused }]);
    expect(await sentBatches(box)).toEqual([]);
  });

  test('goes without refused recipients where the caller allows it, and the answer lists them', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    const answer = await sendBatch(box, batch([to(PERSON), to(OTHER)]), partial);
    expect(await answer.json()).toEqual({
      batch_id: expect.any(String),
      signalbox: {
        refused: [expect.objectContaining({ recipient: 0, channel: 'SMS', code: 'opted_out' })],
      },
    });
    expect((await sentBatches(box))[0]?.body).toEqual(batch([to(OTHER)]));
  });

  test('with no one left is refused, whatever the caller allows', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    expect((await sendBatch(box, batch([to(PERSON)]), partial)).status).toBe(403);
    expect(await sentBatches(box)).toEqual([]);
  });

  test('takes a permit for each recipient, and returns them where nothing is sent', async () => {
    const box = openBox();
    await limit(box, '2/hour');
    await box.faults({ kind: 'batch', answers: [400] });
    expect((await sendBatch(box, batch([to(PERSON), to(OTHER)]))).status).toBe(400);
    expect((await sendBatch(box, batch([to(PERSON), to(OTHER)]))).status).toBe(200);
    const slow = await sendBatch(box, batch([to(PERSON)]));
    expect([slow.status, slow.headers.get('retry-after')]).toEqual([429, '60']);
  });

  test('of more messages than a limit ever allows is told so; without the rest it goes', async () => {
    const box = openBox();
    await limit(box, '2/hour');
    const three = batch([to(PERSON), to(OTHER), to('46701740689')]);
    const answer = await sendBatch(box, three);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('send at most 2 at once'),
    ]);
    const { signalbox } = await (await sendBatch(box, three, partial)).json<{
      signalbox: object;
    }>();
    expect(signalbox).toMatchObject({ refused: [{ recipient: 2, code: 'throttled' }] });
    expect((await sentBatches(box))[0]?.body).toEqual(batch([to(PERSON), to(OTHER)]));
  });

  test('of a stopped sender is refused', async () => {
    const box = openBox();
    await limit(box, '0');
    const answer = await sendBatch(box, batch([to(PERSON)]));
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining('sender_stopped'),
    ]);
  });

  test('names contacts by id, whose addresses Sinch knows', async () => {
    const box = openBox({ contacts: { '01JSTOPPED': [{ channel: 'SMS', identity: PERSON }] } });
    await box.take(inbound('STOP'));
    const contact = (id: string) => ({ recipient: { contact_id: id } });
    const recipients = [contact('01JSTOPPED'), contact('01JNONE'), to(OTHER)];
    const answer = await sendBatch(box, batch(recipients), partial);
    expect(await answer.json()).toMatchObject({
      signalbox: {
        refused: [
          { recipient: 0, code: 'opted_out' },
          { recipient: 1, code: 'no_address' },
        ],
      },
    });
    const many = Array.from({ length: 201 }, (_, at) => contact(`01J${at}`));
    expect((await sendBatch(box, batch(many))).status).toBe(400);
  });

  test.each([
    ['in camelCase', { recipientAndParams: [to(PERSON)], recipient_and_params: undefined }, 403],
    ['without recipients', { recipient_and_params: [] }, 400],
    ['with an unreadable one', { recipient_and_params: [{ recipient: {} }] }, 400],
    ['of a thousand and one', { recipient_and_params: Array(1_001).fill(to(OTHER)) }, 400],
    ['in both spellings', { recipientAndParams: [to(OTHER)] }, 400],
  ])('%s', async (_, more, status) => {
    const box = openBox();
    await box.take(inbound('STOP'));
    expect((await sendBatch(box, batch([to(OTHER)], more))).status).toBe(status);
    expect(await sentBatches(box)).toEqual([]);
  });

  test('needs an Authorization that Sinch accepts', async () => {
    const box = openBox();
    const answer = await sendBatch(box, batch([to(PERSON)]), { authorization: token(false) });
    expect(answer.headers.get('www-authenticate')).toContain('expired');
    expect(answer.status).toBe(401);
  });
});

describe('other calls of APIs with a host of their own', () => {
  const ask = (box: Box, path: string, method: string, body?: object) =>
    box.ask(path, {
      method,
      headers: { authorization: token() },
      ...(body && { body: JSON.stringify(body) }),
    });

  test.each([
    ['batch/v1', 'DELETE', 'messages', { batch_id: 'x' }, 200],
    ['batch/v1', 'GET', 'messages/none', undefined, 404],
    ['template/v1', 'POST', 'templates', { description: 'x' }, 200],
    ['template/v2', 'GET', 'templates', undefined, 200],
    ['template/v2', 'PUT', 'templates/none', {}, 404],
    ['template/v3', 'GET', 'templates', undefined, 501],
    ['batch/v2', 'GET', 'messages', undefined, 501],
    ['verification/v1', 'GET', 'messages', undefined, 501],
  ])('%s: %s %s', async (api, method, path, body, status) => {
    const box = openBox();
    const answer = await ask(box, `/send/${api}/projects/test-project/${path}`, method, body);
    expect(answer.status, await answer.text()).toBe(status);
    if (status === 501) return;
    const [url] = vi.mocked(globalThis.fetch).mock.calls.at(-1) ?? [];
    expect(url).toBe(`https://sinch.test/${api}/projects/test-project/${path}`);
  });

  test.each([
    '/send/batch/v1/projects/test-project/messages/',
    '/send/batch/v1/projects/test-project//messages',
    '/send/batch/v1/projects/test-project/x%2F..%2Fmessages',
    '/send/batch/v1/projects/test-project/messages%3Asend',
    '/send/template/v1/projects/test-project/..%2f..%2fmessages',
  ])('a disguised batch is refused: %s', async (path) => {
    const box = openBox();
    await box.take(inbound('STOP'));
    expect([400, 403]).toContain((await ask(box, path, 'POST', batch([to(PERSON)]))).status);
    expect(await sentBatches(box)).toEqual([]);
  });

  test('a batch for the Conversation API is told its address', async () => {
    const path = '/send/v1/projects/test-project/messages';
    const answer = await ask(openBox(), path, 'POST', batch([to(OTHER)]));
    expect([answer.status, await answer.text()]).toEqual([
      501,
      expect.stringContaining('/send/batch/v1/'),
    ]);
  });
});

describe('a call whose client drops the path of its base URL, as the .NET SDK does', () => {
  test.each([
    ['GET', 'contacts', 200],
    ['GET', 'contacts/none', 404],
    ['POST', 'messages:send', 400],
    ['POST', 'messages', 501],
  ])('%s %s', async (method, path, status) => {
    const answer = await openBox().ask(`/v1/projects/test-project/${path}`, {
      method,
      headers: { authorization: token() },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBeNull();
  });
});

import { RequestFailedError, type SinchClient } from '@sinch/sdk-core';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { APP, calls, identified, openSdk, sending } from './calls.ts';
import { type Answer, readers, refreshes } from './other-sdks.ts';
import { refusalsOf, STOPPED } from './refusals.ts';
import { type RunningWorker, startWorker } from './running-worker.ts';

let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker();
}, 300_000);
afterAll(() => worker?.stop());

const direct = () =>
  openSdk(worker.sinchUrl, {
    conversation: worker.sinchUrl,
    templates: `${worker.sinchUrl}/template`,
  });
const gateway = (secret?: string) =>
  openSdk(
    worker.sinchUrl,
    { conversation: `${worker.url}/send`, templates: `${worker.url}/send/template` },
    secret,
  );
let opened: SinchClient | undefined;
/** One client for all tests: each has a token of its own, and Signalbox looks up few new ones a minute. */
const through = (): SinchClient => {
  opened ??= gateway();
  return opened;
};

/** Returns a result without what is new in each call: ids and times. */
const shape = (result: unknown): unknown =>
  JSON.parse(
    JSON.stringify(result ?? null)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/local-[\w-]*\d{9,}[\d-]*/g, 'ID')
      .replaceAll(/"(message_id|id)":"[0-9A-Z]{26}"/g, '"$1":"ID"')
      .replaceAll('"_events":{},', ''),
  );
const Arrivals = v.object({ arrivals: v.array(v.object({ kind: v.string(), body: v.unknown() })) });
const arrivals = async () => {
  const answer = await fetch(`${worker.sinchUrl}/arrivals`);
  return v.parse(Arrivals, await answer.json()).arrivals;
};
const clear = async (): Promise<void> => {
  await fetch(`${worker.sinchUrl}/arrivals`, { method: 'DELETE' });
  await fetch(`${worker.sinchUrl}/faults`, { method: 'DELETE' });
};
beforeEach(clear);

describe('the same call, direct and through Signalbox', () => {
  test.each(calls.map((call) => [call.name, call] as const))('%s', async (_, { run }) => {
    const results: unknown[] = [];
    for (const sinch of [direct(), through()]) {
      await clear();
      const result = await run(sinch);
      const reached = (await arrivals()).map(({ kind, body }) => ({ kind, body }));
      results.push(shape({ result, reached }));
    }
    expect(results[0]).not.toBeUndefined();
    expect(results[1]).toEqual(results[0]);
  });
});

describe('an expired token', () => {
  test.each([
    ['of a message', ({ conversation }: SinchClient) => conversation.messages.send(sending())],
    ['of another call', ({ conversation }: SinchClient) => conversation.contact.list({})],
    ['of a template', ({ conversation }: SinchClient) => conversation.templatesV2.list({})],
  ])('%s is refreshed by the SDK, and the call succeeds', async (_, run) => {
    const sinch = through();
    await run(sinch);
    worker.passTime(3_600_000);
    await expect(run(sinch)).resolves.toBeDefined();
  });
});

const { refuseStopped, refusals: REFUSALS } = refusalsOf(() => worker);

/** Returns the error of a call. */
async function errorOf(call: Promise<unknown>): Promise<RequestFailedError<string>> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RequestFailedError) return error;
  throw new Error('the SDK raised no error of its own', { cause: error });
}

describe('a refusal is an error of the SDK', () => {
  test.each(REFUSALS.map((one) => [one.name, one] as const))('%s', async (_, refusal) => {
    await refusal.before?.();
    const error = await errorOf(through().conversation.messages.send(sending(refusal.message)));
    expect(error.statusCode).toBe(refusal.status);
    const { error: body } = JSON.parse(error.data ?? '');
    expect(body).toMatchObject({ code: refusal.status, status: expect.any(String) });
    if (refusal.code) expect(body.details[0].code).toBe(refusal.code);
    if (refusal.status === 429) expect(error.responseHeaders?.['retry-after']).toBe('60');
  });

  test('wrong credentials get the error of the token, and nothing reaches Signalbox', async () => {
    const call = gateway('wrong').conversation.messages.send(sending());
    await expect(call).rejects.toThrow(/401/);
    expect(await arrivals()).toEqual([]);
  });

  test('an entry that does not exist is Sinch’s own 404', async () => {
    const get = ({ conversation }: SinchClient) => conversation.contact.get({ contact_id: 'none' });
    const [ours, theirs] = [await errorOf(get(through())), await errorOf(get(direct()))];
    expect([ours.statusCode, ours.data]).toEqual([404, theirs.data]);
  });

  test('an API that is not passed on is a 501', async () => {
    const sinch = gateway();
    sinch.conversation.setTemplatesHostname(`${worker.url}/send/verification`);
    const error = await errorOf(sinch.conversation.templatesV2.list({}));
    expect(error.statusCode).toBe(501);
    expect(JSON.parse(error.data ?? '').error).toMatchObject({
      details: [{ code: 'not_supported' }],
    });
  });
});

const Token = v.object({ access_token: v.string() });

let granted: string | undefined;
async function newToken(): Promise<string> {
  const token = await fetch(`${worker.sinchUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('local-key-id:local-key-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return v.parse(Token, await token.json()).access_token;
}

/** Sends a request without an SDK. */
async function plain(
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  granted ??= await newToken();
  const response = await fetch(`${worker.url}/send${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${granted}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const { status, headers: answered } = response;
  return { status, headers: answered, text: await response.text() };
}
const SEND = '/v1/projects/local-project/messages:send';
const message = (more?: Parameters<typeof sending>[0]) => sending(more).sendMessageRequestBody;

describe.each(readers)('$sdk reads a refusal ($source)', ({ read, repeats }) => {
  test.each(REFUSALS.map((one) => [one.name, one] as const))('%s', async (_, refusal) => {
    await refusal.before?.();
    const answer = await plain(SEND, message(refusal.message));
    expect(answer.status).toBe(refusal.status);
    const seen = read(answer);
    expect(seen).toContain(JSON.parse(answer.text).error.message);
    expect(refreshes(answer)).toBe(false);
    const waits = repeats?.after(answer) ?? 0;
    expect(waits).toBeLessThanOrEqual(60);
    // What may have been sent is never repeated by an SDK.
    expect(waits > 0).toBe(repeats !== undefined && refusal.status === 429);
  });
});

describe.each(readers)('$sdk', ({ sent, tokens }) => {
  test(`refreshes a token that has expired (${tokens})`, async () => {
    const expired = `Bearer local-token-${Date.now() - 1_000}`;
    expect(refreshes(await plain(SEND, message(), { authorization: expired }))).toBe(true);
    const wrong = await plain(SEND, message(), { authorization: 'Bearer nothing' });
    expect([wrong.status, refreshes(wrong)]).toEqual([401, false]);
  });

  test(`reads a sent message (${sent.source})`, async () => {
    const answer = await plain(SEND, message());
    expect([answer.status, sent.read(answer)]).toEqual([200, expect.stringMatching(/./)]);
  });
});

describe('a batch, which no SDK has', () => {
  const BATCH = '/batch/v1/projects/local-project/messages';
  const batch = (...identities: string[]) => ({
    app_id: APP,
    recipient_and_params: identities.map((identity) => ({ recipient: identified(identity) })),
    message: { text_message: { text: 'Hello' } },
  });

  test('goes to Sinch', async () => {
    const { status, text } = await plain(BATCH, batch('12025550151', '12025550152'));
    expect([status, Object.keys(JSON.parse(text))]).toEqual([200, ['batch_id']]);
  });

  test('with a refused recipient is refused, or goes without it', async () => {
    await refuseStopped();
    const both = batch('12025550151', STOPPED);
    const refused = await plain(BATCH, both);
    expect(refused.status).toBe(403);
    for (const { read } of readers) expect(read(refused)).toContain('1 of 2 recipients');
    const partial = await plain(BATCH, both, { 'x-signalbox-partial': 'allow' });
    expect(JSON.parse(partial.text)).toMatchObject({ signalbox: { refused: [{ recipient: 1 }] } });
    const [arrived] = await arrivals();
    expect(arrived).toMatchObject({ kind: 'batch', body: batch('12025550151') });
  });
});

test('a request that is repeated with its Idempotency-Key is one send', async () => {
  const key = { 'idempotency-key': crypto.randomUUID() };
  const [first, again] = [await plain(SEND, message(), key), await plain(SEND, message(), key)];
  expect(again.text).toBe(first.text);
  expect(await arrivals()).toHaveLength(1);
  const other = await plain(SEND, message({ ttl: '10s' }), key);
  for (const { read } of readers) expect(read(other)).toContain('Idempotency-Key');
  expect(other.status).toBe(422);
});

import { describe, expect, test } from 'vitest';
import {
  BASIC,
  earlier,
  greeting,
  type List,
  open,
  PROJECT,
  type Sent,
} from '../../src/simulator/opened.ts';

describe('a token', () => {
  test('is given for the right key', async () => {
    const { token } = await open();
    const answer = await token();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ expires_in: 3599, token_type: 'bearer' });
  });

  test.each([
    [
      'a wrong secret',
      `Basic ${btoa('local-key-id:guess')}`,
      'grant_type=client_credentials',
      401,
      'invalid_client',
    ],
    ['another grant', BASIC, 'grant_type=password', 400, 'unsupported_grant_type'],
  ])('is refused for %s', async (_, authorization, body, status, error) => {
    const { token } = await open();
    const answer = await token(authorization, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error });
  });

  test('runs out', async () => {
    const { clock, send } = await open();
    clock.now += 3_600_000;
    const answer = await send();
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } });
  });

  test('of one project opens no other', async () => {
    const { post } = await open();
    expect((await post('/v1/projects/other/messages:send', greeting)).status).toBe(403);
  });
});

describe('messages:send', () => {
  test('answers with an id and the time', async () => {
    const { send } = await open();
    expect(await (await send()).json()).toEqual({
      message_id: expect.stringMatching(/^\w{26}$/),
      accepted_time: '2026-11-01T12:00:00.000Z',
    });
  });

  test('gives every message an id of its own', async () => {
    const { send } = await open();
    const ids = [await send(), await send()].map(
      async (answer) => (await answer.json<Sent>()).message_id,
    );
    expect(new Set(await Promise.all(ids)).size).toBe(2);
  });

  test.each([
    ['no app', { ...greeting, app_id: undefined }, 'app_id'],
    ['no recipient', { ...greeting, recipient: undefined }, 'recipient'],
    ['a recipient that is nobody', { ...greeting, recipient: {} }, 'recipient'],
    ['no message', { ...greeting, message: undefined }, 'message'],
    ['an empty message', { ...greeting, message: {} }, 'message'],
    [
      'two messages in one',
      { ...greeting, message: { ...greeting.message, media_message: { url: 'x' } } },
      'message',
    ],
    [
      'metadata that is too long',
      { ...greeting, message_metadata: 'x'.repeat(1025) },
      'message_metadata',
    ],
    ['text that is no JSON', '{', ''],
  ])('refuses %s in Sinch’s form and names the field', async (_, body, field) => {
    const { send } = await open();
    const answer = await send(body);
    expect(answer.status).toBe(400);
    const { error } = await answer.json<{
      error: { details: { field_violations: { field: string }[] }[] };
    }>();
    expect(error).toMatchObject({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: expect.any(String),
    });
    expect(error.details[0]?.field_violations[0]?.field).toBe(field);
  });
});

describe('stored messages', () => {
  test('are given back as Sinch gives them', async () => {
    const { send, get } = await open();
    const { message_id: id } = await (await send()).json<Sent>();
    expect(
      await (await get(`${PROJECT}/messages/${id}?messages_source=CONVERSATION_SOURCE`)).json(),
    ).toMatchObject({
      id,
      app_id: 'app-1',
      direction: 'TO_CONTACT',
      app_message: greeting.message,
      channel_identity: { channel: 'SMS', identity: '46732001122', app_id: '' },
      metadata: '{"order":1}',
      accept_time: '2026-11-01T12:00:00.000Z',
    });
  });

  test.each([
    ['nobody sent it', {}, 'unknown', ''],
    [
      'another store is asked',
      { messages: [earlier] },
      'message-0',
      '?messages_source=DISPATCH_SOURCE',
    ],
  ])('are not found when %s', async (_, options, id, query) => {
    const { get } = await open(options);
    const answer = await get(`${PROJECT}/messages/${id}${query}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } });
  });

  test.each([
    ['an app in DISPATCH mode', { dispatchApps: ['app-1'] }, greeting],
    ['a message sent as DISPATCH_ONLY', {}, { ...greeting, processing_strategy: 'DISPATCH_ONLY' }],
  ])('do not hold what comes from %s', async (_, options, body) => {
    const { send, get } = await open(options);
    const { message_id: id } = await (await send(body)).json<Sent>();
    expect((await get(`${PROJECT}/messages/${id}`)).status).toBe(404);
    expect(await (await get(`${PROJECT}/messages`)).json()).toMatchObject({ messages: [] });
  });

  test.each([
    ['app_id=app-1', 2],
    ['app_id=app-2', 0],
    ['channel=SMS&channel_identity=46732001122', 2],
    ['channel_identity=46732009999', 0],
    ['contact_id=contact-1', 1],
    ['start_time=2026-11-01T11:30:00Z', 1],
    ['end_time=2026-11-01T11:30:00Z', 1],
    ['page_size=1', 1],
  ])('are listed by %s', async (query, count) => {
    const { send, get } = await open({ messages: [earlier] });
    await send();
    expect((await (await get(`${PROJECT}/messages?${query}`)).json<List>()).messages).toHaveLength(
      count,
    );
  });

  test('are listed newest first', async () => {
    const { send, get } = await open({ messages: [earlier] });
    const { message_id: id } = await (await send()).json<Sent>();
    const { messages } = await (await get(`${PROJECT}/messages`)).json<List>();
    expect(messages.map((message) => message.id)).toEqual([id, 'message-0']);
  });
});

describe('capability:query', () => {
  test('echoes the question with its request id', async () => {
    const { post } = await open();
    const query = { app_id: 'app-1', recipient: greeting.recipient, request_id: 'request-1' };
    expect(await (await post(`${PROJECT}/capability:query`, query)).json()).toEqual(query);
  });

  test('refuses a question about nobody', async () => {
    const { post } = await open();
    expect((await post(`${PROJECT}/capability:query`, { app_id: 'app-1' })).status).toBe(400);
  });
});

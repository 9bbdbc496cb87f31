import { describe, expect, test } from 'vitest';
import { earlier, type List, open, PROJECT } from '../../src/simulator/opened.ts';

describe('faults', () => {
  test('answer the next requests and then no more', async () => {
    const { send, fail } = await open();
    await fail({ kind: 'messages:send', answers: [429, 200, { status: 503, retry_after: 3 }] });
    const answers = [await send(), await send(), await send(), await send()];
    expect(answers.map(({ status }) => status)).toEqual([429, 200, 503, 200]);
    expect(await answers[0]?.json()).toMatchObject({
      error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [] },
    });
    expect(answers[2]?.headers.get('retry-after')).toBe('3');
  });

  test('of one kind leave the others alone', async () => {
    const { send, fail, post } = await open();
    await fail({ kind: 'alert', answers: [500] });
    expect((await send()).status).toBe(200);
    expect((await post('/inbox/alerts', {})).status).toBe(500);
  });

  test('without a kind meet whatever arrives next, but no token and no question', async () => {
    const { token, get, post, fail } = await open();
    await fail({ answers: [500] });
    expect((await token()).status).toBe(200);
    expect((await get(`${PROJECT}/messages`)).status).toBe(200);
    expect((await post('/inbox/forwards', {})).status).toBe(500);
  });

  test.each([
    ['oauth2/token', 'token'],
    ['messages:list', 'list'],
    ['messages:get', 'get'],
  ])('reach %s when it is named', async (kind, call) => {
    const { token, get, fail } = await open({ messages: [earlier] });
    await fail({ kind, answers: [503] });
    const path = call === 'get' ? `${PROJECT}/messages/message-0` : `${PROJECT}/messages`;
    const ask = () => (call === 'token' ? token() : get(path));
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(200);
  });

  test('stand in the arrivals with their answer', async () => {
    const { send, fail, arrivals } = await open();
    await fail({ answers: [429] });
    await send();
    expect(await arrivals()).toMatchObject([{ kind: 'messages:send', answer: 429 }]);
  });

  test('"none" keeps the message and breaks the connection', async () => {
    const { send, fail, arrivals, get } = await open();
    await fail({ answers: ['none'] });
    await expect(send()).rejects.toThrow(/broke before the answer/);
    expect(await arrivals()).toMatchObject([{ kind: 'messages:send', answer: 'none' }]);
    expect(
      (await (await get(`${PROJECT}/messages?app_id=app-1`)).json<List>()).messages,
    ).toHaveLength(1);
  });

  test('"lost" breaks the connection and keeps nothing', async () => {
    const { send, fail, arrivals, get } = await open();
    await fail({ answers: ['lost'] });
    await expect(send()).rejects.toThrow(/broke before the request/);
    expect(await arrivals()).toEqual([]);
    expect((await (await get(`${PROJECT}/messages`)).json<List>()).messages).toEqual([]);
  });

  test('are cleared when asked', async () => {
    const { send, fail, sinch } = await open();
    await fail({ answers: [500] });
    await sinch.request('/faults', { method: 'DELETE' });
    expect((await send()).status).toBe(200);
  });

  test.each([
    [{ answers: [] }],
    [{ answers: ['maybe'] }],
    [{}],
    ['{'],
  ])('refuse the order %j', async (order) => {
    const { fail } = await open();
    expect((await fail(order)).status).toBe(400);
  });
});

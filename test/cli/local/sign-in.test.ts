import { afterEach, describe, expect, test } from 'vitest';
import { openSignIn, type SignIn } from '../../../src/cli/local/sign-in.ts';

const TOKEN = 'token-0123456789';
const MINUTE = 60_000;

let signIn: SignIn | undefined;
afterEach(() => signIn?.close());

/** Opens an exchange whose clock says `now.at`. */
async function open(now: { at: number } = { at: 0 }): Promise<SignIn> {
  signIn = await openSignIn(TOKEN, () => now.at);
  return signIn;
}

const exchange = (url: string, body: string, method = 'POST'): Promise<Response> =>
  fetch(url, { method, ...(method === 'POST' && { body }) });

describe('the exchange of a sign-in code', () => {
  test('answers the token once', async () => {
    const { url, code } = await open();
    const answer = await exchange(url, JSON.stringify({ code }));
    expect([answer.status, await answer.json()]).toEqual([200, { token: TOKEN }]);
    const again = await exchange(url, JSON.stringify({ code }));
    expect([again.status, await again.json()]).toEqual([401, {}]);
  });

  test.each([
    ['just before ten minutes are over', 10 * MINUTE - 1, 200],
    ['after ten minutes', 10 * MINUTE, 401],
  ])('%s it answers by its clock', async (_, at, status) => {
    const now = { at: 0 };
    const { url, code } = await open(now);
    now.at = at;
    expect((await exchange(url, JSON.stringify({ code }))).status).toBe(status);
  });

  test.each([
    ['another code', '{"code": "another"}'],
    ['no code', '{}'],
    ['null', 'null'],
    ['no JSON', 'code'],
    ['a body that is too long', JSON.stringify({ code: 'x'.repeat(10_000) })],
  ])('refuses %s and keeps the code usable', async (_, body) => {
    const { url, code } = await open();
    expect((await exchange(url, body)).status).toBe(401);
    expect((await exchange(url, JSON.stringify({ code }))).status).toBe(200);
  });

  test('refuses a GET', async () => {
    const { url } = await open();
    expect((await exchange(url, '', 'GET')).status).toBe(401);
  });

  test('has a code that cannot be guessed', async () => {
    const { code } = await open();
    expect(code).toMatch(/^[\w-]{22}$/);
  });
});

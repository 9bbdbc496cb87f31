import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const READER = 'reader-token-0123456789';
const OTHER = 'second-reader-0123456789';
const TOKENS = JSON.stringify({
  dashboard: { token: READER, roles: ['read'] },
  'dashboard-next': { token: OTHER, roles: ['read'] },
});
const bearing = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const SENDER = '/v1/senders/app-1/SMS';

describe('tokens and their roles', () => {
  test.each([
    ['dashboard', READER],
    ['dashboard-next', OTHER],
  ])('let in %s: several are valid at once', async (_, token) => {
    const box = openBox({}, { API_TOKENS: TOKENS });
    expect((await box.ask(SENDER, bearing(token))).status).toBe(200);
  });

  test('leave API_TOKEN able to do everything', async () => {
    const box = openBox({}, { API_TOKENS: TOKENS });
    expect((await box.ask(SENDER)).status).toBe(200);
    expect((await box.ask('/v1/dry-run', { method: 'POST', body: '{"message":{}}' })).status).toBe(
      200,
    );
  });

  test('refuse what a token has no role for, and name the token and the role', async () => {
    const box = openBox({}, { API_TOKENS: TOKENS });
    const refused = await box.ask('/v1/dry-run', {
      method: 'POST',
      body: '{}',
      ...bearing(READER),
    });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: 'forbidden',
      detail: 'the token "dashboard" may not do this: it needs the role "author"',
    });
  });

  test.each([
    ['an unknown token', bearing('reader-token-012345678')],
    ['a token with something after it', bearing(`${READER}0`)],
    ['another scheme', { headers: { authorization: `Basic ${READER}` } }],
    ['no token', { headers: { authorization: '' } }],
  ])('refuse %s', async (_, init) => {
    const box = openBox({}, { API_TOKENS: TOKENS });
    expect((await box.ask(SENDER, init)).status).toBe(401);
  });

  test('suffice without API_TOKEN', async () => {
    const box = openBox({}, { API_TOKEN: '', API_TOKENS: TOKENS });
    expect((await box.ask(SENDER, bearing(READER))).status).toBe(200);
    expect((await box.ask(SENDER, bearing(''))).status).toBe(401);
    expect((await box.ask(SENDER)).status).toBe(401);
    const { troubles } = await (await box.ask('/healthz')).json<{ troubles: string[] }>();
    expect(troubles.filter((trouble) => trouble.includes('API_TOKEN'))).toEqual([]);
  });

  test.each([
    ['no JSON', 'secret-secret-secret'],
    ['an unknown role', JSON.stringify({ crm: { token: READER, roles: ['boss'] } })],
    ['a short token', JSON.stringify({ crm: { token: 'short', roles: ['read'] } })],
    [
      'a token in place of a name',
      JSON.stringify({ [`SECRET-${READER}`]: { token: READER, roles: ['read'] } }),
    ],
  ])('answer 503 for %s, and never repeat what the setting holds', async (_, setting) => {
    const box = openBox({}, { API_TOKENS: setting });
    const answer = await box.ask(SENDER);
    expect(answer.status).toBe(503);
    const text = await answer.text();
    expect(text).toContain('setting API_TOKENS');
    for (const secret of [READER, 'secret-secret-secret', '"short"'])
      expect(text).not.toContain(secret);
    expect(await (await box.ask('/healthz')).text()).toContain('setting API_TOKENS');
  });
});

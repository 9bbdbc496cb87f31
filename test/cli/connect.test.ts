import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { serveSinch } from '../../src/simulator/serve.ts';
import { openShell } from './shell.ts';

/** A local Sinch, and a shell whose settings lead there. */
async function opened() {
  const sinch = await serveSinch(0, { now: Date.now });
  onTestFinished(() => sinch.close());
  return openShell({ env: { SINCH_API_URL: sinch.url, SINCH_AUTH_URL: sinch.url } });
}
const TARGET = 'https://signalbox.example/callbacks';

describe('connect', () => {
  test('registers the webhook with the triggers that matter, and updates it the next time', async () => {
    const { run, out } = await opened();
    expect(await run('connect', TARGET, '--app', 'app-1', '--secret', 's')).toBe(0);
    expect(await run('connect', TARGET, '--app', 'app-1', '--secret', 's', '--all', '--json')).toBe(
      0,
    );
    expect(out[0]).toMatch(/^registered webhook \S+ of app app-1: \d+ triggers$/);
    const second = JSON.parse(out[1] ?? '');
    expect(second).toMatchObject({ created: false });
    expect(second.triggers).toHaveLength(22);
    expect(second.triggers).toEqual(
      expect.arrayContaining(['MESSAGE_SUBMIT', 'MESSAGE_INBOUND', 'CHANNEL_EVENT']),
    );
  });

  test.each([
    ['no app', ['connect', TARGET], 2],
    ['something that is not an address', ['connect', 'nowhere', '--app', 'a'], 2],
    [
      'a host without https://',
      ['connect', 'signalbox.example:443/callbacks', '--app', 'a', '--secret', 's'],
      2,
    ],
    [
      'several secrets and none said',
      ['connect', TARGET, '--app', 'a', '--secret', '{"a":["b"]}'],
      2,
    ],
  ])('says what is missing for %s', async (_, words, code) => {
    const { run, err } = await opened();
    expect(await run(...words)).toBe(code);
    expect(err.join('\n')).not.toBe('');
  });

  test('registers no webhook with the secret of the example, which everybody knows', async () => {
    const { run, err } = await opened();
    expect(await run('connect', TARGET, '--app', 'app-1')).toBe(2);
    expect(err.join('\n')).toContain('--secret <secret>');
  });

  test('takes the secret of the environment', async () => {
    const { run, shell } = await opened();
    const set = openShell({ env: { ...shell.env, WEBHOOK_SECRETS: 'own' } });
    expect([
      await run('connect', TARGET, '--app', 'a'),
      await set.run('connect', TARGET, '--app', 'a'),
    ]).toEqual([2, 0]);
  });

  test('registers no address at which no callback is taken, and names the one that was meant', async () => {
    const { run, err } = await opened();
    for (const path of ['', '/', '/callback', '/callbacks/'])
      expect(
        await run('connect', `https://signalbox.example${path}`, '--app', 'app-1', '--secret', 's'),
      ).toBe(2);
    expect(err.filter((line) => line.includes(TARGET))).toHaveLength(4);
  });

  test('says so when what answers is not Sinch', async () => {
    const { run, err } = await opened();
    onTestFinished(() => void vi.restoreAllMocks());
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) =>
      String(url).includes('oauth2')
        ? Response.json({ access_token: 't', expires_in: 3600 })
        : new Response('<html>a proxy</html>'),
    );
    expect(await run('connect', TARGET, '--app', 'app-1', '--secret', 's')).toBe(1);
    expect(err).toEqual(['Sinch: the answer of GET webhooks cannot be read: check SINCH_API_URL']);
  });

  test('says that Sinch does not answer', async () => {
    const { run, err } = openShell({
      env: { SINCH_API_URL: 'http://127.0.0.1:9', SINCH_AUTH_URL: 'http://127.0.0.1:9' },
    });
    expect(await run('connect', TARGET, '--app', 'app-1', '--secret', 's')).toBe(1);
    expect(err.join('\n')).toContain('Sinch');
  });
});

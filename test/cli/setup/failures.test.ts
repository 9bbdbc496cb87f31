import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openShell } from '../shell.ts';
import { opened, project } from './open-setup.ts';

describe('a setup that fails', () => {
  test.each([
    'queues create signalbox-callbacks-dead',
    'deploy',
    'd1 migrations apply signalbox ',
    'd1 migrations apply signalbox-journal',
    'secret bulk',
  ])('continues after a failure of wrangler %s, with the same DATA_KEY', async (fail) => {
    const { setup, err, cloudflare, file, stored } = await opened();
    cloudflare.plan({ fail });
    expect(await setup()).toBe(1);
    expect(err.join('\n')).toContain('a failure of Cloudflare');
    expect(err.at(-1)).toMatch(/run the same command again/);
    const before = existsSync(file()) ? stored().settings.DATA_KEY : undefined;
    if (!fail.startsWith('queues')) expect(before).toMatch(/^.{43}$/);
    // A second failure does not change it either.
    expect(await setup()).toBe(1);
    cloudflare.plan({});
    expect(await setup()).toBe(0);
    if (before !== undefined) expect(stored().settings.DATA_KEY).toBe(before);
    expect(cloudflare.record().secrets.DATA_KEY).toBe(stored().settings.DATA_KEY);
  });

  test('continues after a failure of Sinch', async () => {
    const { setup, err, stored, options } = await opened({ SINCH_API_URL: 'http://127.0.0.1:9' });
    expect(await setup()).toBe(1);
    expect(err.join('\n')).toContain('Register the webhook at Sinch: failed');
    const { DATA_KEY } = stored().settings;
    const env = { ...options.env, SINCH_API_URL: options.env.SINCH_AUTH_URL };
    const next = openShell({ ...options, env });
    expect([await next.run('setup', '--app', 'app-1', '--yes'), next.err]).toEqual([0, []]);
    expect(stored().settings.DATA_KEY).toBe(DATA_KEY);
  });

  test.each([
    ['whoami', { CLOUDFLARE_API_TOKEN: 'a token' }, 'does not accept CLOUDFLARE_API_TOKEN'],
    ['login', {}, 'wrangler login failed'],
    ['secret list', {}, 'a failure of Cloudflare'],
    ['queues info', {}, 'a failure of Cloudflare'],
  ])('continues after a failure of wrangler %s, and states what failed', async (fail, env, told) => {
    const { setup, err, cloudflare } = await opened(env);
    cloudflare.plan({
      fail: fail === 'queues info' ? 'queues' : fail,
      loggedOut: fail === 'login',
    });
    expect(await setup()).toBe(1);
    expect(err.join('\n')).toContain(told);
    expect(err.at(-1)).toMatch(/run the same command again/);
    expect(cloudflare.record().made).not.toContain('worker');
    cloudflare.plan({});
    expect(await setup()).toBe(0);
  });

  test.each([
    'kv namespace',
    'd1 create',
    'r2 bucket create',
    'deploy',
  ])('goes to its end with --eu after a failure of wrangler %s, and changes nothing the second time', async (fail) => {
    const { setup, err, out, cloudflare, stored } = await opened();
    cloudflare.plan({ fail });
    expect(await setup('--eu')).toBe(1);
    expect(err.join('\n')).toContain('a failure of Cloudflare');
    cloudflare.plan({});
    expect(await setup('--eu')).toBe(0);
    const { made, calls, secrets } = cloudflare.record();
    expect(made.filter((name) => /^(kv|d1|r2) /.test(name)).toSorted()).toEqual([
      'd1 signalbox',
      'd1 signalbox-journal',
      'kv signalbox-kv',
      'r2 signalbox-archive',
    ]);
    expect(secrets).toMatchObject({ JURISDICTION: 'eu', DATA_KEY: stored().settings.DATA_KEY });
    out.length = 0;
    expect(await setup('--eu')).toBe(0);
    expect(out.join('\n')).toContain('Everything was set up before; nothing was changed.');
    const again = cloudflare.record().calls.slice(calls.length);
    expect(again.filter((call) => /create|deploy|bulk|login/.test(call))).toEqual([]);
  });

  test('generates no second DATA_KEY where wrangler does not say which secrets the Worker has', async () => {
    const { setup, cloudflare, options } = await opened();
    await setup();
    const { secrets } = cloudflare.record();
    const elsewhere = project();
    cloudflare.plan({ fail: 'secret list' });
    const other = openShell({ ...options, home: elsewhere, here: elsewhere });
    expect(await other.run('setup', '--app', 'app-1', '--yes')).toBe(1);
    expect(cloudflare.record().secrets).toEqual(secrets);
    const kept = readFileSync(join(elsewhere, '.signalbox', 'production.json'), 'utf8');
    expect(kept).not.toContain('DATA_KEY');
  });

  test('generates no second DATA_KEY for a Worker that has one from another machine', async () => {
    const { setup, cloudflare, err, options } = await opened();
    await setup();
    const { secrets } = cloudflare.record();
    const elsewhere = project();
    const { WEBHOOK_SECRETS, API_TOKEN } = secrets;
    const other = openShell({
      ...options,
      home: elsewhere,
      here: elsewhere,
      env: {
        ...options.env,
        SINCH_REGION: 'us',
        ...(WEBHOOK_SECRETS && API_TOKEN ? { WEBHOOK_SECRETS, API_TOKEN } : {}),
      },
    });
    expect([await other.run('setup', '--app', 'app-1', '--yes'), other.err, err]).toEqual([
      0,
      [],
      [],
    ]);
    expect(cloudflare.record().secrets).toEqual({ ...secrets, SINCH_REGION: 'us' });
  });
});

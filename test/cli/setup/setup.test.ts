import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { changeConfig } from '../../../src/cli/setup/config.ts';
import { serveSinch } from '../../../src/simulator/serve.ts';
import { folder, HOME, openShell } from '../shell.ts';
import { deployedWorker } from './deployed-worker.ts';
import { fakeWrangler, type WranglerRecord } from './fake-wrangler.ts';

const DESTINATIONS = {
  DEST_OPS: 'https://ops.example/hook',
  DEST_FORWARD: 'https://forward.example/in',
};

/** A folder with what `setup` reads and changes of a project. */
function project(): string {
  const home = folder({ 'package.json': { version: '0.1.0' } });
  for (const name of ['wrangler.toml', 'package-lock.json'])
    writeFileSync(join(home, name), readFileSync(join(HOME, name)));
  for (const name of ['src', 'rules']) symlinkSync(join(HOME, name), join(home, name));
  return home;
}

/** A project folder, a Cloudflare without a network, a local Sinch, and a shell that reaches them. */
async function opened(env: Record<string, string> = {}) {
  const home = project();
  const record: { current: () => WranglerRecord } = {
    current: () => ({ calls: [], made: [], secrets: {} }),
  };
  const worker = await deployedWorker(() => record.current().secrets);
  const cloudflare = fakeWrangler(worker.url);
  record.current = cloudflare.record;
  const sinch = await serveSinch(0, {
    now: Date.now,
    projectId: 'project-1',
    keyId: 'key-1',
    keySecret: 'a secret of Sinch',
  });
  onTestFinished(() => sinch.close());
  const options = {
    home,
    here: home,
    now: Date.now,
    env: {
      PATH: [cloudflare.bin, process.env.PATH].join(delimiter),
      SINCH_PROJECT_ID: 'project-1',
      SINCH_KEY_ID: 'key-1',
      SINCH_KEY_SECRET: 'a secret of Sinch',
      SINCH_API_URL: sinch.url,
      SINCH_AUTH_URL: sinch.url,
      ...DESTINATIONS,
      ...env,
    },
  };
  const shell = openShell(options);
  const file = (name = 'production') => join(home, '.signalbox', `${name}.json`);
  const stored = (name?: string) => JSON.parse(readFileSync(file(name), 'utf8'));
  const setup = (...words: string[]) => shell.run('setup', '--app', 'app-1', '--yes', ...words);
  return { ...shell, options, cloudflare, worker, file, stored, setup };
}

describe('setup', () => {
  test('goes from nothing to a verified callback in the journal, and changes nothing the second time', async () => {
    const { setup, out, err, cloudflare, stored, worker, file } = await opened();
    expect([await setup(), err]).toEqual([0, []]);
    const { calls, made, secrets } = cloudflare.record();
    expect(made.filter((name) => name.startsWith('queue '))).toEqual(
      expect.arrayContaining(['queue signalbox-effects', 'queue signalbox-effects-dead']),
    );
    // Wrangler's own provisioning makes KV, D1 and R2, so the databases exist after the first deployment.
    expect(calls.filter((call) => /^(kv|r2|d1 create)/.test(call))).toEqual([]);
    expect(made.indexOf('worker')).toBeLessThan(made.indexOf('migrated signalbox'));
    expect(secrets).toMatchObject({
      ...DESTINATIONS,
      SINCH_KEY_SECRET: 'a secret of Sinch',
      PUBLIC_URL: worker.url,
      DATA_KEY: stored().settings.DATA_KEY,
      DEST_FORWARD_KEY: expect.stringMatching(/^whsec_/),
    });
    expect(statSync(file()).mode & 0o077).toBe(0);
    expect(existsSync(join(file(), '..', 'to-send.json'))).toBe(false);
    expect(worker.received).toMatchObject([{ app_id: 'app-1', project_id: 'project-1' }]);
    expect(out.join('\n')).toMatch(/Register the webhook at Sinch: registered webhook/);
    expect(out.join('\n')).toMatch(/EVENT_INBOUND CALLBACK0+ verified and in the journal/);
    expect(out.join('\n')).not.toContain(stored().settings.DATA_KEY);

    out.length = 0;
    expect(await setup()).toBe(0);
    expect(out.join('\n')).toContain('Everything was set up before; nothing was changed.');
    const again = cloudflare.record().calls.slice(calls.length);
    expect(again.filter((call) => /create|deploy|bulk|login/.test(call))).toEqual([]);
    expect(out.filter((line) => line.endsWith(': unchanged'))).toHaveLength(6);
  });

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

  test('refuses another DATA_KEY than that of the earlier setup', async () => {
    const { setup, options } = await opened();
    await setup();
    const other = openShell({ ...options, env: { ...options.env, DATA_KEY: 'x'.repeat(40) } });
    expect(await other.run('setup', '--app', 'app-1', '--yes')).toBe(1);
    expect(other.err.join('\n')).toContain('must never change');
  });

  test('shows its plan, asks once, and changes nothing without a yes', async () => {
    const { options, cloudflare, file } = await opened();
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return 'n';
    };
    const { run, out } = openShell({ ...options, ask });
    expect(await run('setup', '--app', 'app-1')).toBe(1);
    expect(asked).toEqual(['Go on? [y/N] ']);
    expect(out.join('\n')).toMatch(/1\. Log in to Cloudflare[\s\S]+7\. Send a signed callback/);
    expect([cloudflare.record().calls, existsSync(file())]).toEqual([[], false]);
    expect(await openShell(options).run('setup', '--app', 'app-1')).toBe(2);
  });

  test('logs in where nobody is logged in', async () => {
    const { setup, cloudflare } = await opened();
    cloudflare.plan({ loggedOut: true });
    expect(await setup()).toBe(0);
    expect(cloudflare.record().made[0]).toBe('login');
  });

  test('asks for what the environment lacks, and says what remains to be set', async () => {
    const { options } = await opened({ SINCH_KEY_ID: '', DEST_OPS: '' });
    const ask = async (question: string) => (question.startsWith('SINCH_KEY_ID') ? 'key-1' : '');
    const { run, out } = openShell({ ...options, ask });
    expect(await run('setup', '--app', 'app-1', '--yes')).toBe(0);
    expect(out.join('\n')).toContain('Still to do: set DEST_OPS');
    const { setup, err } = await opened({ SINCH_KEY_ID: '' });
    expect(await setup()).toBe(1);
    expect(err.join('\n')).toContain('set SINCH_KEY_ID in the environment');
  });

  test('prints every command of a dry run and runs none', async () => {
    const { setup, out, cloudflare, file } = await opened();
    expect(
      await setup('--dry-run', '--eu', '--env', 'staging', '--custom-domain', 'a.example.com'),
    ).toBe(0);
    expect(out).toEqual(
      expect.arrayContaining([
        'wrangler queues info signalbox-staging-effects || wrangler queues create signalbox-staging-effects --jurisdiction eu',
        'wrangler d1 info signalbox-staging || wrangler d1 create signalbox-staging --jurisdiction eu',
        'wrangler d1 migrations apply signalbox-staging --remote --env staging',
        expect.stringContaining(
          'wrangler deploy --secrets-file .signalbox/to-send.json --env staging',
        ),
        'signalbox connect https://a.example.com/callbacks --app app-1',
      ]),
    );
    expect([cloudflare.record().calls, existsSync(file('staging'))]).toEqual([[], false]);
  });

  test('keeps everything in the EU that has a jurisdiction, and states what has none', async () => {
    const { setup, out, options, cloudflare } = await opened();
    expect(await setup('--eu', '--custom-domain', 'a.example.com', '--env', 'staging')).toBe(1);
    const { made, calls, secrets } = cloudflare.record();
    expect(made).toEqual(
      expect.arrayContaining([
        'kv signalbox-staging-kv',
        'd1 signalbox-staging-journal',
        'r2 signalbox-staging-archive',
      ]),
    );
    for (const call of calls.filter((one) => / create /.test(one)))
      expect(call).toMatch(/ --jurisdiction eu$/);
    expect(secrets.JURISDICTION).toBe('eu');
    expect(out.join('\n')).toContain('Not restricted to the EU');
    const written = readFileSync(join(options.home, 'wrangler.toml'), 'utf8');
    expect(written).toContain('bucket_name = "signalbox-staging-archive"\njurisdiction = "eu"');
    expect(written).toContain('[[env.staging.kv_namespaces]]\nbinding = "KV"\nid = "f00d"');
    expect(written).toContain(
      '[env.staging]\nroutes = [{ pattern = "a.example.com", custom_domain = true }]',
    );
  });

  test('refuses an environment that wrangler.toml does not have, and broken rules', async () => {
    const { setup, err } = await opened();
    expect(await setup('--env', 'nowhere')).toBe(2);
    expect(err.join('\n')).toContain('has no [env.nowhere]');
    const broken = openShell({ home: folder({ 'rules/a.json': '{', 'wrangler.toml': '' }) });
    expect(await broken.run('setup', '--app', 'a', '--yes')).toBe(1);
  });
});

describe('wrangler.toml', () => {
  const text = readFileSync(join(HOME, 'wrangler.toml'), 'utf8');

  test('takes a custom domain, a bucket in the EU and a namespace in the part of its environment', () => {
    const changed = changeConfig(text, undefined, {
      domain: 'a.example.com',
      euBucket: 'signalbox-archive',
      namespace: 'f00d',
    });
    expect(changed.indexOf('routes = [')).toBeLessThan(changed.indexOf('[build]'));
    expect(changed).toContain('[[kv_namespaces]]\nbinding = "KV"\nid = "f00d"');
    expect(changed.split('\n').length - text.split('\n').length).toBe(4);
  });
});

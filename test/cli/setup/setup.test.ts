import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changeConfig } from '../../../src/cli/setup/config.ts';
import { folder, HOME, openShell } from '../shell.ts';
import { DESTINATIONS, opened } from './open-setup.ts';

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
        'wrangler deploy --secrets-file .signalbox/to-send.json --env staging',
        expect.stringMatching(/^# Not restricted to the EU: /),
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

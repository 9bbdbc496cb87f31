import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serveSinch } from '../../../src/simulator/serve.ts';
import { folder, HOME, openShell } from '../shell.ts';
import { deployedWorker } from './deployed-worker.ts';
import { fakeWrangler, type WranglerRecord } from './fake-wrangler.ts';

export const DESTINATIONS = {
  DEST_OPS: 'https://ops.example/hook',
  DEST_FORWARD: 'https://forward.example/in',
};

/** The frozen rules that a setup needs to have something to check, to register and to deliver to. */
const RULES = [
  'alerts.json',
  'opt-in.json',
  'contacts-forwarded.json',
  'whatsapp-quality-red.json',
];

/**
 * A folder with what `setup` reads and changes of a project. It is small: each setup checks all rules and reads all
 * code, and these tests run some seventy.
 */
export function project(): string {
  const home = folder({ 'package.json': { version: '0.1.0' }, 'src/worker.ts': '' });
  symlinkSync(join(HOME, 'src', 'samples'), join(home, 'src', 'samples'));
  mkdirSync(join(home, 'rules'));
  for (const name of [
    'wrangler.toml',
    'package-lock.json',
    ...RULES.map((rule) => join('rules', rule)),
  ])
    writeFileSync(join(home, name), readFileSync(join(HOME, name)));
  return home;
}

/** A project folder, a Cloudflare without a network, a local Sinch, and a shell that reaches them. */
export async function opened(env: Record<string, string> = {}) {
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

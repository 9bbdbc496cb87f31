import { createServer, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isTaken } from '../../src/cli/commands/start.ts';
import { readRunning, recordRunning } from '../../src/cli/local/running.ts';
import { startWrangler } from '../../src/cli/local/wrangler.ts';
import { eventually } from '../setup/eventually.ts';
import { alerts, folder, HOME, openShell, stopRule } from './shell.ts';

const SETTINGS = [
  'WEBHOOK_SECRETS=s',
  'API_TOKEN=t',
  `DATA_KEY=${'k'.repeat(32)}`,
  'SINCH_PROJECT_ID=p',
  'SINCH_KEY_ID=i',
  'SINCH_KEY_SECRET=s',
].join('\n');

/** A wrangler that does as it is told: `dev` says that it is ready and stays until it is ended, as does the child that listens for it. */
const WRANGLER = `
const { spawn } = require('node:child_process');
const [, , command, ...rest] = process.argv;
if (command === 'd1') {
  console.log('? Your database may not be available, continue?');
  process.exitCode = FAILING ? 1 : 0;
} else if (FAILING) {
  console.error('✘ [ERROR] No such thing');
  process.exitCode = 1;
} else {
  const port = rest[rest.indexOf('--port') + 1];
  spawn(process.execPath, ['-e', 'require("node:net").createServer().listen(' + port + ', "127.0.0.1")'], { stdio: 'ignore' });
  console.log('[wrangler:info] Ready on http://127.0.0.1');
  console.log('[wrangler:info] Ready on http://127.0.0.1');
  setInterval(() => {}, 1000);
}
`;

const project = (extra: Record<string, object | string> = {}, failing = 'false') =>
  folder({
    'package.json': {},
    '.dev.vars.example': SETTINGS,
    'rules/alerts.json': alerts,
    'rules/stop.json': stopRule,
    'node_modules/wrangler/package.json': { name: 'wrangler' },
    'node_modules/wrangler/bin/wrangler.js': WRANGLER.replaceAll('FAILING', failing),
    ...extra,
  });

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Two free ports, side by side. */
async function freePorts(): Promise<number> {
  for (;;) {
    const server = await listen(0);
    const { port } = Object(server.address());
    await new Promise((resolve) => server.close(resolve));
    if (port < 65_000 && !(await isTaken(port + 1))) return port;
  }
}

describe('npm start', () => {
  test('says what a newcomer needs, once, and ends everything when told to', async () => {
    const port = await freePorts();
    let interrupt = () => {};
    const interrupted = () => new Promise<void>((resolve) => (interrupt = resolve));
    const home = project();
    const steps: string[] = [];
    const progress = (line: string) => void steps.push(line);
    const { run, out, err } = openShell({ home, interrupted, progress });
    const running = run('start', '--port', String(port));
    await eventually(() => expect(out.join('\n')).toContain('Ctrl-C ends both'));
    expect(steps).toEqual([
      'checking the rules …',
      'building the console …',
      'bringing the databases up to date …',
      'building the Worker …',
    ]);
    expect(await readRunning({ home })).toEqual({
      pid: process.pid,
      url: `http://127.0.0.1:${port}`,
      state: '',
    });
    await eventually(async () => expect(await isTaken(port)).toBe(true));
    await fetch(`http://127.0.0.1:${port + 1}/inbox/alerts`, {
      method: 'POST',
      body: '{"severity":"low","title":"Hi"}',
    });
    interrupt();
    expect(await running).toBe(0);
    expect(await readRunning({ home })).toBeUndefined();
    expect(err).toEqual([]);
    expect(out.filter((line) => line.includes('npm run -s signalbox -- send'))).toHaveLength(3);
    expect(out).toContain('local Sinch ◂ alert [low] Hi');
    for (const freed of [port, port + 1])
      await eventually(async () => expect(await isTaken(freed)).toBe(false));
  });

  test.each([
    [
      'a broken rule',
      { 'rules/stop.json': '{' },
      /^rules\/stop\.json:1:2 error not-json .*Nothing was bundled\.$/,
    ],
    [
      'a setting that is missing beside one that is invalid',
      { '.dev.vars': 'API_TOKEN=t\nMAX_RETRY_DELAY=soon' },
      /^\.dev\.vars lacks WEBHOOK_SECRETS, DATA_KEY, SINCH_PROJECT_ID, /,
    ],
    [
      'a setting that is missing',
      { '.dev.vars': 'API_TOKEN=t' },
      /^\.dev\.vars lacks WEBHOOK_SECRETS, DATA_KEY, SINCH_PROJECT_ID, /,
    ],
  ])('says %s in a line and exits with 1', async (_, extra, message) => {
    const { run, err } = openShell({ home: project(extra) });
    expect(await run('start', '--port', String(await freePorts()))).toBe(1);
    expect(err.join(' ')).toMatch(message);
  });

  test('names the one that runs in the folder already, unless it has databases of its own', async () => {
    const [port, other] = [await freePorts(), await freePorts()];
    const server = await listen(port);
    onTestFinished(() => void server.close());
    const home = project({}, "(command !== 'd1')");
    const url = `http://127.0.0.1:${port}`;
    await recordRunning({ pid: process.pid, url, state: '' }, { home });
    const second = openShell({ home });
    expect(await second.run('start', '--port', String(other))).toBe(1);
    expect(second.err).toEqual([
      `npm start runs in this folder already, at ${url} (process ${process.pid}): end it first, or give this one its own databases: npm start -- --port ${port + 10} --state <folder>`,
    ]);
    const apart = openShell({ home });
    await apart.run('start', '--port', String(other), '--state', 'other');
    expect(apart.err).toEqual(['the Worker ended by itself']);
  });

  test.each([0, 1])('names a port that is taken (%i above)', async (above) => {
    const port = await freePorts();
    const server = await listen(port + above);
    onTestFinished(() => void server.close());
    const { run, err, out } = openShell({ home: project() });
    expect(await run('start', '--port', String(port))).toBe(1);
    expect(err).toEqual([
      `port ${port + above} is taken: end what listens there, or choose another: npm start -- --port ${port + 10}`,
    ]);
    expect(out).toEqual([]);
  });

  test('tells what wrangler said when the database cannot be brought up to date', async () => {
    const { run, err } = openShell({ home: project({}, 'true') });
    expect(await run('start', '--port', String(await freePorts()))).toBe(1);
    expect(err).toEqual([
      'the local database could not be brought up to date:',
      '? Your database may not be available, continue?',
    ]);
  });

  test('exits with 1 when the Worker ends by itself', async () => {
    const home = project({}, "(command !== 'd1')");
    const { run, err, out } = openShell({ home });
    expect(await run('start', '--port', String(await freePorts()))).toBe(1);
    expect(out).toContain('✘ [ERROR] No such thing');
    expect(err).toEqual(['the Worker ended by itself']);
  });

  test.each([['0'], ['65535'], ['many']])('refuses the port %s', async (port) => {
    const { run, err } = openShell({ home: project() });
    expect(await run('start', '--port', port)).toBe(2);
    expect(err.join('')).toMatch(/^port: expected a port number/);
  });
});

describe('startWrangler', () => {
  test('finds the wrangler of the project and passes its exit code on', async () => {
    const lines: string[] = [];
    const { ended } = startWrangler(['--version'], HOME, (line) => lines.push(line));
    expect(await ended).toBe(0);
    expect(lines).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  });
});

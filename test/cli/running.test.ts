import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRunning, recordRunning } from '../../src/cli/local/running.ts';
import { execute } from '../setup/running.ts';
import { folder, HOME, openShell } from './shell.ts';

/** A process that has ended: its id is no longer in use. */
async function endedProcess(): Promise<number> {
  const { stdout } = await execute(process.execPath, ['-p', 'process.pid']);
  return Number(stdout);
}

const at = (home: string) => ({ home });
const here = { pid: process.pid, url: 'http://127.0.0.1:9000', state: '' };

describe('the record of npm start', () => {
  test('names the Worker that runs in a folder, until it ends', async () => {
    const home = folder({});
    expect(await readRunning(at(home))).toBeUndefined();
    const forget = await recordRunning(here, at(home));
    expect(await readRunning(at(home))).toEqual(here);
    await forget();
    expect(await readRunning(at(home))).toBeUndefined();
  });

  test('counts as none where its process is gone, or the file cannot be read', async () => {
    const home = folder({});
    await recordRunning({ ...here, pid: await endedProcess() }, at(home));
    expect(await readRunning(at(home))).toBeUndefined();
    for (const text of ['', '{', '{"pid":1}']) {
      writeFileSync(join(home, '.wrangler', 'running.json'), text);
      expect(await readRunning(at(home))).toBeUndefined();
    }
  });

  test('of another one that took its place stays', async () => {
    const home = folder({});
    const forget = await recordRunning({ ...here, pid: await endedProcess() }, at(home));
    await recordRunning(here, at(home));
    await forget();
    expect(await readRunning(at(home))).toEqual(here);
  });
});

describe('url', () => {
  const words = async (home: string, env: Record<string, string>, ...more: string[]) => {
    const { run, out, err } = openShell({ home, env });
    return [await run('url', ...more), ...out, ...err];
  };

  test('prints the address of npm start, whatever its port, and that of the local Sinch', async () => {
    const home = folder({});
    await recordRunning(here, at(home));
    expect(await words(home, {})).toEqual([0, 'http://127.0.0.1:9000']);
    expect(await words(home, {}, '--sinch')).toEqual([0, 'http://127.0.0.1:9001']);
    expect(await words(home, {}, '--json')).toEqual([0, '{"url":"http://127.0.0.1:9000"}']);
  });

  test('prefers SIGNALBOX_URL, and knows the usual port', async () => {
    const home = folder({});
    expect(await words(home, { SIGNALBOX_URL: 'https://a.example' })).toEqual([
      0,
      'https://a.example',
    ]);
    expect(await words(home, {})).toEqual([0, 'http://127.0.0.1:8787']);
    expect(await words(home, {}, '--sinch')).toEqual([
      1,
      'no local Sinch runs in this folder: run npm start first',
    ]);
  });

  test('is where commands ask', async () => {
    const server = createServer((_, response) =>
      response.setHeader('content-type', 'application/json').end('{"drift":[]}'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const home = folder({ '.dev.vars': 'API_TOKEN=t' });
    const url = `http://127.0.0.1:${Object(server.address()).port}`;
    await recordRunning({ ...here, url }, at(home));
    const { run, err } = openShell({ home });
    expect([await run('drift'), err]).toEqual([0, []]);
  });
});

describe('the program', () => {
  const bin = join(HOME, 'bin', 'signalbox.cjs');

  test('states in one sentence what to do where Node is too old', async () => {
    const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } }); require(${JSON.stringify(bin)})`;
    const failed = await execute(process.execPath, ['-e', old]).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(Object(failed).stderr.trim()).toMatch(
      /^Signalbox needs Node 22\.18 or newer, and this is Node 20\.1\.0: run "npm ci" without --ignore-scripts, .+\.$/,
    );
    expect(Object(failed).stderr.trim().split('\n')).toHaveLength(1);
  });

  test('is written so that the oldest Node that installs it can read it', () => {
    const { engines } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
    expect(engines).toEqual({ node: '>=20' });
    for (const name of ['README.md', 'docs/operators.md'])
      for (const [, version] of readFileSync(join(HOME, name), 'utf8').matchAll(
        /Node (\d+) or newer/g,
      ))
        expect(`>=${version}`).toBe(engines.node);
    expect(readFileSync(bin, 'utf8')).not.toMatch(/^\s*(const|let|import .* from) |=>|\?\./m);
  });
});

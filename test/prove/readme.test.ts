import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { copyProject } from './project-copy.ts';

/** What the README promises a newcomer, run as it stands there: `npm start` in one terminal, the commands in another. */
const README = readFileSync('README.md', 'utf8');
const run = promisify(execFile);

let port = 0;
let started: ChildProcess;
let screen = '';
const { root, remove } = copyProject();

/** All that a test runs from here: never what installs, logs in or deploys, wherever a section may end. */
const HARMLESS = /^(npm run -s signalbox -- |curl -s (-H '[^']*' +)?http:\/\/127\.0\.0\.1:)/;

/** The commands of a section, in order, for the ports of this test. */
function commandsOf(section: string): string[] {
  const text = README.split(/^##? /m).find((part) => part.startsWith(section)) ?? '';
  const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block]) =>
      (block ?? '')
        .replace(/\\\n\s*/g, ' ')
        .trim()
        .split('\n'),
    )
    .map((line) => line.replaceAll(':8787', `:${port}`).replaceAll(':8788', `:${port + 1}`));
  const strange = commands.find((command) => !HARMLESS.test(command));
  if (strange !== undefined || commands.length === 0)
    throw new Error(`section "${section}" is not to be run: ${strange ?? 'it holds no command'}`);
  return commands;
}

/** Runs a command as a shell would, told where this test's Worker is. */
async function shell(command: string): Promise<string> {
  const env = { ...process.env, SIGNALBOX_URL: `http://127.0.0.1:${port}` };
  return (await run('bash', ['-c', command], { cwd: root, env, timeout: 60_000 })).stdout;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port: free } = Object(server.address());
  await new Promise((done) => server.close(done));
  return free;
}

beforeAll(async () => {
  port = await freePort();
  started = spawn('npm', ['start', '--', '--port', String(port), '--state', join(root, 'state')], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (data) => {
      screen += data;
    });
  await vi.waitUntil(() => screen.includes('In a second terminal') || started.exitCode !== null, {
    timeout: 90_000,
    interval: 100,
  });
}, 100_000);

afterAll(async () => {
  const ended = new Promise((done) => started.once('close', done));
  if (started.pid) process.kill(-started.pid, 'SIGINT');
  await ended;
  remove();
}, 20_000);

describe('the README', () => {
  test('shows three callbacks that do what it says', async () => {
    expect(screen).toContain(`http://127.0.0.1:${port}`);
    const commands = commandsOf('Three callbacks');
    expect(commands.length).toBeGreaterThanOrEqual(6);
    const answers: string[] = [];
    for (const command of commands) answers.push(await shell(command));

    const said = answers.join('\n');
    expect(said).toContain('fired whatsapp-quality-red: throttle, alert');
    expect(said).toContain('fired retry-transient-failure: retry');
    expect(said).toContain('fired stop: suppress');
    expect(said).toContain('"throttle":{"to":"10/minute"');
    expect(said).toContain('"suppressed":true');

    const arrived = async () => {
      const { arrivals } = JSON.parse(await shell(`curl -s http://127.0.0.1:${port + 1}/arrivals`));
      return arrivals.map(({ kind }: { kind: string }) => kind).toSorted();
    };
    await vi.waitUntil(async () => (await arrived()).length >= 2, {
      timeout: 30_000,
      interval: 200,
    });
    expect(await arrived()).toEqual(['alert', 'messages:send']);
    expect(screen).toMatch(/local Sinch ◂ alert \[critical\]/);
    expect(screen).toMatch(/local Sinch ◂ messages:send/);
  }, 120_000);

  test.each([
    'Start',
    'Deployment',
    'Upgrading',
    'No such section',
  ])('section “%s” is never run here', (section) => {
    expect(() => commandsOf(section)).toThrow('is not to be run');
  });

  test.each([
    [
      'Pauses',
      [
        /rule help is paused/,
        /by ada|ada \(/,
        /help/,
        /rule help goes on; \d+ waiting actions? let go/,
      ],
    ],
    ['Throttles', [/at most 5\/minute until/, /marketing at most 5\/minute/, /is not limited/]],
    ['Confirming a STOP', [/stop-near-miss: review, alert/, /has not said no/]],
    [
      'The record of consent',
      [/backed up \d+ changes?/, /none was missing/, /no longer count/, /"stores":\[/],
    ],
    ['Metrics', [/^signalbox_rulebook_info\{version="/m]],
  ])(
    'section “%s” holds commands that do what it says',
    async (section, said) => {
      const commands = commandsOf(section);
      const answers: string[] = [];
      for (const command of commands) answers.push(await shell(command));
      // What goes through the queue is there a second later: then the last command is asked again.
      const wanting = () => said.filter((words) => !words.test(answers.join('\n')));
      for (let round = 0; round < 10 && wanting().length > 0; round++)
        answers.push(await shell(commands.at(-1) ?? ''));
      expect(wanting()).toEqual([]);
    },
    120_000,
  );
});

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LogLine, logText, openDecoder } from '../../src/cli/worker/decode-log.ts';
import { folder, openShell } from './shell.ts';

const AT = Date.parse('2026-11-20T12:00:00Z');
const entry = (logs: object[], more: object = {}) => ({
  outcome: 'ok',
  eventTimestamp: AT,
  event: { request: { url: 'https://x.example/v1/recipients/SMS/12025550147' } },
  exceptions: [],
  logs,
  ...more,
});
const log = (message: unknown, level = 'log') => ({ message: [message], level, timestamp: AT });

/** The lines that a tail's output decodes to, and what it says besides. */
function decoded(output: string): { lines: string[]; other: string[] } {
  const lines: LogLine[] = [];
  const other: string[] = [];
  const decode = openDecoder(
    (some) => lines.push(...some),
    (line) => other.push(line),
  );
  for (const line of output.split('\n')) decode(line);
  return { lines: lines.map(logText), other };
}

describe('the log of a deployed Worker', () => {
  test.each([2, undefined])('is one line an event, however wrangler indents it', (indent) => {
    const some = entry([
      log({ event: 'effect.done', action: 'forward', rule: 'crm', did: 'forwarded to forward' }),
      log({ event: 'queue.bug', message: 'x = 1' }, 'error'),
      log('plain text'),
    ]);
    expect(decoded(JSON.stringify(some, null, indent)).lines).toEqual([
      '2026-11-20 12:00:00 effect.done action=forward rule=crm did="forwarded to forward"',
      '2026-11-20 12:00:00 error queue.bug message="x = 1"',
      '2026-11-20 12:00:00 plain text',
    ]);
  });

  test('shows exceptions and a bad end, and never the path of a request', () => {
    const some = entry([], {
      outcome: 'exceededCpu',
      exceptions: [{ name: 'TypeError', message: 'it broke', timestamp: AT }],
    });
    const { lines } = decoded(JSON.stringify(some, null, 2));
    expect(lines).toEqual([
      '2026-11-20 12:00:00 error exception name=TypeError message="it broke"',
      '2026-11-20 12:00:00 error outcome outcome=exceededCpu',
    ]);
    expect(lines.join()).not.toContain('12025550147');
  });

  test('passes on what wrangler says itself', () => {
    expect(decoded('Successfully created tail\n{ "not": "an entry" }').other).toHaveLength(1);
    expect(decoded('Connected to signalbox').other).toEqual(['Connected to signalbox']);
  });
});

/** A project whose wrangler prints these lines and ends. */
function fakeProject(output: string, code: number): string {
  const home = folder({ 'package.json': { name: 'x' }, 'output.txt': output });
  const wrangler = join(home, 'node_modules', 'wrangler');
  mkdirSync(join(wrangler, 'bin'), { recursive: true });
  writeFileSync(join(wrangler, 'package.json'), '{"name": "wrangler", "version": "0.0.0"}');
  writeFileSync(
    join(wrangler, 'bin', 'wrangler.js'),
    `const fs = require('node:fs');
fs.writeFileSync('args.json', JSON.stringify(process.argv.slice(2)));
process.stdout.write(fs.readFileSync('output.txt', 'utf8'));
process.exitCode = ${code};`,
  );
  chmodSync(join(wrangler, 'bin', 'wrangler.js'), 0o755);
  return home;
}

describe('logs', () => {
  const output = [
    entry([log({ event: 'effect.done', rule: 'crm' }), log({ event: 'queue.bug' }, 'error')]),
    entry([log({ event: 'effect.waits', rule: 'crm' })]),
  ]
    .map((one) => `${JSON.stringify(one, null, 4)}\n`)
    .join('');

  test.each([
    [[], ['effect.done', 'queue.bug', 'effect.waits']],
    [
      ['--event', 'effect.'],
      ['effect.done', 'effect.waits'],
    ],
    [['--errors'], ['queue.bug']],
  ])('%j shows %j', async (words, events) => {
    const { run, out } = openShell({ home: fakeProject(output, 0) });
    expect(await run('logs', '--json', ...words)).toBe(0);
    expect(out.map((line) => JSON.parse(line).event)).toEqual(events);
  });

  test('fails when wrangler does', async () => {
    const { run, err } = openShell({ home: fakeProject('not logged in\n', 1) });
    expect(await run('logs')).toBe(1);
    expect(err).toEqual(['not logged in', 'wrangler tail ended with exit code 1']);
  });
});

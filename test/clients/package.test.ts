import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROJECT } from '../setup/home.ts';

const project = mkdtempSync(join(tmpdir(), 'signalbox-package-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = (program: string, words: readonly string[], cwd: string): string => {
  try {
    return execFileSync(program, words, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    // A failed program states the reason in its output.
    throw new Error(String(Reflect.get(Object(error), 'stdout')), { cause: error });
  }
};

/** The project of a customer, as strict as TypeScript can be. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: false,
    noEmit: true,
  },
  files: ['use.ts'],
};

const USE = `
import { signalbox } from 'signalbox/client';

const recipient = { channel: 'SMS', identity: '12025550142', app_id: 'app-1' };
const answer = { results: [{ allowed: true, reasons: [] }], senders: [], consistency: 'strong', as_of: '2026-11-20T12:00:00.000Z' };
const asked: string[] = [];
const { v1 } = signalbox('https://signalbox.test', {
  token: 'a-token',
  fetch: async (input, init) => {
    asked.push(String(input), new Headers(init?.headers).get('authorization') ?? '');
    return Response.json(answer);
  },
});
const may = await v1['may-send'].$post({ query: {}, json: { recipients: [{ ...recipient, content: 'marketing' }] } });
const allowed: boolean | undefined = (await may.json()).results[0]?.allowed;
// @ts-expect-error no such kind of content
void v1['may-send'].$post({ query: {}, json: { recipients: [{ ...recipient, content: 'spam' }] } });
// @ts-expect-error no such operation
void v1['may-sent'];
console.log(JSON.stringify({ allowed, asked: asked.slice(0, 2) }));
`;

beforeAll(() => {
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--silent', '--pack-destination', project], PROJECT),
  );
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'signalbox'), { recursive: true });
  mkdirSync(join(modules, '@types'));
  const archive = join(project, packed.filename);
  run('tar', ['-xzf', archive, '-C', join(modules, 'signalbox'), '--strip-components=1'], project);
  for (const name of ['hono', 'valibot', '@types/node', 'undici-types'])
    symlinkSync(join(PROJECT, 'node_modules', name), join(modules, name));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(project, 'use.ts'), USE);
}, 300_000);

test('a strict project compiles with the packed client, and checks its types', () => {
  const tsc = join(PROJECT, 'node_modules', '.bin', 'tsc');
  expect(run(tsc, ['-p', '.'], project)).toBe('');
}, 300_000);

test('the packed client asks with the token', () => {
  expect(JSON.parse(run(process.execPath, ['use.ts'], project))).toEqual({
    allowed: true,
    asked: ['https://signalbox.test/v1/may-send', 'Bearer a-token'],
  });
}, 300_000);

test('the packed command says where commands are run', () => {
  const bin = join(project, 'node_modules', 'signalbox', 'bin', 'signalbox.cjs');
  const { status, stderr } = spawnSync(process.execPath, [bin, '--version'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^This package holds the client of Signalbox .*: run them in the folder/);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('an install without devDependencies builds no client, and does not fail', () => {
  const bare = join(project, 'bare');
  mkdirSync(join(bare, 'bin'), { recursive: true });
  copyFileSync(join(PROJECT, 'bin', 'prepare.cjs'), join(bare, 'bin', 'prepare.cjs'));
  const { status, stderr } = spawnSync(process.execPath, [join(bare, 'bin', 'prepare.cjs')], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stderr).toContain('"npm ci" without --omit=dev installs them');
});

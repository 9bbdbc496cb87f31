import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Extension, extensions, rules } from './extensions.ts';

/**
 * Adds one of each kind of extension to a copy of the project, each as its definition and one line, then runs the checks
 * of the project there. An attribute that must be repeated elsewhere, by the name of the thing, makes it fail.
 */
const HOME = resolve(import.meta.dirname, '..', '..');
const NOT_COPIED = ['node_modules', '.git', '.wrangler', 'dist'];
const MINUTE = 60_000;

let copy = '';
const file = (path: string): string => join(copy, path);

function run(command: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: copy,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${file('node_modules/.bin')}:${process.env.PATH}`,
      NO_COLOR: '1',
    },
  });
  return { status, output: `${stdout}${stderr}` };
}

const signalbox = (...args: readonly string[]) => run('node', 'src/cli/main.ts', ...args);
const vitest = (...suites: readonly string[]) =>
  run('vitest', 'run', '--project', 'node', ...suites);

/** Passes with exit status 0; else the failure shows what the command printed. */
const passes = ({ status, output }: ReturnType<typeof run>): void =>
  expect({ status, output: status === 0 ? '' : output.slice(-4_000) }).toEqual({
    status: 0,
    output: '',
  });

function addLine({ line: { file: path, importing, entry, before } }: Extension): void {
  const text = readFileSync(file(path), 'utf8');
  const at = text.lastIndexOf(before);
  expect(at, `${path} has no line "${before}"`).toBeGreaterThan(0);
  writeFileSync(file(path), `${importing}\n${text.slice(0, at)}${entry}\n${text.slice(at)}`);
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'signalbox-extensions-'));
  cpSync(HOME, copy, {
    recursive: true,
    // `rules/` belongs to the customer: the copy has the frozen rulebook instead.
    filter: (source) =>
      relative(HOME, source) !== 'rules' &&
      !relative(HOME, source)
        .split('/')
        .some((part) => NOT_COPIED.includes(part)),
  });
  cpSync(join(HOME, 'test', 'rulebook'), file('rules'), { recursive: true });
  symlinkSync(join(HOME, 'node_modules'), file('node_modules'));
  for (const extension of extensions) {
    for (const [path, content] of Object.entries(extension.files))
      writeFileSync(file(path), content);
    addLine(extension);
  }
  for (const [path, content] of Object.entries(rules)) writeFileSync(file(path), content);
}, MINUTE);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('a copy of the project with one extension of each kind', () => {
  test('draws its schemas, documentation and API description', { timeout: 2 * MINUTE }, () => {
    passes(signalbox('schema'));
    passes(signalbox('docs'));
    passes(signalbox('bundle'));
    passes(signalbox('openapi'));
    passes(signalbox('docs', '--check'));
  });

  test('has types that fit', { timeout: 2 * MINUTE }, () => passes(run('tsc')));

  test('passes check and the examples of a rule that uses them', { timeout: 2 * MINUTE }, () => {
    passes(signalbox('check', '--strict'));
    passes(signalbox('test', 'parcel-scanned'));
  });

  test.each(extensions)('documents the $kind $name', ({ name }) => {
    const catalogue = readFileSync(file('public/catalogue.json'), 'utf8');
    const readme = readFileSync(file('README.md'), 'utf8');
    expect(`${catalogue}${readme}`).toContain(name);
  });

  test('passes the contract suites', { timeout: 5 * MINUTE }, () =>
    passes(vitest(...new Set(extensions.flatMap(({ suites }) => suites)))),
  );
});

describe('a piece that is missing is reported by name', () => {
  const fixtures = extensions.flatMap((extension) =>
    Object.keys(extension.files)
      .slice(1)
      .map((path) => ({ ...extension, path })),
  );

  test.each(fixtures)('$path of the $kind $name', { timeout: 5 * MINUTE }, ({
    path,
    name,
    suites,
  }) => {
    const content = readFileSync(file(path));
    unlinkSync(file(path));
    const { status, output } = vitest(...suites);
    writeFileSync(file(path), content);
    expect(status).toBe(1);
    expect(output).toMatch(new RegExp(`FAIL.*${name}`));
  });

  test.each(extensions)('the line of the $kind $name', { timeout: 5 * MINUTE }, ({
    line: { file: path, entry },
    name,
    files,
  }) => {
    const text = readFileSync(file(path), 'utf8');
    writeFileSync(file(path), text.replace(`${entry}\n`, ''));
    const { status, output } = run('tsc');
    writeFileSync(file(path), text);
    // An import that no list uses is an error of its own; it names the definition.
    expect(status).not.toBe(0);
    const [definition = name] = Object.keys(files);
    expect(output).toMatch(path);
    expect(output).toContain(entry.trim().replace(/,$/, '').split(': ').at(-1) ?? definition);
  });
});

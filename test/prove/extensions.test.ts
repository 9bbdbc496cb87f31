import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Extension } from './extensions/extension.ts';
import { extensions } from './extensions/index.ts';
import { rules } from './extensions/rule-extensions.ts';

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
const vitest = (...words: readonly string[]) =>
  run('vitest', 'run', '--project', 'node', '--project', 'worker', ...words);

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
    const pages = globSync('docs/reference/*.md', { cwd: copy });
    expect(pages.map((page) => readFileSync(file(page), 'utf8')).join('\n')).toContain(name);
  });

  test('passes the contract suites', { timeout: 10 * MINUTE }, () =>
    passes(vitest(...new Set(extensions.flatMap(({ suites }) => suites)))),
  );
});

describe('a piece that is missing is reported by name', () => {
  const fixtures = extensions.flatMap((extension) =>
    Object.keys(extension.files)
      .slice(1)
      .map((path) => ({ ...extension, path })),
  );

  /** Runs `work` without a file, and puts the file back. */
  const without = <T>(path: string, work: () => T): T => {
    const content = readFileSync(file(path));
    unlinkSync(file(path));
    try {
      return work();
    } finally {
      writeFileSync(file(path), content);
    }
  };

  test.each(fixtures)('$path of the $kind $name', { timeout: 5 * MINUTE }, ({
    path,
    name,
    suites,
  }) => {
    const { status, output } = without(path, () => vitest(...suites, '-t', name));
    expect(status).toBe(1);
    expect(output).toMatch(new RegExp(`FAIL.*${name}`));
  });

  test('each definition, by the types', { timeout: 10 * MINUTE }, () => {
    const definitions = extensions.map(({ files }) => Object.keys(files)[0] ?? '');
    const remove = (rest: readonly string[]): ReturnType<typeof run> => {
      const [path, ...more] = rest;
      return path === undefined ? run('tsc') : without(path, () => remove(more));
    };
    const { status, output } = remove(definitions);
    expect(status).not.toBe(0);
    const missing = definitions.filter((path) => !output.includes(`/${basename(path)}'`));
    expect(missing).toEqual([]);
  });

  test('each line, by the list of its folder', { timeout: 5 * MINUTE }, () => {
    const lists = new Set(extensions.map(({ line }) => line.file));
    const texts = new Map([...lists].map((path) => [path, readFileSync(file(path), 'utf8')]));
    for (const { line } of extensions) {
      const text = readFileSync(file(line.file), 'utf8');
      const shorter = text.replace(`${line.importing}\n`, '').replace(`${line.entry}\n`, '');
      writeFileSync(file(line.file), shorter);
    }
    const { status, output } = vitest('test/architecture.test.ts');
    for (const [path, text] of texts) writeFileSync(file(path), text);
    expect(status).toBe(1);
    const definitions = extensions.map(({ files }) => Object.keys(files)[0] ?? '');
    expect(definitions.filter((path) => !output.includes(`"${path}"`))).toEqual([]);
  });
});

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT } from '../setup/home.ts';
import { execute, scratch } from '../setup/running.ts';
import { Found, find, onState } from '../upgrade/state.ts';
import { copyProject } from './project-copy.ts';

/** Notes what it is called with, and fails where a file of a release is missing. */
const GH = `#!/bin/sh
for word in "$@"; do case "$word" in *.tgz|*.md) [ -s "$word" ] || { echo "no file $word" >&2; exit 1; } ;; esac; done
echo "$*" >>"$(dirname "$0")/calls"
`;

/** The steps of a workflow that are commands, without the checks that run here anyway. */
const stepsOf = (workflow: string): readonly string[] =>
  [...workflow.matchAll(/^ +- run: (.+)$/gm)]
    .map(([, command = '']) => command)
    .filter((command) => command !== '.ci/run');

const today = new Date().toISOString().slice(0, 10);

test('the first tag makes the fixture of upgrades, and its workflow makes a release', async () => {
  const folder = scratch();
  onTestFinished(() => folder.remove());
  const [clone, bin, temp] = ['clone', 'bin', 'temp'].map((name) => join(folder.path, name));
  if (!clone || !bin || !temp) throw new Error('no folders');
  for (const made of [bin, temp]) mkdirSync(made);
  writeFileSync(join(bin, 'gh'), GH);
  chmodSync(join(bin, 'gh'), 0o755);
  await execute('git', ['clone', '--quiet', '--no-hardlinks', PROJECT, clone]);
  symlinkSync(join(PROJECT, 'node_modules'), join(clone, 'node_modules'));
  // `node_modules/` of .gitignore is a folder, not a link.
  writeFileSync(join(clone, '.git', 'info', 'exclude'), 'node_modules\n');
  const env = {
    ...process.env,
    PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    INIT_CWD: clone,
    RUNNER_TEMP: temp,
    GITHUB_REF_NAME: 'v0.1.0',
    GIT_AUTHOR_NAME: 'ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
  const inClone = (command: string) =>
    execute('bash', ['-eo', 'pipefail', '-c', command], { cwd: clone, env, maxBuffer: 2 ** 26 });

  // As CONTRIBUTING.md says: the section gets its version, then npm makes fixture, commit and tag.
  const changelog = join(clone, 'CHANGELOG.md');
  const notes = readFileSync(changelog, 'utf8').replace('[Unreleased]', `[0.1.0] - ${today}`);
  writeFileSync(changelog, notes);
  await inClone('git commit -qam "Name the changes of 0.1.0"');
  await inClone('npm version 0.1.0 --allow-same-version');
  expect((await inClone('git tag --points-at HEAD')).stdout.trim()).toBe('v0.1.0');
  expect((await inClone('git status --porcelain')).stdout).toBe('');

  for (const command of stepsOf(readFileSync(join(clone, '.github/workflows/release.yml'), 'utf8')))
    await inClone(command);
  const [released = ''] = readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n');
  expect(released).toMatch(/^release create v0\.1\.0 --verify-tag /);
  const archive = released.split(' ').at(-1) ?? '';
  const { stdout: files } = await execute('tar', ['-tzf', archive], { maxBuffer: 2 ** 26 });
  for (const name of [
    './dist/worker/worker.js',
    './public/console/index.html',
    './package-lock.json',
  ])
    expect(files.split('\n')).toContain(name);
  expect(files).not.toMatch(/^\.\/(\.git|node_modules|\.wrangler)\//m);

  // The next version finds all data of this one.
  const fixture = join(clone, 'test', 'upgrade', '0.1.0.tgz');
  expect(existsSync(fixture)).toBe(true);
  await execute('tar', ['-xzf', fixture, '-C', temp]);
  const found = v.parse(Found, JSON.parse(readFileSync(join(temp, 'found.json'), 'utf8')));
  const next = copyProject();
  onTestFinished(next.remove);
  expect(await onState(next.root, join(temp, 'state'), find)).toMatchObject(found);
}, 900_000);

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PROJECT } from '../setup/home.ts';
import { execute, scratch } from '../setup/running.ts';
import { Found, fill, find, onState } from '../upgrade/state.ts';
import { copyProject } from './project-copy.ts';

/** The databases of earlier releases, which `npm version` makes: none before the first tag. */
const releases = globSync(join(PROJECT, 'test', 'upgrade', '*.tgz')).toSorted();

function folder() {
  const made = scratch();
  onTestFinished(() => made.remove());
  const { root, remove } = copyProject();
  onTestFinished(remove);
  return { path: made.path, root };
}

describe('an upgrade', () => {
  test('keeps all data of this version over a restart: what the fixture of a release is made of', async () => {
    const { path, root } = folder();
    const state = join(path, 'state');
    const before = await onState(root, state, fill);
    expect(await onState(root, state, find)).toEqual(before);
  }, 400_000);

  test.each(releases.map((file) => [basename(file, '.tgz'), file]))(
    'finds all data of release %s',
    async (_, file) => {
      const { path, root } = folder();
      await execute('tar', ['-xzf', file, '-C', path]);
      const found = v.parse(Found, JSON.parse(readFileSync(join(path, 'found.json'), 'utf8')));
      // This version may answer more than that release did.
      expect(await onState(root, join(path, 'state'), find)).toMatchObject(found);
    },
    400_000,
  );
});

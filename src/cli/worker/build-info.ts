import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import type { Shell } from '../shell.ts';

const run = promisify(execFile);

/** What the Worker is built from, besides the rules, which have a version of their own. */
const CODE = ['src', 'package.json', 'package-lock.json'];

const Package = v.looseObject({ version: v.string() });

/** Version and commit of a project. */
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
}

/** Reads the version of `package.json` and the commit of the git checkout that it belongs to. */
export async function readBuild({ home }: Pick<Shell, 'home'>): Promise<BuildInfo> {
  const text = await readFile(join(home, 'package.json'), 'utf8').catch(() => '{}');
  const read = v.safeParse(Package, JSON.parse(text));
  return { version: read.success ? read.output.version : 'unknown', commit: await commitOf(home) };
}

async function commitOf(home: string): Promise<string> {
  const git = async (...words: string[]) =>
    (await run('git', ['-C', home, ...words], { timeout: 10_000 })).stdout.trim();
  try {
    // A copy inside the checkout of another project is not part of that project.
    await git('ls-files', '--error-unmatch', 'package.json');
    const commit = await git('rev-parse', '--short=12', 'HEAD');
    const changed = await git('status', '--porcelain', '--untracked-files=no', '--', ...CODE);
    return changed === '' ? commit : `${commit}-modified`;
  } catch {
    return 'unknown';
  }
}

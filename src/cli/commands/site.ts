import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { AppError, messageOf } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import type { Shell } from '../shell.ts';
import { siteSources, writePages } from '../site/pages.ts';

/** Kept in `public/docs`: the API reader, which `openapi` writes. */
const READER = 'api';

/**
 * `site`: builds the documents into the Worker's assets. `wrangler dev` and `wrangler deploy` run it (wrangler.toml, [build]). It does
 * nothing while the documents are as they were.
 */
export const site = defineCommand({
  usage: 'site',
  description:
    'Build the documents into public/docs, which the Worker serves under /docs/. wrangler runs this before it builds.',
  examples: ['site'],
  failsIf: 'a link of a document leads nowhere',
  options: [],
  input: v.object({}),
  // `npm start` builds it beside the Worker: documents must not delay code that changes.
  run: async (_, shell) => (shell.env.WRANGLER_COMMAND === 'dev' ? 0 : writeSite(shell)),
});

/** Builds the site if the documents have changed. @throws AppError `bad_request` naming the links that lead nowhere */
export async function writeSite(shell: Pick<Shell, 'home' | 'out'>): Promise<0> {
  const { home } = shell;
  const config = join(home, 'docs', '.vitepress', 'config.mts');
  // A project that was made of the package has no sources of the site: it comes built.
  if (!(await stat(config).catch(() => undefined))) return 0;
  const folder = join(home, 'public', 'docs');
  const stamp = join(folder, 'site.hash');
  const now = await hashOfSources(home);
  if ((await readFile(stamp, 'utf8').catch(() => undefined)) === now) return 0;
  const root = join(home, '.wrangler', 'site');
  await writePages(home, root);
  await buildSite(root);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder))
    if (name !== READER) await rm(join(folder, name), { recursive: true });
  await cp(join(root, '.vitepress', 'dist'), folder, { recursive: true });
  await writeFile(stamp, now);
  shell.out('public/docs written');
  return 0;
}

async function buildSite(root: string): Promise<void> {
  // Loading VitePress takes longer than most commands run.
  const { build } = await import('vitepress');
  try {
    await build(root);
  } catch (error) {
    throw new AppError('bad_request', `the documents cannot be built: ${messageOf(error)}`);
  }
}

async function hashOfSources(home: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await siteSources(home))
    hash.update(file).update(await readFile(join(home, file)));
  return hash.digest('hex');
}

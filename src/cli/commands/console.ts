import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { defineCommand } from '../command.ts';
import type { Shell } from '../shell.ts';

/** What the console is built from: its own folder, and the pure code that it evaluates rules with. */
const SOURCES = ['src/**/*.{ts,tsx,css,html,svg,cjs}', 'package-lock.json'];
/** Folders of `src/` that the console does not import. */
const ELSEWHERE = /^src\/(cli|routes|simulator|samples)\//;

/**
 * `console`: builds the web console into the Worker's assets. `wrangler dev` and `wrangler deploy` run it
 * (wrangler.toml, [build]). It does nothing while its sources are as they were.
 */
export const consoleCommand = defineCommand({
  usage: 'console',
  description: 'Build the web console into public/console. wrangler runs this before it builds.',
  examples: ['console'],
  failsIf: 'the console cannot be built',
  options: [],
  input: v.object({}),
  run: (_, shell) => writeConsole(shell),
});

/** Builds the console if its sources have changed. */
export async function writeConsole(shell: Shell): Promise<0> {
  const config = join(shell.home, 'src', 'console', 'vite.config.ts');
  // A project that was made of the package has no sources of the console: it comes built.
  if (!(await stat(config).catch(() => undefined))) return 0;
  const stamp = join(shell.home, '.wrangler', 'console.hash');
  const page = join(shell.home, 'public', 'console', 'index.html');
  const now = await hashOfSources(shell);
  const [before, built] = await Promise.all([
    readFile(stamp, 'utf8').catch(() => undefined),
    stat(page).catch(() => undefined),
  ]);
  if (before === now && built) return 0;
  // Loading Vite takes longer than most commands run.
  const { build } = await import('vite');
  await build({ configFile: config });
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, now);
  shell.out('public/console written');
  return 0;
}

async function hashOfSources({ home }: Pick<Shell, 'home'>): Promise<string> {
  const hash = createHash('sha256');
  const files: string[] = [];
  for await (const file of glob(SOURCES, { cwd: home })) files.push(file.replaceAll('\\', '/'));
  for (const file of files.filter((name) => !ELSEWHERE.test(name)).sort())
    hash.update(file).update(await readFile(join(home, file)));
  return hash.digest('hex');
}

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../src/cli/cli.ts';
import { HOME, PROJECT, RULEBOOK } from './home.ts';

/** What belongs to a customer or is made by a command: it is not part of the tests' home. */
const OWN = ['rules', '.wrangler', '.git', '.dev.vars', 'public'];

/** What is built, with the hash by which a build is skipped: copied, so that a build in the home leaves the project's alone. */
const BUILT = ['public', '.wrangler/console.hash'];

/**
 * Makes the home of product tests, once per run: links to the project's files, copies of what is built, a copy of
 * `test/rulebook/` as its rules, the schemas of that folder, and its bundle for the Worker.
 */
export default async function openHome(): Promise<void> {
  mkdirSync(HOME, { recursive: true });
  for (const name of readdirSync(PROJECT)) {
    if (OWN.includes(name) || existsSync(join(HOME, name))) continue;
    rmSync(join(HOME, name), { force: true });
    symlinkSync(join(PROJECT, name), join(HOME, name));
  }
  rmSync(RULEBOOK, { recursive: true, force: true });
  cpSync(join(PROJECT, 'test', 'rulebook'), RULEBOOK, { recursive: true });
  for (const name of BUILT) {
    rmSync(join(HOME, name), { recursive: true, force: true });
    if (existsSync(join(PROJECT, name)))
      cpSync(join(PROJECT, name), join(HOME, name), { recursive: true });
  }
  for (const command of ['schema', 'bundle']) await run(command);
}

async function run(command: string): Promise<void> {
  const lines: string[] = [];
  const code = await runCli([command], {
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
    now: Date.now,
    zone: 'UTC',
    home: HOME,
    here: HOME,
    env: {},
    interrupted: () => new Promise(() => {}),
    ask: async () => undefined,
    progress: () => {},
    pause: async () => {},
  });
  if (code !== 0) throw new Error([`test/rulebook: ${command} failed`, ...lines].join('\n'));
}

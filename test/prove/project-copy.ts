import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../setup/home.ts';

const execute = promisify(execFile);

/** What a copy does not take: it is large, made by a command, or belongs to a customer. */
const LEFT_OUT = ['.git', '.wrangler', '.dev.vars', 'dist', 'node_modules', 'rules', 'test'];

/** A copy of the project, as a customer has it after `git clone` and `npm ci`. */
export interface ProjectCopy {
  readonly root: string;
  readonly remove: () => void;
  /** Runs a command of the CLI there; its output holds both streams. */
  readonly signalbox: (...words: string[]) => Promise<{ code: number; output: string }>;
}

/** Copies the project, with the frozen rulebook as its rules. */
export function copyProject(): ProjectCopy {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-copy-'));
  for (const name of readdirSync(PROJECT))
    if (!LEFT_OUT.includes(name))
      cpSync(join(PROJECT, name), join(root, name), {
        recursive: true,
        filter: (path) => basename(path) !== 'node_modules',
      });
  cpSync(join(PROJECT, 'test', 'rulebook'), join(root, 'rules'), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  const env = {
    ...process.env,
    INIT_CWD: root,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  };
  return {
    root,
    remove: () => rmSync(root, { recursive: true, force: true }),
    async signalbox(...words) {
      const main = join(root, 'src', 'cli', 'main.ts');
      const options = { cwd: root, env };
      try {
        const { stdout, stderr } = await execute(process.execPath, [main, ...words], options);
        return { code: 0, output: stdout + stderr };
      } catch (error) {
        const { code = 1, stdout = '', stderr = '' } = Object(error);
        return { code, output: `${stdout}${stderr}` };
      }
    },
  };
}

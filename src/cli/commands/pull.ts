import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { SUBFOLDERS, textsOf } from '../../authoring/rule-files.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { counted, rulesFolder, shown } from '../rules/checked-rules.ts';
import { readRulesFolder } from '../rules/rules-folder.ts';
import { writeSchemas } from '../rules/schema-file.ts';
import type { Shell } from '../shell.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { fetchRulebook, short } from '../worker/worker-rulebooks.ts';

type Texts = Readonly<Record<string, string>>;

/** What `pull` does to one file of the rules folder. */
interface FileChange {
  /** Relative to the rules folder. */
  readonly file: string;
  readonly change: 'added' | 'changed' | 'removed';
}

/** `pull`: writes the files of a published rulebook into the rules folder, as **Download** of the console does. */
export const pull = defineCommand({
  usage: 'pull [version]',
  description:
    'Write the rules in force, or another version, into the rules folder. Files that the version does not contain are removed.',
  examples: ['pull', 'pull 3f9c2a10 --yes', 'pull --dry-run'],
  failsIf: 'the files are not written',
  options: [
    RULES_OPTION,
    { flags: '--yes', description: 'skip the confirmation' },
    { flags: '--dry-run', description: 'only list the files that would change' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    version: v.optional(v.string(), 'in-force'),
    rules: Text,
    yes: Flag,
    dryRun: Flag,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ version, rules, yes, dryRun, json, ...address }, shell) {
    const folder = rulesFolder(rules, shell);
    const { about } = await fetchRulebook(version, address, shell);
    const pulled = textsOf(about.rulebook, about.files);
    refuseOtherPlaces(pulled);
    const changes = changesTo(await textsIn(folder), pulled);
    const unsaved = await uncommittedIn(folder);
    const report = json ? shell.err : shell.out;
    const name = short(about.version);
    for (const change of changes) report(changeLine(change, folder, unsaved, shell));
    if (changes.length === 0) report(`${shown(folder, shell)} is ${name} already`);
    else if (!dryRun) {
      if (!yes && !(await agreed(changes.length, shell))) {
        shell.err('Nothing was written.');
        return 1;
      }
      await writeChanges(changes, pulled, folder);
      report(`${shown(folder, shell)} is now ${name}: ${counted(changes.length, 'file')} changed`);
    }
    if (json) shell.out(JSON.stringify({ version: about.version, written: !dryRun, changes }));
    return 0;
  },
});

/** @throws AppError `rule_invalid` for a file name that is none of a rules folder: nothing is written outside of it */
function refuseOtherPlaces(pulled: Texts): void {
  for (const file of Object.keys(pulled)) {
    const parts = file.split('/');
    const name = parts.pop() ?? '';
    if (SUBFOLDERS.includes(parts.join('/')) && /^[\w-][\w.-]*\.json$/.test(name)) continue;
    throw new AppError(
      'rule_invalid',
      `${file} is not the name of a rule file: nothing was written`,
    );
  }
}

/** The texts of the folder's rule files; none where the folder does not exist. */
async function textsIn(folder: string): Promise<Texts> {
  try {
    const { files } = await readRulesFolder(folder);
    return Object.fromEntries(
      [...files]
        .filter(([name]) => !name.endsWith('.schema.json'))
        .map(([name, { text }]) => [name, text]),
    );
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return {};
    throw error;
  }
}

function changesTo(present: Texts, pulled: Texts): readonly FileChange[] {
  const files = [...new Set([...Object.keys(present), ...Object.keys(pulled)])].sort();
  return files.flatMap((file): FileChange[] => {
    if (present[file] === pulled[file]) return [];
    const change =
      present[file] === undefined ? 'added' : pulled[file] === undefined ? 'removed' : 'changed';
    return [{ file, change }];
  });
}

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

function changeLine(
  { file, change }: FileChange,
  folder: string,
  unsaved: ReadonlySet<string>,
  shell: Shell,
): string {
  const lost = unsaved.has(file) ? ' (not committed: its present text is lost)' : '';
  return `${MARKS[change]} ${shown(join(folder, file), shell)} ${change}${lost}`;
}

/** The files of the folder that git does not have as they are: pulling over them loses them. Empty without git. */
async function uncommittedIn(folder: string): Promise<ReadonlySet<string>> {
  const words = ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', '.'];
  const prefix = ['rev-parse', '--show-prefix'];
  const git = (args: string[]) =>
    promisify(execFile)('git', args, { cwd: folder }).then(
      ({ stdout }) => stdout,
      () => '',
    );
  const below = (await git(prefix)).trim();
  return new Set((await git(words)).split('\0').map((line) => line.slice(3 + below.length)));
}

/** @throws AppError `bad_request` without a terminal */
async function agreed(count: number, shell: Shell): Promise<boolean> {
  const answer = await shell.ask(`Write ${counted(count, 'file')}? [y/N] `);
  if (answer === undefined)
    throw new AppError('bad_request', 'there is no terminal to ask for confirmation: use --yes');
  return /^y(es)?$/i.test(answer.trim());
}

/** Writes and removes the files, then the schemas: they contain the names of lists and conditions. */
async function writeChanges(
  changes: readonly FileChange[],
  pulled: Texts,
  folder: string,
): Promise<void> {
  for (const { file } of changes) {
    const path = join(folder, file);
    const text = pulled[file];
    if (text === undefined) await rm(path);
    else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }
  await writeSchemas(folder, (await readRulesFolder(folder)).source);
}

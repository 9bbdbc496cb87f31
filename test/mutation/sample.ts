import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Placed, PROJECT } from './copy.ts';
import { identityOf, keyOf } from './identity.ts';
import { mutantsOf } from './mutants.ts';

/** The folders whose logic mutants are about. */
export const FOLDERS = ['rules', 'callbacks', 'actions', 'pipeline', 'objects'] as const;

const mutantsIn = (file: string): readonly Placed[] => {
  const source = readFileSync(join(PROJECT, file), 'utf8');
  return mutantsOf(file, source).map((mutant) => ({
    ...mutant,
    file,
    identity: identityOf(file, source, mutant),
  }));
};

/**
 * Returns all mutants, as many of each folder in turn as it has, in an order that the seed decides: any
 * part of it is a sample. The rank of a mutant depends on nothing but its text, so a change of the
 * source leaves the rest of the sample as it is.
 */
export function sampleOf(seed: number, only?: string): readonly Placed[] {
  const folders = FOLDERS.filter((folder) => only === undefined || folder === only);
  const each = folders.map((folder) =>
    globSync(`src/${folder}/**/*.ts`, { cwd: PROJECT })
      .flatMap(mutantsIn)
      .map((mutant) => ({ mutant, rank: rankOf(seed, mutant) }))
      .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
      .map(({ mutant }) => mutant),
  );
  const longest = Math.max(...each.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => each.flatMap((some) => some[at] ?? [])).flat();
}

const rankOf = (seed: number, { identity }: Placed): string =>
  createHash('sha256')
    .update(`${seed} ${keyOf(identity)}`)
    .digest('hex');

/** Returns the mutants of the lines that the working tree changes since it left `base`. */
export function changedSince(base: string): readonly Placed[] {
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: PROJECT, encoding: 'utf8' });
  const from = git('merge-base', base, 'HEAD').trim();
  return [...changedLines(git('diff', '-U0', '--no-color', from, '--', 'src'))]
    .filter(([name]) => name.endsWith('.ts') && globSync(name, { cwd: PROJECT }).length > 0)
    .flatMap(([name, own]) => mutantsIn(name).filter(({ line }) => own.has(line)));
}

/** Returns the numbers of the new lines in a diff without context, by file. */
export function changedLines(diff: string): ReadonlyMap<string, ReadonlySet<number>> {
  const lines = new Map<string, Set<number>>();
  let file = '';
  for (const line of diff.split('\n')) {
    if (line.startsWith('+++ ')) file = line.slice('+++ b/'.length);
    const [, from = '', count = '1'] = line.match(/^@@ \S+ \+(\d+)(?:,(\d+))? @@/) ?? [];
    for (let at = 0; from !== '' && at < Number(count); at++)
      lines.set(file, (lines.get(file) ?? new Set()).add(Number(from) + at));
  }
  return lines;
}

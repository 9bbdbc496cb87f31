import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../errors.ts';
import { closest } from '../../rules/model/closest.ts';
import type { Shell } from '../shell.ts';

/** The folder of the sample callbacks. */
const samplesFolder = ({ home }: Pick<Shell, 'home'>): string =>
  join(home, 'src', 'samples', 'callbacks');

/** Returns the names of all samples, sorted. */
export async function sampleNames(shell: Pick<Shell, 'home'>): Promise<readonly string[]> {
  const files = await readdir(samplesFolder(shell)).catch(() => []);
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

/**
 * Returns the bytes of a callback: of a file, or of a sample by its name.
 * @throws AppError `not_found`, with the name that was probably meant
 */
export async function readSample(
  name: string,
  shell: Pick<Shell, 'home' | 'here'>,
): Promise<Uint8Array> {
  return (await readNamed(name, shell)).bytes;
}

/** As `readSample`, and whether it is a sample. @throws AppError `not_found` */
export async function readNamed(
  name: string,
  shell: Pick<Shell, 'home' | 'here'>,
): Promise<{ readonly bytes: Uint8Array; readonly sample: boolean }> {
  const names = await sampleNames(shell);
  const file = resolve(shell.here, name);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return { bytes: await readFile(file), sample: false };
  if (names.includes(name))
    return { bytes: await readFile(join(samplesFolder(shell), `${name}.json`)), sample: true };
  const hint = closest(name, names) ?? 'see send --list';
  throw new AppError('not_found', `no file and no sample is called "${name}": ${hint}`);
}

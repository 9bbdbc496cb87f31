import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isRecord } from '../../callbacks/shapes/parts.ts';
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

/** The samples that are JSON objects, by name. */
export async function allSamples(
  shell: Pick<Shell, 'home'>,
): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const samples = new Map<string, Record<string, unknown>>();
  for (const name of await sampleNames(shell)) {
    const text = await readFile(join(samplesFolder(shell), `${name}.json`), 'utf8');
    const body: unknown = parsed(text);
    if (isRecord(body)) samples.set(name, body);
  }
  return samples;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

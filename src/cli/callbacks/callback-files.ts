import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../../errors.ts';
import type { Shell } from '../shell.ts';

/** The bytes of a callback and their source. */
export interface FoundCallback {
  /** The file's name; for a line of an NDJSON file with its number: `week.ndjson:12`. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

const isLines = (file: string): boolean => /\.(ndjson|jsonl)$/.test(file);

/**
 * Yields the callbacks of a file or a folder (recursive, by name). A `.json` file is one callback,
 * an `.ndjson` or `.jsonl` file
 * one per line, read as a stream.
 * @throws AppError `not_found`
 */
export async function* callbacksIn(
  name: string,
  shell: Pick<Shell, 'here'>,
): AsyncGenerator<FoundCallback> {
  const { here } = shell;
  for (const file of await filesOf(name, shell)) {
    if (isLines(file)) yield* linesOf(file, resolve(here, file));
    else yield { file, bytes: await readFile(resolve(here, file)) };
  }
}

/** Returns the number of bytes that `callbacksIn` reads. @throws AppError `not_found` */
export async function bytesIn(name: string, shell: Pick<Shell, 'here'>): Promise<number> {
  const files = await filesOf(name, shell);
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(resolve(shell.here, file))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function filesOf(name: string, { here }: Pick<Shell, 'here'>): Promise<readonly string[]> {
  const path = resolve(here, name);
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new AppError('not_found', `there is no file or folder ${name}`);
  const files = found.isDirectory()
    ? (await filesIn(path)).map((file) => join(name, file))
    : [name];
  if (files.length === 0)
    throw new AppError('not_found', `${name} holds no .json, .ndjson or .jsonl file`);
  return files;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && (entry.name.endsWith('.json') || isLines(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

async function* linesOf(name: string, path: string): AsyncGenerator<FoundCallback> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    if (line.trim() !== '')
      yield { file: `${name}:${number}`, bytes: new TextEncoder().encode(line) };
  }
}

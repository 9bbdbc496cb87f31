import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads the project's own TypeScript and SQL files under `src/`, in the order of their paths. */
export async function readSources(home: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(join(home, 'src'), { recursive: true });
  const files = names.filter((name) => /\.(ts|sql)$/.test(name)).map((name) => `src/${name}`);
  return new Map(
    await Promise.all(
      files
        .toSorted()
        .map(async (file) => [file, await readFile(join(home, file), 'utf8')] as const),
    ),
  );
}

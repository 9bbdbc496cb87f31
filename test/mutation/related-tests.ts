import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Which tests import a file, the nearest first. Paths are relative to the project. */
export interface RelatedTests {
  readonly of: (file: string) => {
    readonly node: readonly string[];
    readonly worker: readonly string[];
  };
}

/** Reads the imports of all sources and tests of a project. */
export function readRelatedTests(root: string): RelatedTests {
  const importers = new Map<string, string[]>();
  for (const file of globSync(['src/**/*.{ts,tsx}', 'test/**/*.ts'], { cwd: root })) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const imported = normalize(join(dirname(file), path));
      importers.set(imported, [...(importers.get(imported) ?? []), file]);
    }
  }
  return {
    of(file) {
      const found = [...distances(file, importers)]
        .filter(([name]) => name.endsWith('.test.ts') && !isSlow(name))
        .toSorted((a, b) => rank(a, file) - rank(b, file) || a[0].localeCompare(b[0]))
        .map(([name]) => name);
      return {
        node: found.filter((name) => !isOfWorker(name)),
        worker: found.filter(isOfWorker),
      };
    },
  };
}

/** How far each importer is from a file, by imports. */
function distances(
  file: string,
  importers: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const found = new Map([[file, 0]]);
  for (const [name, distance] of found)
    for (const importer of importers.get(name) ?? [])
      if (!found.has(importer)) found.set(importer, distance + 1);
  return found;
}

/** The tests that mirror a folder of the source come before others at the same distance. */
const rank = ([name, distance]: readonly [string, number], file: string): number => {
  const folder = dirname(file).replace('src/', '');
  const base = file.replace(/^.*\/|\.ts$/g, '');
  return distance - (name.includes(`/${folder}/`) ? 1.5 : 0) - (name.includes(`/${base}.`) ? 2 : 0);
};

const isOfWorker = (name: string): boolean => name.startsWith('test/worker/');
export const isSlow = (name: string): boolean =>
  /^test\/(prove|clients|console|prometheus|documents|simulation|fuzz|mutation|worker\/prove)\//.test(
    name,
  );

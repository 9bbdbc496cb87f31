import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

test('the lock file of the benchmarks has the packages of every platform, so that npm ci works on each', () => {
  const path = new URL('../../bench/package-lock.json', import.meta.url).pathname;
  // npm wrote it.
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as Locked;
  const optional = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  expect(optional.length).toBeGreaterThan(0);
  expect(optional.filter((name) => !packages[`node_modules/${name}`])).toEqual([]);
});

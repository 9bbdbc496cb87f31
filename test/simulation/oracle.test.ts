import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the oracle takes nothing but types from the product that it judges', () => {
  const files = globSync('test/simulation/oracle/*.ts');
  const taken = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^import (?!type\b).*?from '([^']+)';/gms)].flatMap(
      ([, path]) => (path?.includes('/src/') ? [`${file}: ${path}`] : []),
    ),
  );
  expect(files.length).toBeGreaterThan(5);
  expect(taken).toEqual([]);
});

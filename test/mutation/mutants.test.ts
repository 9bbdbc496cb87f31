import { describe, expect, test } from 'vitest';
import { PROJECT } from '../setup/home.ts';
import { isAbout } from './kinship.ts';
import { applied, mutantsOf } from './mutants.ts';
import { readRelatedTests } from './related-tests.ts';

describe('the mutants of a file', () => {
  test.each([
    ['const a = b === c;', ['const a = b !== c;']],
    ['const a = b < 3;', ['const a = b <= 3;', 'const a = b < 4;']],
    ['const a = b && !c;', ['const a = b || !c;', 'const a = b && c;']],
    ['const a = b ?? c;', ['const a = (b);']],
    ['if (a) b();', ['if (false) b();', 'if (true) b();', 'if (a) ;']],
    ['await send(a);', [';']],
    [
      'const a: number = b ? 1 : 2;',
      [
        'const a: number = false ? 1 : 2;',
        'const a: number = true ? 1 : 2;',
        'const a: number = b ? 2 : 2;',
        'const a: number = b ? 1 : 3;',
      ],
    ],
    ['const a = list.some(is);', ['const a = list.every(is);']],
    ["const a = 'text' as const;", []],
    ['type A = 1 | true;', []],
    ['const a: { 0: string } = { 0: b };', []],
  ])('%s', (source, changed) => {
    const mutants = mutantsOf('a.ts', source).map((mutant) => applied(source, mutant));
    expect(mutants.toSorted()).toEqual(changed.toSorted());
  });

  test('have the line that they are on', () => {
    expect(mutantsOf('a.ts', 'const a = 1;\n\nconst b = true;').map(({ line }) => line)).toEqual([
      1, 3,
    ]);
  });
});

test('the tests of a file are those that import it, and its own come first', () => {
  const { node, worker } = readRelatedTests(PROJECT).of('src/crypto/data-key.ts');
  expect(node[0]).toBe('test/crypto/data-key.test.ts');
  expect(worker).toContain('test/worker/key-rotation.test.ts');
  expect(readRelatedTests(PROJECT).of('src/none.ts').node).toEqual([]);
});

test.each([
  ['test/worker/alerts.test.ts', 'src/objects/alerts/alert-desk.ts', true],
  ['test/worker/objects/limits.test.ts', 'src/objects/senders/limits.ts', true],
  ['test/worker/objects/claims.test.ts', 'src/objects/tally/tally.ts', false],
  ['test/worker/objects/objects.test.ts', 'src/objects/tally/tally.ts', false],
  ['test/worker/actions/reply.test.ts', 'src/actions/parts/consent.ts', false],
])('%s is about %s: %s', (file, source, is) => expect(isAbout(file, source)).toBe(is));

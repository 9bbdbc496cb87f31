import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CODES } from '../../../src/rules/model/finding-codes.ts';

const read = (pattern: string): string =>
  globSync(pattern)
    .filter((file) => !/codes(\.test)?\.ts$/.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
const code = read('src/**/*.ts');
const tests = read('test/**/*.ts');

/** Codes that are put together from a kind: `unknown-rule`. */
const MADE = ['unknown-rule', 'unknown-destination'];

describe.each(Object.entries(CODES))('%s', (name, { means, cure }) => {
  test('is found by something', () => {
    expect(code.includes(`'${name}'`) || MADE.includes(name)).toBe(true);
  });
  test('is shown by a test', () =>
    expect(tests).toMatch(new RegExp(`(?<![\\w-])${name}(?![\\w-])`)));
  test('says what it means and what to do', () => {
    for (const words of [means, cure]) expect(words).toMatch(/^["A-Z`].*[.]$/s);
  });
});

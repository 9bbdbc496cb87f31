import { describe, expect, test } from 'vitest';
import { differenceLines } from '../../../src/rules/explain/difference-lines.ts';
import { sideBySide } from '../../../src/rules/explain/side-by-side.ts';

describe('two texts beside each other', () => {
  test('are wrapped at blanks', () =>
    expect(sideBySide('one two three', 'four', 17)).toEqual(['one two │ four', 'three   │']));

  test('keep their line breaks, and words that are too long are cut', () =>
    expect(sideBySide('a\nb', 'abcdefghij', 17)).toEqual(['a       │ abcdefg', 'b       │ hij']));

  test('count letters of East Asian scripts as two columns', () =>
    expect(sideBySide('停止', 'x', 17)).toEqual(['停止    │ x']));
});

describe('a change', () => {
  const change = { what: 'rule help', change: 'changed', old: 'Once.', new: 'Twice.' } as const;

  test('has old beside new in a wide terminal', () =>
    expect(differenceLines(change, 100)[1]).toMatch(/^ {4}old: Once\. +│ new: Twice\.$/));

  test('has old above new in a narrow one, and in a pipe', () => {
    for (const width of [undefined, 80])
      expect(differenceLines(change, width)).toEqual([
        '~ rule help changed',
        '    old: Once.',
        '    new: Twice.',
      ]);
  });
});

import { expect, test } from 'vitest';
import { cut } from '../../../src/alerts/destinations/destination.ts';

test.each([
  ['a text that fits', 'abc', 3, 'abc'],
  ['a long text', 'abcd', 3, 'ab…'],
  ['a character of two units that would be split', '😀😀', 3, '😀…'],
  ['a character of two units that fits', 'a😀b', 4, 'a😀b'],
  ['characters of two units that are too many', '😀😀😀', 4, '😀…'],
])('%s is cut by UTF-16 units', (_, text, most, expected) => {
  expect(cut(text, most)).toBe(expected);
  expect(cut(text, most).length).toBeLessThanOrEqual(most);
});

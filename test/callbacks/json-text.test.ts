import { describe, expect, test } from 'vitest';
import { leavesOfJson, readJsonText } from '../../src/callbacks/shapes/json-text.ts';

describe('a text of JSON', () => {
  test.each<[string | undefined, object | undefined]>([
    [' {"a":1}', { a: 1 }],
    ['[1]', [1]],
    ['{"a":', undefined],
    ['"a"', undefined],
    ['1', undefined],
    [undefined, undefined],
  ])('%s', (text, value) => expect(readJsonText(text)).toEqual(value));
});

describe('the values within JSON', () => {
  test.each<[unknown, Record<string, unknown>]>([
    [
      { order: { id: 'a', lines: [{ count: 2 }, { count: 3 }] }, paid: false },
      { 'order.id': 'a', 'order.lines.0.count': 2, 'order.lines.1.count': 3, paid: false },
    ],
    [{ empty: '', none: null, zero: 0 }, { zero: 0 }],
    // A name with a dot would look like a path.
    [{ 'a.b': 1, '': 2, c: 3 }, { c: 3 }],
    ['a', {}],
    [1, {}],
    [null, {}],
  ])('%j', (value, leaves) => expect(Object.fromEntries(leavesOfJson(value))).toEqual(leaves));

  test('are a hundred at most, eight names deep', () => {
    const wide = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`n${at}`, at]));
    expect(leavesOfJson(wide).size).toBe(100);
    const nested = (depth: number): unknown => (depth === 0 ? 'end' : { a: nested(depth - 1) });
    expect([...leavesOfJson(nested(8)).keys()]).toEqual(['a.a.a.a.a.a.a.a']);
    expect(leavesOfJson(nested(9)).size).toBe(0);
  });
});

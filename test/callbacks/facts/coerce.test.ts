import { expect, test } from 'vitest';
import { coerceFact, type FactType } from '../../../src/callbacks/facts/fact.ts';

test.each<[FactType, unknown, unknown]>([
  ['text', 'a', 'a'],
  ['text', '', undefined],
  ['text', 1, undefined],
  ['number', 1.5, 1.5],
  ['number', '1', undefined],
  ['number', Number.NaN, undefined],
  ['time', 1_000, 1_000],
  ['time', Number.POSITIVE_INFINITY, undefined],
  ['boolean', false, false],
  ['boolean', 'false', undefined],
  ['boolean', 0, undefined],
  ['list', ['a', 1, null, { a: 1 }], ['a', 1]],
  ['list', 'a', undefined],
  ['json', { a: 1 }, { a: 1 }],
  ['json', [1], [1]],
  ['json', null, undefined],
  ['json', 'a', undefined],
])('a fact of type %s that is read as %j has the value %j', (type, read, value) =>
  expect(coerceFact(type, read)).toEqual(value));

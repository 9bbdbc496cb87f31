import * as v from 'valibot';
import { expect, test } from 'vitest';
import { keysAt } from '../../../src/rules/model/schema-keys.ts';

interface Tree {
  readonly of?: readonly Tree[] | undefined;
}
const Tree: v.GenericSchema<Tree> = v.object({ of: v.optional(v.lazy(() => v.array(Tree))) });
const Schema = v.object({
  plain: v.string(),
  piped: v.pipe(
    v.object({ a: v.string() }),
    v.check(() => true),
  ),
  perhaps: v.optional(v.object({ b: v.string() })),
  list: v.array(v.object({ c: v.string() })),
  named: v.record(v.string(), v.object({ d: v.string() })),
  either: v.union([v.object({ e: v.string() }), v.object({ f: v.string() })]),
  tree: Tree,
});

test.each<[readonly (string | number)[], readonly string[]]>([
  [[], ['plain', 'piped', 'perhaps', 'list', 'named', 'either', 'tree']],
  [['plain'], []],
  [['piped'], ['a']],
  [['perhaps'], ['b']],
  // A list has no keys; each of its items has.
  [['list'], []],
  [['list', 0], ['c']],
  [['named'], []],
  [['named', 'any'], ['d']],
  [['either'], ['e', 'f']],
  [['tree', 'of', 1, 'of', 2], ['of']],
  [['none'], []],
  [['toString'], []],
])('the keys at %j', (path, keys) => expect(keysAt(Schema, path)).toEqual(keys));

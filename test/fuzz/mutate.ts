import fc from 'fast-check';
import { oddValues } from './from-schema.ts';

/** One change of a JSON document: at the `at`-th of its values, counted as they are written. */
type Change = readonly [
  at: number,
  kind: 'replace' | 'delete' | 'double' | 'wrap' | 'rename',
  value: unknown,
];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.nat(400),
  fc.constantFrom('replace', 'replace', 'delete', 'double', 'wrap', 'rename'),
  oddValues,
);

/** Returns documents that differ from one of these in a few places, or not at all. */
export const mutated = (documents: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...documents), fc.array(change, { maxLength: 4 }))
    .map(([document, changes]) => changes.reduce<unknown>(changed, document));

/** Returns bytes of JSON of which some are changed, cut off or repeated. */
export const mutatedBytes = (documents: readonly unknown[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      mutated(documents),
      fc.array(fc.tuple(fc.nat(5_000), fc.nat(255)), { maxLength: 3 }),
      fc.option(fc.nat(3_000), { freq: 6 }),
    )
    .map(([document, flips, cut]) => {
      const bytes = new TextEncoder().encode(JSON.stringify(document) ?? '');
      for (const [at, byte] of flips) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return cut === null ? bytes : bytes.subarray(0, cut);
    });

function changed(document: unknown, [at, kind, value]: Change): unknown {
  const count = sizeOf(document);
  let left = at % Math.max(count, 1);
  return walk(document);

  function walk(node: unknown): unknown {
    if (left-- === 0) {
      if (kind === 'wrap') return [node];
      return kind === 'replace' ? value : node;
    }
    if (Array.isArray(node)) return node.flatMap((item) => within(item).map(([, one]) => one));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).flatMap(([key, item]) => within(item, key)));
  }
  function within(item: unknown, key = ''): readonly (readonly [string, unknown])[] {
    const isIt = left === 0;
    const next = walk(item);
    if (isIt && kind === 'delete') return [];
    if (isIt && kind === 'rename') return [[typeof value === 'string' ? value : `${key}x`, next]];
    if (isIt && kind === 'double')
      return [
        [key, next],
        [`${key}2`, next],
      ];
    return [[key, next]];
  }
}

/** How many values a document has, itself included. */
function sizeOf(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 1;
  return Object.values(node).reduce<number>((sum, item) => sum + sizeOf(item), 1);
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base32 } from '../../src/crypto/base32.ts';
import { idOf, stableId } from '../../src/crypto/stable-id.ts';

test('an id that is made at once is the one that WebCrypto makes, however many there were before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 6 }),
      async (parts) => {
        expect(idOf(parts)).toBe(await stableId(parts));
      },
    ),
    { numRuns: 500 },
  );
});

test('other parts, or parts that are cut elsewhere, are another id', () => {
  const all = [[], [''], ['a'], ['ab'], ['a', 'b'], ['', 'ab'], ['1:a']].map(idOf);
  expect(new Set(all).size).toBe(all.length);
  for (const id of all) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
});

test('the digits are those of Crockford, from the first bit on', () => {
  expect(base32(new Uint8Array(17))).toBe('0'.repeat(26));
  expect(base32(new Uint8Array(17).fill(0xff))).toBe('Z'.repeat(26));
  expect(base32(Uint8Array.from([0b00001_000, 0b10_00011_0, ...new Uint8Array(15)]))).toBe(
    `123${'0'.repeat(23)}`,
  );
});

import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base32 } from '../../src/crypto/base32.ts';
import { openDataKey } from '../../src/crypto/data-key.ts';

const SECRET = 'a data key of more than thirty-two characters';
const key = openDataKey(SECRET);
const other = openDataKey('another data key of more than thirty-two characters');

describe('the data key', () => {
  test('decrypts what it encrypted, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const lone = new TextDecoder().decode(new TextEncoder().encode(text)); // half a surrogate cannot travel
        expect(await key.decrypt(await key.encrypt(text))).toBe(lone);
      }),
      { numRuns: 50 },
    );
  });

  test('encrypts the same text differently each time', async () => {
    expect(await key.encrypt('text')).not.toBe(await key.encrypt('text'));
  });

  test.each([
    ['another key', async () => other.decrypt(await key.encrypt('text'))],
    [
      'a changed ciphertext',
      async () =>
        key.decrypt((await key.encrypt('text')).replace(/.$/, (end) => (end === 'A' ? 'B' : 'A'))),
    ],
    ['something never encrypted', async () => key.decrypt('text')],
  ])('does not open with %s', async (_, open) => {
    await expect(open()).rejects.toThrow(/encrypted data/);
  });

  test('hashes alike for itself alone', () => {
    expect(key.hash('46701740605')).toBe(key.hash('46701740605'));
    expect(key.hash('46701740605')).not.toBe(other.hash('46701740605'));
    expect(key.hash('46701740605')).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  test('hashes by HMAC-SHA256 with a key that HKDF gave it, whatever the text', () => {
    const derived = new Uint8Array(hkdfSync('sha256', SECRET, '', 'signalbox hash', 32));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const whole = createHmac('sha256', derived).update(text, 'utf8').digest();
        expect(key.hash(text)).toBe(base32(whole));
      }),
    );
  });

  test('does without none', () => {
    expect(() => openDataKey(undefined)).toThrow(/DATA_KEY/);
  });
});

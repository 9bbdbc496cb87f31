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

  describe('with rotated keys', () => {
    const NEW = 'a rotated key of more than thirty-two characters';
    const NEWER = 'a newer key of more than thirty-two characters!';
    const rotated = openDataKey(SECRET, [NEWER, NEW]);

    test('encrypts with the newest, and decrypts with all', async () => {
      const earlier = openDataKey(SECRET, [NEW]);
      for (const one of [key, earlier, rotated])
        expect(await rotated.decrypt(await one.encrypt('text'))).toBe('text');
      await expect(earlier.decrypt(await rotated.encrypt('text'))).rejects.toThrow(
        /DATA_KEYS lacks/,
      );
      await expect(key.decrypt(await rotated.encrypt('text'))).rejects.toThrow(/DATA_KEYS lacks/);
      expect(await rotated.encrypt('text')).toMatch(new RegExp(`^${rotated.newest}\\.`));
    });

    test('hashes with the first key, whatever else rotates', () => {
      expect(rotated.hash('46701740605')).toBe(key.hash('46701740605'));
    });

    test('puts a text under the newest key with the same nonce, once', async () => {
      const old = await key.encrypt('text');
      const text = (await rotated.reEncrypt(old)) ?? '';
      expect(text.split('.')[1]).toBe(old.split('.')[1]);
      expect(text.split('.')[2]).not.toBe(old.split('.')[2]);
      expect(await openDataKey(SECRET, [NEWER]).decrypt(text)).toBe('text');
      expect(await rotated.reEncrypt(text)).toBeUndefined();
    });

    test('goes back to the first key where the list is empty', async () => {
      expect(await key.reEncrypt(await key.encrypt('text'))).toBeUndefined();
      expect(openDataKey(SECRET, [])).toBe(key);
    });
  });

  test('does without none', () => {
    expect(() => openDataKey(undefined)).toThrow(/DATA_KEY/);
  });
});

import { HMAC, hkdf } from 'fast-sha256';
import { AppError } from '../errors.ts';
import { base32 } from './base32.ts';
import { fromBase64, toBase64 } from './base64.ts';

/** The deployment's keys: a keyed hash and encryption. */
export interface DataKey {
  /** A keyed hash (HMAC-SHA256) of 26 characters: how identities appear in stores, keys and logs. */
  readonly hash: (text: string) => string;
  /** Encrypts a text with the newest key (AES-256-GCM, a fresh nonce each time). */
  readonly encrypt: (text: string) => Promise<string>;
  /** Decrypts a text of `encrypt`. @throws AppError `unavailable` if none of the keys encrypted it */
  readonly decrypt: (encrypted: string) => Promise<string>;
  /**
   * Returns the text under the newest key, or undefined if it is already under it. The nonce stays, so that it still identifies the
   * record; under another key that is as good as a fresh one. @throws like `decrypt`
   */
  readonly reEncrypt: (encrypted: string) => Promise<string | undefined>;
  /** The beginning of every text that the newest key encrypted, up to its dot. */
  readonly newest: string;
}

/** The SQL expression for the nonce in an encrypted text. It is unique and survives `reEncrypt`. */
export const nonceIn = (column: string): string =>
  `substr(${column}, instr(${column}, '.') + 1, 16)`;

/** Returns the nonce in an encrypted text. */
export const nonceOf = (encrypted: string): string => encrypted.split('.')[1] ?? '';

const opened = new Map<string, DataKey>();
const encoder = new TextEncoder();

/** Most bytes that UTF-8 needs for one UTF-16 unit. */
const MOST_BYTES = 3;
/** Shared by all calls: a hash is synchronous, and a batch computes a thousand of them. */
const scratch = new Uint8Array(512);
const digest = new Uint8Array(32);

/**
 * Opens the keys of a deployment; they are derived by HKDF once a secret. The hash key is derived from `secret` (`DATA_KEY`) alone and
 * never changes. @throws AppError `not_configured` without it
 * @param rotated the secrets of `DATA_KEYS`, the newest first; it encrypts, and all of them and `secret` decrypt
 */
export function openDataKey(secret: string | undefined, rotated: readonly string[] = []): DataKey {
  if (!secret) throw new AppError('not_configured', 'setting DATA_KEY: is not set');
  const name = JSON.stringify([secret, ...rotated]);
  const known = opened.get(name);
  if (known) return known;
  let hashing: HMAC | undefined;
  const first = openEncryption(secret, FIRST);
  const ciphers = new Map(
    [...rotated.map((one) => openEncryption(one)), first].map((one) => [one.id, one]),
  );
  const [newest = first] = ciphers.values();
  async function decrypt(encrypted: string): Promise<string> {
    const [id = '', iv, data] = encrypted.split('.');
    if (!/^(1|2[0-9A-Z]{8})$/.test(id) || !iv || !data)
      throw new AppError('unavailable', 'encrypted data: unknown format');
    const cipher = ciphers.get(id);
    if (!cipher)
      throw new AppError(
        'unavailable',
        'encrypted data: DATA_KEYS lacks the key that encrypted it',
      );
    try {
      return await cipher.decrypt(iv, data);
    } catch (cause) {
      const setting = cipher === first ? 'DATA_KEY' : 'DATA_KEYS';
      throw new AppError('unavailable', `encrypted data: ${setting} does not decrypt it`, {
        cause,
      });
    }
  }
  const key: DataKey = {
    hash(text) {
      hashing ??= new HMAC(derive(secret, 'signalbox hash'));
      const short = text.length * MOST_BYTES <= scratch.length;
      const bytes = short
        ? scratch.subarray(0, encoder.encodeInto(text, scratch).written)
        : encoder.encode(text);
      hashing.reset().update(bytes).finish(digest);
      return base32(digest);
    },
    encrypt: (text) => newest.encrypt(text, crypto.getRandomValues(new Uint8Array(12))),
    decrypt,
    async reEncrypt(encrypted) {
      if (encrypted.startsWith(`${newest.id}.`)) return undefined;
      return newest.encrypt(await decrypt(encrypted), fromBase64(nonceOf(encrypted)));
    },
    newest: newest.id,
  };
  opened.set(name, key);
  return key;
}

/** The id of the key that is derived from `DATA_KEY`. */
const FIRST = '1';

/** One encryption key. Its id stands before each text that it encrypts. */
interface Cipher {
  readonly id: string;
  readonly encrypt: (text: string, iv: Uint8Array<ArrayBuffer>) => Promise<string>;
  readonly decrypt: (iv: string, data: string) => Promise<string>;
}

/** @param id the id; if not given, a hash that reveals nothing about the secret */
function openEncryption(
  secret: string,
  id: string = `2${base32(derive(secret, 'signalbox key id')).slice(0, 8)}`,
): Cipher {
  let aesKey: CryptoKey | undefined;
  // The key is kept, not the promise: a promise belongs to the request that made it.
  const encryptionKey = async (): Promise<CryptoKey> => {
    aesKey ??= await crypto.subtle.importKey(
      'raw',
      derive(secret, 'signalbox seal'),
      'AES-GCM',
      false,
      ['encrypt', 'decrypt'],
    );
    return aesKey;
  };
  return {
    id,
    async encrypt(text, iv) {
      const key = await encryptionKey();
      const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, encoder.encode(text));
      return `${id}.${toBase64(iv)}.${toBase64(new Uint8Array(data))}`;
    },
    async decrypt(iv, data) {
      const algorithm = { name: 'AES-GCM', iv: fromBase64(iv) };
      const key = await encryptionKey();
      return new TextDecoder().decode(
        await crypto.subtle.decrypt(algorithm, key, fromBase64(data)),
      );
    },
  };
}

/** A key of 256 bits for one purpose: HKDF with SHA-256. */
const derive = (secret: string, purpose: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(hkdf(encoder.encode(secret), undefined, encoder.encode(purpose), 32));

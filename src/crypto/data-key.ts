import { HMAC, hkdf } from 'fast-sha256';
import { AppError } from '../errors.ts';
import { base32 } from './base32.ts';

/** The deployment's key: a keyed hash and encryption. */
export interface DataKey {
  /** A keyed hash (HMAC-SHA256) of 26 characters: how identities appear in stores, keys and logs. */
  readonly hash: (text: string) => string;
  /** Encrypts a text (AES-256-GCM, a fresh nonce each time). */
  readonly encrypt: (text: string) => Promise<string>;
  /** Decrypts a text of `encrypt`. @throws AppError `unavailable` if it was encrypted with another key */
  readonly decrypt: (encrypted: string) => Promise<string>;
}

const opened = new Map<string, DataKey>();
const encoder = new TextEncoder();

/** Most bytes that UTF-8 needs for one UTF-16 unit. */
const MOST_BYTES = 3;
/** Shared by all calls: a hash is synchronous, and a batch computes a thousand of them. */
const scratch = new Uint8Array(512);
const digest = new Uint8Array(32);

/** Opens the `DATA_KEY` of a deployment; keys are derived by HKDF once a secret. @throws AppError `not_configured` without one */
export function openDataKey(secret: string | undefined): DataKey {
  if (!secret) throw new AppError('not_configured', 'setting DATA_KEY: is not set');
  const known = opened.get(secret);
  if (known) return known;
  let hashing: HMAC | undefined;
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
    async encrypt(text) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const encrypted = new Uint8Array(
        await crypto.subtle.encrypt(
          { name: 'AES-GCM', iv },
          await encryptionKey(),
          encoder.encode(text),
        ),
      );
      return `1.${toBase64(iv)}.${toBase64(encrypted)}`;
    },
    async decrypt(encrypted) {
      const [version, iv, data] = encrypted.split('.');
      if (version !== '1' || !iv || !data)
        throw new AppError('unavailable', 'encrypted data: unknown format');
      try {
        return new TextDecoder().decode(
          await crypto.subtle.decrypt(
            { name: 'AES-GCM', iv: fromBase64(iv) },
            await encryptionKey(),
            fromBase64(data),
          ),
        );
      } catch (cause) {
        throw new AppError('unavailable', 'encrypted data: DATA_KEY does not decrypt it', {
          cause,
        });
      }
    },
  };
  opened.set(secret, key);
  return key;
}

/** A key of 256 bits for one purpose: HKDF with SHA-256. */
const derive = (secret: string, purpose: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(hkdf(encoder.encode(secret), undefined, encoder.encode(purpose), 32));

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

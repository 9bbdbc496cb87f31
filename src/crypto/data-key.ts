import { HMAC, hkdf } from 'fast-sha256';
import { AppError } from '../errors.ts';
import { base32 } from './base32.ts';

/** The deployment's key: hashes that only we can make, and a seal that only we can open. */
export interface DataKey {
  /** A keyed hash (HMAC-SHA256) of 26 characters: how identities appear in stores, keys and logs. */
  readonly hash: (text: string) => string;
  /** Encrypts a text (AES-256-GCM, a fresh nonce each time). */
  readonly encrypt: (text: string) => Promise<string>;
  /** Opens what `seal` made. @throws AppError `unavailable` when it was sealed with another key */
  readonly decrypt: (sealed: string) => Promise<string>;
}

const opened = new Map<string, DataKey>();
const encoder = new TextEncoder();

/** How many bytes UTF-8 takes at most for one unit of a text. */
const MOST_BYTES = 3;
/** A thousand people are hashed at a time, and nothing waits in between: they can share what holds their bytes. */
const scratch = new Uint8Array(512);
const digest = new Uint8Array(32);

/** Opens the `DATA_KEY` of a deployment; keys are derived by HKDF once a secret. @throws AppError `not_configured` without one */
export function openDataKey(secret: string | undefined): DataKey {
  if (!secret) throw new AppError('not_configured', 'setting DATA_KEY: is not set');
  const known = opened.get(secret);
  if (known) return known;
  let hashing: HMAC | undefined;
  let sealing: CryptoKey | undefined;
  // The key is kept, not the promise: a promise belongs to the request that made it.
  const sealKey = async (): Promise<CryptoKey> => {
    sealing ??= await crypto.subtle.importKey(
      'raw',
      derive(secret, 'signalbox seal'),
      'AES-GCM',
      false,
      ['encrypt', 'decrypt'],
    );
    return sealing;
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
      const sealed = new Uint8Array(
        await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await sealKey(), encoder.encode(text)),
      );
      return `1.${toBase64(iv)}.${toBase64(sealed)}`;
    },
    async decrypt(sealed) {
      const [version, iv, data] = sealed.split('.');
      if (version !== '1' || !iv || !data)
        throw new AppError('unavailable', 'sealed data: unknown form');
      try {
        return new TextDecoder().decode(
          await crypto.subtle.decrypt(
            { name: 'AES-GCM', iv: fromBase64(iv) },
            await sealKey(),
            fromBase64(data),
          ),
        );
      } catch (cause) {
        throw new AppError('unavailable', 'sealed data: DATA_KEY does not open it', { cause });
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

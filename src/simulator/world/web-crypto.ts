import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import type { Random } from './random.ts';

/** A key as the model keeps it. */
interface ModelKey {
  readonly secret: KeyObject;
}

type Bytes = ArrayBuffer | ArrayBufferView;
type Named = string | { readonly name: string };

/**
 * Runs a computation behind the scheduler: WebCrypto answers from a thread pool, so its answer is a
 * step of its own.
 */
export type Later = <T>(compute: () => T) => Promise<T>;

const viewOf = (data: Bytes): Uint8Array =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
const bufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const hashName = (algorithm: Named): string =>
  (typeof algorithm === 'string' ? algorithm : algorithm.name).replace('-', '').toLowerCase();
const TAG = 16;

/**
 * WebCrypto as far as the product uses it: HMAC-SHA-256, AES-GCM and digests, computed at once and
 * answered later. Its random bytes come from the seed.
 */
export function openWebCrypto(later: Later, random: () => Random): object {
  const hmac = (key: ModelKey, data: Bytes): Buffer =>
    createHmac('sha256', key.secret).update(viewOf(data)).digest();
  const subtle = {
    importKey: (_format: string, data: Bytes): Promise<ModelKey> =>
      // Caches of keys outlive a run, so the import must not take a step that the next run would
      // not take.
      Promise.resolve({ secret: createSecretKey(viewOf(data)) }),
    sign: (_algorithm: Named, key: ModelKey, data: Bytes) => later(() => bufferOf(hmac(key, data))),
    verify: (_algorithm: Named, key: ModelKey, signature: Bytes, data: Bytes) =>
      later(() => {
        const [own, given] = [hmac(key, data), viewOf(signature)];
        return own.length === given.length && timingSafeEqual(own, given);
      }),
    digest: (algorithm: Named, data: Bytes) =>
      later(() => bufferOf(createHash(hashName(algorithm)).update(viewOf(data)).digest())),
    encrypt: ({ iv }: { readonly iv: Bytes }, key: ModelKey, data: Bytes) =>
      later(() => {
        const cipher = createCipheriv('aes-256-gcm', key.secret, viewOf(iv));
        return bufferOf(
          Buffer.concat([cipher.update(viewOf(data)), cipher.final(), cipher.getAuthTag()]),
        );
      }),
    decrypt: ({ iv }: { readonly iv: Bytes }, key: ModelKey, data: Bytes) =>
      later(() => {
        const sealed = viewOf(data);
        const decipher = createDecipheriv('aes-256-gcm', key.secret, viewOf(iv));
        decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
        return bufferOf(
          Buffer.concat([
            decipher.update(sealed.subarray(0, sealed.length - TAG)),
            decipher.final(),
          ]),
        );
      }),
    timingSafeEqual: (a: Bytes, b: Bytes): boolean => timingSafeEqual(viewOf(a), viewOf(b)),
  };
  /** A stream whose digest is there when it is closed: of the Workers runtime, not of WebCrypto. */
  class DigestStream extends WritableStream<Uint8Array> {
    readonly digest: Promise<ArrayBuffer>;

    constructor(algorithm: Named) {
      const hash = createHash(hashName(algorithm));
      const { promise, resolve } = Promise.withResolvers<ArrayBuffer>();
      super({
        write: (chunk) => void hash.update(chunk),
        close: () => resolve(later(() => bufferOf(hash.digest()))),
      });
      this.digest = promise;
    }
  }
  const getRandomValues = <T extends ArrayBufferView>(array: T): T => {
    const bytes = viewOf(array);
    for (let at = 0; at < bytes.length; at++) bytes[at] = random().int(256);
    return array;
  };
  const randomUUID = (): string =>
    Buffer.from(getRandomValues(new Uint8Array(16)))
      .toString('hex')
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
  return { subtle, getRandomValues, randomUUID, DigestStream };
}

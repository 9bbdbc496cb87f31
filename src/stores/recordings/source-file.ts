import { encodeHex, hexOfBase64 } from '../../crypto/encode-hex.ts';
import { AppError } from '../../errors.ts';
import { isRetryable, retryAfterOf } from '../../outbound/http.ts';

/** How long one request for a file may take, with its body, in milliseconds. */
const TIMEOUT = 120_000;

/** A file as its host serves it. */
export interface SourceFile {
  readonly host: string;
  /** Bytes, where the host states them. */
  readonly size: number | undefined;
  readonly type: string;
  /** The hash that the host states: `SHA-256 <hex>` or `MD5 <hex>`. */
  readonly digest: string | undefined;
  readonly body: ReadableStream<Uint8Array>;
}

/** What was read of a file: all of it. */
export interface Checked {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Returns the address of a file, if it is https and its host is one of `hosts` or below one. Plain
 * http is only for this machine, where the local Sinch runs.
 * @throws AppError `destination_refused`
 */
export function allowedAddress(url: string, hosts: readonly string[]): URL {
  const from = URL.canParse(url) ? new URL(url) : undefined;
  const local = from?.protocol === 'http:' && from.hostname === '127.0.0.1';
  const listed = hosts.some(
    (host) => from?.hostname === host || from?.hostname.endsWith(`.${host}`),
  );
  if (!from || !listed || !(from.protocol === 'https:' || local)) {
    throw new AppError(
      'destination_refused',
      `archive: ${from?.hostname ?? 'the address'} is not allowed: only https from ${hosts.join(', ')} (setting ARCHIVE_HOSTS)`,
    );
  }
  return from;
}

/**
 * Requests a file. The caller reads its body or cancels it.
 * @param now milliseconds since 1970
 * @throws AppError `destination_refused`, `destination_unavailable`
 */
export async function openSource(from: URL, now: number): Promise<SourceFile> {
  const host = from.hostname;
  const { status, headers, body } = await get(from);
  if (status === 200 && body) return { host, ...describe(headers), body };
  await body?.cancel();
  throw new AppError(
    isRetryable(status) ? 'destination_unavailable' : 'destination_refused',
    `archive: ${host} answered ${status}`,
    { retryAfter: retryAfterOf(headers, now) },
  );
}

async function get(from: URL): Promise<Response> {
  // Compressed on the way, the file would have another length and hash; a cache must not keep it.
  const headers = { 'accept-encoding': 'identity' };
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    return await fetch(from, { headers, redirect: 'manual', cache: 'no-store', signal });
  } catch {
    throw new AppError('destination_unavailable', `archive: ${from.hostname} did not answer`);
  }
}

/** Reads the headers that describe the file. Of a file that came compressed after all, its length and hash are another's. */
function describe(headers: Headers): Pick<SourceFile, 'size' | 'type' | 'digest'> {
  const plain = !headers.has('content-encoding');
  const length = headers.get('content-length');
  return {
    size: plain && length !== null && /^\d+$/.test(length) ? Number(length) : undefined,
    type: headers.get('content-type') ?? 'application/octet-stream',
    digest: plain ? digestIn(headers) : undefined,
  };
}

/** Reads `Repr-Digest`, its forerunner `Digest`, or `Content-MD5`. Sources: RFC 9530, RFC 3230, RFC 1864. */
function digestIn(headers: Headers): string | undefined {
  const modern = /\bsha-256=:([^:]+):/i.exec(headers.get('repr-digest') ?? '');
  const former = /\bsha-256=([^,;:\s]+)/i.exec(headers.get('digest') ?? '');
  const sha = hexOfBase64((modern ?? former)?.[1] ?? '');
  if (sha?.length === 64) return `SHA-256 ${sha}`;
  const md5 = hexOfBase64(headers.get('content-md5')?.trim() ?? '');
  return md5?.length === 32 ? `MD5 ${md5}` : undefined;
}

/**
 * Reads a file and returns what it was. Its last chunk is given out only when its length and hash
 * are those that the host stated, so that a wrong or incomplete file is never stored whole.
 * @param most the largest file, in bytes
 * @throws AppError `destination_refused` for a larger file; `destination_unavailable` for one that
 * breaks off, or that is not what the host states
 */
export async function* readChecked(
  { body, host, size, digest }: SourceFile,
  most: number,
): AsyncGenerator<Uint8Array, Checked> {
  const [algorithm, stated] = digest?.split(' ') ?? [];
  const sha256 = openHash('SHA-256');
  const md5 = algorithm === 'MD5' ? openHash('MD5') : undefined;
  const reader = body.getReader();
  try {
    let held: Uint8Array | undefined;
    let bytes = 0;
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new AppError('destination_unavailable', `archive: the file from ${host} broke off`);
      });
      if (done) break;
      bytes += value.byteLength;
      if (bytes > most)
        throw new AppError('destination_refused', `archive: more than ${most} bytes, the maximum`);
      await Promise.all([sha256.add(value), md5?.add(value)]);
      if (held) yield held;
      held = value;
    }
    if (size !== undefined && size !== bytes)
      throw new AppError(
        'destination_unavailable',
        `archive: the file from ${host} ended at ${bytes} bytes of ${size}`,
      );
    const hash = await sha256.end();
    const found = md5 ? await md5.end() : hash;
    if (stated !== undefined && stated !== found)
      throw new AppError(
        'destination_unavailable',
        `archive: the ${algorithm} of the file is not the one that ${host} states`,
      );
    if (held) yield held;
    return { bytes, sha256: hash };
  } finally {
    await reader.cancel().catch(() => {});
  }
}

interface Hash {
  readonly add: (chunk: Uint8Array) => Promise<void>;
  readonly end: () => Promise<string>;
}

function openHash(algorithm: 'SHA-256' | 'MD5'): Hash {
  const stream = new crypto.DigestStream(algorithm);
  const writer = stream.getWriter();
  return {
    add: (chunk) => writer.write(chunk),
    async end() {
      await writer.close();
      return encodeHex(await stream.digest);
    },
  };
}

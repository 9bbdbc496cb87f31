import { hexOfBase64 } from '../../crypto/encode-hex.ts';
import { AppError } from '../../errors.ts';
import { isRetryable, retryAfterOf } from '../../outbound/http.ts';

/** How long one try may ask and read, in milliseconds. The next one goes on where this one stopped. */
const TIMEOUT = 120_000;

/** A file as its host gives it, from byte `from` on. */
export interface SourceFile {
  readonly host: string;
  readonly from: number;
  /** Bytes of the whole file, where the host says it. */
  readonly size: number | undefined;
  readonly type: string;
  /** What `If-Range` can name: without it, a copy that breaks off starts anew. */
  readonly validator: string | undefined;
  /** What the host says the whole file hashes to: `SHA-256 <hex>` or `MD5 <hex>`. */
  readonly digest: string | undefined;
  readonly body: ReadableStream<Uint8Array>;
}

/** What an earlier try has got of the file. */
export interface Begun {
  readonly bytes: number;
  readonly size: number | undefined;
  readonly validator: string | undefined;
}

/** The address, if it is https and its host is listed (or below a listed one). Plain http is for this machine alone. @throws AppError `destination_refused` */
export function allowed(url: string, hosts: readonly string[]): URL {
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
 * Asks for a file; for the rest of it, if an earlier try got some and the host can prove that it is still the same file (RFC 9110 §13.1.5).
 * `undefined`: nothing is left to fetch. `from` 0 is the whole file, whatever was asked for.
 * @param now milliseconds since 1970
 * @throws AppError `destination_refused`, `destination_unavailable`
 */
export async function openSource(
  from: URL,
  begun: Begun | undefined,
  now: number,
): Promise<SourceFile | undefined> {
  const rest = begun?.validator !== undefined && begun.bytes > 0 ? begun : undefined;
  const response = await get(from, rest);
  const { status, headers, body } = response;
  const host = from.hostname;
  if (rest && (status === 206 || status === 416)) {
    const same = (validatorOf(headers, now) ?? rest.validator) === rest.validator;
    if (same && status === 206 && body && goesOn(headers, rest))
      return {
        host,
        from: rest.bytes,
        ...describe(headers, now),
        size: rangeOf(headers)?.size,
        body,
      };
    await body?.cancel();
    if (same && status === 416 && headers.get('content-range') === `bytes */${rest.bytes}`)
      return undefined;
    return openSource(from, undefined, now);
  }
  if (status !== 200 || !body) {
    await body?.cancel();
    throw new AppError(
      isRetryable(status) ? 'destination_unavailable' : 'destination_refused',
      `archive: ${host} answered ${status}`,
      { retryAfter: retryAfterOf(headers, now) },
    );
  }
  return { host, from: 0, ...describe(headers, now), body };
}

async function get(from: URL, rest: Begun | undefined): Promise<Response> {
  // Compressed on the way, the bytes of a range would be others; in a cache, a private recording has no place.
  const headers = new Headers({ 'accept-encoding': 'identity' });
  if (rest?.validator !== undefined) {
    headers.set('range', `bytes=${rest.bytes}-`);
    headers.set('if-range', rest.validator);
  }
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    return await fetch(from, { headers, redirect: 'manual', cache: 'no-store', signal });
  } catch {
    throw new AppError('destination_unavailable', `archive: ${from.hostname} did not answer`);
  }
}

/** What the headers say of the whole file. Of a file that came compressed after all, they tell another's length and validator. */
function describe(
  headers: Headers,
  now: number,
): Pick<SourceFile, 'size' | 'type' | 'validator' | 'digest'> {
  const plain = !headers.has('content-encoding');
  const length = headers.get('content-length');
  return {
    size: plain && length !== null && /^\d+$/.test(length) ? Number(length) : undefined,
    type: headers.get('content-type') ?? 'application/octet-stream',
    validator: plain ? validatorOf(headers, now) : undefined,
    digest: plain ? digestIn(headers) : undefined,
  };
}

/** A strong ETag; else Last-Modified, if the file had been left alone for a second (RFC 9110 §8.8.2.2). */
function validatorOf(headers: Headers, now: number): string | undefined {
  const etag = headers.get('etag');
  if (etag !== null) return etag.startsWith('"') ? etag : undefined;
  const modified = headers.get('last-modified');
  const answered = Date.parse(headers.get('date') ?? '') || now;
  return modified !== null && answered - Date.parse(modified) >= 1_000 ? modified : undefined;
}

/** `Repr-Digest`, its forerunner `Digest`, or `Content-MD5`. Sources: RFC 9530, RFC 3230, RFC 1864. */
function digestIn(headers: Headers): string | undefined {
  const modern = /\bsha-256=:([^:]+):/i.exec(headers.get('repr-digest') ?? '');
  const former = /\bsha-256=([^,;:\s]+)/i.exec(headers.get('digest') ?? '');
  const sha = hexOfBase64((modern ?? former)?.[1] ?? '');
  if (sha?.length === 64) return `SHA-256 ${sha}`;
  const md5 = hexOfBase64(headers.get('content-md5')?.trim() ?? '');
  return md5?.length === 32 ? `MD5 ${md5}` : undefined;
}

function rangeOf(headers: Headers): { readonly from: number; readonly size: number } | undefined {
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
  return from !== undefined && size !== undefined
    ? { from: Number(from), size: Number(size) }
    : undefined;
}

/** Whether an answer goes on where the earlier try stopped, of a file of the same size. */
function goesOn(headers: Headers, { bytes, size }: Begun): boolean {
  const range = rangeOf(headers);
  return (
    range !== undefined &&
    range.from === bytes &&
    (size ?? range.size) === range.size &&
    !headers.has('content-encoding')
  );
}

/**
 * Cuts a file into parts of exactly `bytes`; the last one is what is left, perhaps nothing. No more than one part is held.
 * @throws AppError `destination_unavailable` when it breaks off
 */
export async function* partsOf(
  { body, host }: SourceFile,
  bytes: number,
): AsyncGenerator<{ readonly part: Uint8Array<ArrayBuffer>; readonly last: boolean }> {
  const reader = body.getReader();
  const next = async () => {
    try {
      return await reader.read();
    } catch {
      throw new AppError('destination_unavailable', `archive: the file from ${host} broke off`);
    }
  };
  try {
    let part = new Uint8Array(bytes);
    let filled = 0;
    for (let chunk = await next(); !chunk.done; chunk = await next()) {
      for (let at = 0; at < chunk.value.byteLength; ) {
        const taken = chunk.value.subarray(at, at + bytes - filled);
        part.set(taken, filled);
        filled += taken.byteLength;
        at += taken.byteLength;
        if (filled < bytes) continue;
        yield { part, last: false };
        part = new Uint8Array(bytes);
        filled = 0;
      }
    }
    yield { part: part.subarray(0, filled), last: true };
  } finally {
    await reader.cancel().catch(() => {});
  }
}

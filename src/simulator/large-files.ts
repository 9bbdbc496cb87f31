import * as v from 'valibot';

const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(256 * 1_048_576));

/** The body of `PUT /files/<name>`: what that file is from now on, and how its host behaves. */
export const FileOrder = v.strictObject({
  bytes: Count,
  /** Another version has other bytes and another validator. */
  version: v.optional(Count, 1),
  /** Whether its host supports range requests. */
  ranges: v.optional(v.boolean(), true),
  /**
   * Whether its host supports `If-Range`; without it, a range is taken from the current version.
   */
  if_range: v.optional(v.boolean(), true),
  /** Whether the response has a content length. */
  length: v.optional(v.boolean(), true),
  validator: v.optional(v.picklist(['etag', 'weak', 'last-modified', 'none']), 'etag'),
  /** Headers that its host adds or overrides. */
  headers: v.optional(v.record(v.string(), v.string()), {}),
  /** After how many bytes each of the next answers breaks off; then none does. */
  breaks: v.optional(v.array(Count), []),
});
type FileOrder = v.InferOutput<typeof FileOrder>;

/** One request for such a file, and how it was answered. */
export interface FileAsked {
  readonly name: string;
  readonly range: string | null;
  readonly if_range: string | null;
  readonly status: number;
}

/** Files that were described to the simulator. */
export interface LargeFiles {
  readonly put: (name: string, order: FileOrder) => void;
  /** The response; `undefined` for an unknown file. */
  readonly answer: (name: string, headers: Headers) => Response | undefined;
  readonly asked: () => readonly FileAsked[];
}

const CHUNK = 65_536;

/**
 * Bytes `from` to `to` of a version: each depends on its place, so that none can be missing,
 * doubled or moved unseen.
 */
export function bytesOf(version: number, from: number, to: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(to - from);
  for (let at = from; at < to; at++)
    bytes[at - from] = at ^ (at >> 8) ^ (at >> 16) ^ (version * 37);
  return bytes;
}

/** Opens a host without files. */
export function openLargeFiles(): LargeFiles {
  const files = new Map<string, FileOrder & { waiting: number[] }>();
  const asked: FileAsked[] = [];
  return {
    put: (name, order) => void files.set(name, { ...order, waiting: [...order.breaks] }),
    asked: () => asked,
    answer(name, headers) {
      const file = files.get(name);
      if (!file) return undefined;
      const response = answerOf(
        file,
        headers.get('range'),
        headers.get('if-range'),
        file.waiting.shift(),
      );
      asked.push({
        name,
        range: headers.get('range'),
        if_range: headers.get('if-range'),
        status: response.status,
      });
      return response;
    },
  };
}

function answerOf(
  file: FileOrder,
  range: string | null,
  ifRange: string | null,
  most: number | undefined,
): Response {
  const { bytes, version, ranges, length } = file;
  const headers = new Headers({ 'content-type': 'audio/wav', ...validatorOf(file) });
  const [, first] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
  const same =
    !file.if_range || ifRange === null || ifRange === Object.values(validatorOf(file))[0];
  const from = first !== undefined && ranges && same ? Number(first) : undefined;
  if (from !== undefined && from >= bytes) {
    headers.set('content-range', `bytes */${bytes}`);
    return new Response(null, { status: 416, headers });
  }
  if (from !== undefined) headers.set('content-range', `bytes ${from}-${bytes - 1}/${bytes}`);
  if (length) headers.set('content-length', String(bytes - (from ?? 0)));
  for (const [name, value] of Object.entries(file.headers)) headers.set(name, value);
  let at = from ?? 0;
  const end = most === undefined ? bytes : Math.min(bytes, at + most);
  const body = new ReadableStream<Uint8Array>({
    pull(stream) {
      const to = Math.min(at + CHUNK, end);
      if (to > at) stream.enqueue(bytesOf(version, at, to));
      // Whatever still waits to be read would go down with an error: that has its own turn.
      else if (most === undefined) stream.close();
      else stream.error(new Error('the connection broke'));
      at = to;
    },
  });
  return new Response(body, { status: from === undefined ? 200 : 206, headers });
}

function validatorOf({ validator, version }: FileOrder): Record<string, string> {
  if (validator === 'none') return {};
  if (validator === 'last-modified')
    return { 'last-modified': new Date(Date.UTC(2026, 0, 1, 0, version)).toUTCString() };
  return { etag: `${validator === 'weak' ? 'W/' : ''}"v${version}"` };
}

import type { World } from '../world/scheduler.ts';
import { askService } from '../world/service.ts';

interface Stored {
  readonly bytes: Uint8Array;
  readonly uploaded: Date;
  readonly type: string | undefined;
  readonly about: Readonly<Record<string, string>> | undefined;
}

interface PutOptions {
  readonly httpMetadata?: { readonly contentType?: string };
  readonly customMetadata?: Readonly<Record<string, string>>;
  readonly onlyIf?: { readonly etagDoesNotMatch?: string };
}

interface ListOptions {
  readonly prefix?: string;
  readonly cursor?: string;
  readonly delimiter?: string;
  readonly include?: readonly string[];
}

interface GetOptions {
  readonly range?: { readonly offset: number; readonly length: number };
}

type Body = string | ArrayBuffer | ArrayBufferView;

/** An R2 bucket. */
export interface R2Store {
  readonly api: object;
  readonly objects: () => ReadonlyMap<string, Uint8Array>;
  /** Uploads that began and neither ended nor were given up. */
  readonly uploads: () => readonly string[];
}

const failed = (): Error => new Error('R2: internal error (10001)');
const PAGE = 1_000;

/** Opens an empty bucket. */
export function openR2(world: World): R2Store {
  const objects = new Map<string, Stored>();
  const uploads = new Map<
    string,
    { readonly key: string; readonly parts: Map<number, Uint8Array> }
  >();
  const service = { kind: 'r2', error: failed, mayHang: false } as const;
  const read: Read = (take) => askService(world, service, take);
  let started = 0;

  const put = (key: string, bytes: Uint8Array, options: PutOptions = {}): object => {
    const { httpMetadata, customMetadata: about } = options;
    const stored = {
      ...{ bytes, uploaded: new Date(world.now()) },
      ...{ type: httpMetadata?.contentType, about },
    };
    objects.set(key, stored);
    return headOf(key, stored);
  };

  const uploadOf = (key: string, uploadId: string): object => ({
    key,
    uploadId,
    uploadPart: async (number: number, value: Body | ReadableStream) => {
      const bytes = await bytesOf(value);
      return askService(world, service, () => {
        const upload = uploads.get(uploadId);
        if (!upload) throw new Error('R2: the specified multipart upload does not exist (10024)');
        upload.parts.set(number, bytes);
        return { partNumber: number, etag: `${uploadId}-${number}-${bytes.length}` };
      });
    },
    complete: (parts: readonly { readonly partNumber: number }[]) =>
      askService(world, service, () => {
        const upload = uploads.get(uploadId);
        if (!upload) throw new Error('R2: the specified multipart upload does not exist (10024)');
        uploads.delete(uploadId);
        return put(
          key,
          Buffer.concat(
            parts.map(({ partNumber }) => upload.parts.get(partNumber) ?? new Uint8Array()),
          ),
        );
      }),
    abort: () => askService(world, service, () => void uploads.delete(uploadId)),
  });

  return {
    objects: () => new Map([...objects].map(([key, { bytes }]) => [key, bytes])),
    uploads: () => [...uploads.values()].map(({ key }) => key),
    api: {
      put: async (key: string, value: Body | ReadableStream, options: PutOptions = {}) => {
        const bytes = await bytesOf(value);
        return askService(world, service, () =>
          options.onlyIf?.etagDoesNotMatch === '*' && objects.has(key)
            ? null
            : put(key, bytes, options),
        );
      },
      get: (key: string, { range }: GetOptions = {}) =>
        askService(world, service, () => {
          const stored = objects.get(key);
          return stored ? bodyOf(key, partOf(stored, range), read) : null;
        }),
      head: (key: string) =>
        askService(world, service, () => {
          const stored = objects.get(key);
          return stored ? headOf(key, stored) : null;
        }),
      delete: (keys: string | readonly string[]) =>
        askService(world, service, () => {
          for (const key of [keys].flat()) objects.delete(key);
        }),
      list: ({ prefix = '', cursor = '', delimiter, include = [] }: ListOptions = {}) =>
        askService(world, service, () => {
          const found = [...objects]
            .filter(([key]) => key.startsWith(prefix) && key > cursor)
            .sort(([a], [b]) => (a < b ? -1 : 1));
          const page = found.slice(0, PAGE);
          const folderOf = (key: string): string | undefined => {
            const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
            return end < 0 ? undefined : key.slice(0, end + 1);
          };
          return {
            objects: page
              .filter(([key]) => folderOf(key) === undefined)
              .map(([key, stored]) => ({
                ...headOf(key, stored),
                ...(include.includes('customMetadata')
                  ? { customMetadata: stored.about ?? {} }
                  : {}),
              })),
            delimitedPrefixes: [...new Set(page.flatMap(([key]) => folderOf(key) ?? []))],
            truncated: found.length > PAGE,
            cursor: page.at(-1)?.[0],
          };
        }),
      createMultipartUpload: (key: string) =>
        askService(world, service, () => {
          const id = `upload-${started++}`;
          uploads.set(id, { key, parts: new Map() });
          return uploadOf(key, id);
        }),
      resumeMultipartUpload: uploadOf,
    },
  };
}

async function bytesOf(value: Body | ReadableStream): Promise<Uint8Array> {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  return new Uint8Array(await new Response(value).arrayBuffer());
}

const partOf = (stored: Stored, range: GetOptions['range']): Stored =>
  range
    ? { ...stored, bytes: stored.bytes.subarray(range.offset, range.offset + range.length) }
    : stored;

const headOf = (key: string, { bytes, uploaded, type }: Stored): object => ({
  key,
  size: bytes.length,
  uploaded,
  etag: `${key}-${bytes.length}`,
  httpMetadata: { contentType: type },
});

type Read = <T>(take: () => T) => Promise<T>;

/** An object with its body, which arrives later than its head and may break off. */
const bodyOf = (key: string, stored: Stored, read: Read): object => ({
  ...headOf(key, stored),
  text: () => read(() => new TextDecoder().decode(stored.bytes)),
  json: () => read((): unknown => JSON.parse(new TextDecoder().decode(stored.bytes))),
  arrayBuffer: () => read(() => new Uint8Array(stored.bytes).buffer),
  get body() {
    return new Response(new Uint8Array(stored.bytes)).body;
  },
});

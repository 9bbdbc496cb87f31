import { LONGEST_TRY } from '../../actions/archive.ts';
import { encodeHex } from '../../crypto/encode-hex.ts';
import { AppError } from '../../errors.ts';
import type { Objects } from '../../objects/index.ts';
import type { Outcome } from '../../work/effect.ts';
import type { FileToArchive } from '../../work/services.ts';
import { notErased } from '../erasure/not-erased.ts';
import {
  allowedAddress,
  type Checked,
  openSource,
  readChecked,
  type SourceFile,
} from './source-file.ts';

/** The largest file that is copied: 100 MiB. */
const MAX_BYTES = 104_857_600;

/** The size of a part of a multipart upload: 5 MiB, the least that R2 takes, because a copy holds one in memory. */
const PART = 5 * 1_048_576;

/** How many files are copied at a time: a Worker has 128 MB of memory. */
const MAX_COPIES = 4;

/** Seconds until a file is tried again while `MAX_COPIES` others are copied. */
const RETRY_WHEN_BUSY = 15;

/** How many files are removed at once, the most that R2 takes, and how often in one run. */
const PORTION = { files: 1_000, rounds: 200 };

/** Copies of recordings and media in R2. */
export interface Archive {
  /**
   * Copies a file to R2 under a key, once. A copy that fails leaves no object; the queue repeats it.
   * @throws AppError `destination_refused`, `destination_unavailable`, `unavailable`
   */
  readonly keep: (file: FileToArchive) => Promise<Outcome>;
}

interface Stored extends Checked {
  readonly type: string;
}

const ERASED: Outcome = { skipped: 'the person’s data was erased meanwhile' };

/**
 * Opens the archive. `hosts`: the only hosts, with their subdomains, from which files are copied.
 *
 * @storage R2 recordings/, media/ | copies of recordings and media | `archive` | `GET
 *   /v1/recordings/{key}`, and you | `RECORDING_RETENTION` (400 days), or until erased
 */
export function openArchive(
  { DB, ARCHIVE }: Pick<Env, 'DB' | 'ARCHIVE'>,
  { personOf }: Pick<Objects['recipients'], 'personOf'>,
  hosts: readonly string[],
  now: () => number,
): Archive {
  const copies = new Set<{ readonly since: number }>();

  const keepOne = async ({ url, key, address, eventTime }: FileToArchive): Promise<Outcome> => {
    const person = address ? await personOf(address) : null;
    // The row comes before the object: pruning and erasure find every object by its row.
    const [, found] = await DB.batch<{ sha256: string | null }>([
      DB.prepare(
        `INSERT OR IGNORE INTO archived (key, at, person) SELECT ?1, ?2, ?3
         WHERE ${notErased('json_array(?3)', '?4')}`,
      ).bind(key, now(), person, eventTime),
      DB.prepare('SELECT sha256 FROM archived WHERE key = ?').bind(key),
    ]);
    const [row] = found?.results ?? [];
    if (!row) {
      // R2 may have taken the file of an earlier try after the erasure looked for it.
      await ARCHIVE.delete(key);
      return ERASED;
    }
    const object = await ARCHIVE.head(key);
    if (object && row.sha256 !== null)
      return { did: `already kept as ${key} (${object.size} bytes)` };
    const stored = object ? await readStored(object, ARCHIVE) : await copy(url, key);
    const { meta } = await DB.prepare(
      'UPDATE archived SET at = ?, bytes = ?, sha256 = ?, type = ? WHERE key = ?',
    )
      .bind(now(), stored.bytes, stored.sha256, stored.type, key)
      .run();
    if (meta.changes > 0) return { did: `kept as ${key} (${stored.bytes} bytes)` };
    // An erasure removed the row while the file was copied.
    await ARCHIVE.delete(key);
    return ERASED;
  };

  async function copy(url: string, key: string): Promise<Stored> {
    try {
      const source = await openSource(allowedAddress(url, hosts), now());
      return { ...(await store(source, key, ARCHIVE)), type: source.type };
    } catch (error) {
      // A file that is refused is not tried again, so its row would stand for nothing.
      if (error instanceof AppError && !error.retryable)
        await DB.prepare('DELETE FROM archived WHERE key = ? AND sha256 IS NULL').bind(key).run();
      throw error;
    }
  }

  return {
    async keep(file) {
      // A copy whose Worker was stopped never removes itself.
      for (const one of copies) if (one.since < now() - LONGEST_TRY) copies.delete(one);
      if (copies.size >= MAX_COPIES)
        return { later: RETRY_WHEN_BUSY, reason: 'other files are being copied' };
      const own = { since: now() };
      copies.add(own);
      try {
        return await keepOne(file);
      } finally {
        copies.delete(own);
      }
    },
  };
}

/** Streams a file to R2. Nothing is stored unless all of it arrived and its hash is right. */
async function store(source: SourceFile, key: string, bucket: R2Bucket): Promise<Checked> {
  const { size, type, host, body } = source;
  const refused =
    size !== undefined && size > MAX_BYTES
      ? `${size} bytes, at most ${MAX_BYTES} are copied`
      : /^(audio|video|image|application|text)\//.test(type)
        ? undefined
        : `${host} sent ${type}, which is no file`;
  if (refused) {
    await body.cancel().catch(() => {});
    throw new AppError('destination_refused', `archive: ${refused}`);
  }
  const chunks = readChecked(source, MAX_BYTES);
  const options = { httpMetadata: { contentType: type } };
  try {
    return await (size === undefined
      ? storeInParts(chunks, key, options, bucket)
      : storeWhole(chunks, size, key, options, bucket));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('unavailable', `archive: R2 did not take ${key}`, { cause });
  } finally {
    await chunks.return({ bytes: 0, sha256: '' });
  }
}

type Chunks = AsyncGenerator<Uint8Array, Checked>;

async function storeWhole(
  chunks: Chunks,
  size: number,
  key: string,
  options: R2PutOptions,
  bucket: R2Bucket,
): Promise<Checked> {
  const { readable, writable } = new FixedLengthStream(size);
  const writer = writable.getWriter();
  const stored = bucket.put(key, readable, options);
  // R2 may fail without reading on: then a write that waits for it must fail too.
  stored.catch((error: unknown) => writer.abort(error).catch(() => {}));
  try {
    for (;;) {
      const next = await chunks.next();
      if (next.done) {
        await Promise.all([writer.close(), stored]);
        return next.value;
      }
      await writer.write(next.value);
    }
  } catch (error) {
    await Promise.allSettled([writer.abort(error), stored]);
    throw error;
  }
}

/** R2 takes a stream only with its length. A file of unknown length goes there in parts, or whole if it fits into one. */
async function storeInParts(
  chunks: Chunks,
  key: string,
  options: R2PutOptions & R2MultipartOptions,
  bucket: R2Bucket,
): Promise<Checked> {
  let part = new Uint8Array(PART);
  let filled = 0;
  let upload: R2MultipartUpload | undefined;
  const parts: R2UploadedPart[] = [];
  const flush = async (): Promise<void> => {
    upload ??= await bucket.createMultipartUpload(key, options);
    parts.push(await upload.uploadPart(parts.length + 1, part.subarray(0, filled)));
    part = new Uint8Array(PART);
    filled = 0;
  };
  try {
    for (;;) {
      const next = await chunks.next();
      if (next.done) {
        if (!upload) await bucket.put(key, part.subarray(0, filled), options);
        else {
          if (filled > 0) await flush();
          await upload.complete(parts);
        }
        return next.value;
      }
      for (let rest = next.value; rest.byteLength > 0; ) {
        // A full part waits for the next byte, because an upload of one part is a put.
        if (filled === PART) await flush();
        const fits = rest.subarray(0, PART - filled);
        part.set(fits, filled);
        filled += fits.byteLength;
        rest = rest.subarray(fits.byteLength);
      }
    }
  } catch (error) {
    // R2 itself ends an upload that is a week old, should this fail.
    await upload?.abort().catch(() => {});
    throw error;
  }
}

/** Returns the hash and length of an object that was stored before its row was completed. */
async function readStored({ key }: R2Object, bucket: R2Bucket): Promise<Stored> {
  const object = await bucket.get(key);
  if (!object) throw new AppError('unavailable', `archive: ${key} is not in R2 any more`);
  const digest = new crypto.DigestStream('SHA-256');
  await object.body.pipeTo(digest);
  return {
    bytes: object.size,
    sha256: encodeHex(await digest.digest),
    type: object.httpMetadata?.contentType ?? '',
  };
}

/**
 * Removes recordings and media whose retention is over, and returns how many. A file goes before
 * its row, so that a run that fails finds it again the next night.
 * @param retention how long files are kept, and `now`: in milliseconds
 */
export async function pruneArchive(
  { DB, ARCHIVE }: Pick<Env, 'DB' | 'ARCHIVE'>,
  retention: number,
  now: number,
): Promise<number> {
  let removed = 0;
  for (let round = 0; round < PORTION.rounds; round++) {
    const { results } = await DB.prepare(
      'SELECT key FROM archived WHERE at < ? ORDER BY at LIMIT ?',
    )
      .bind(now - retention, PORTION.files)
      .all<{ key: string }>();
    const keys = results.map(({ key }) => key);
    if (keys.length === 0) break;
    await ARCHIVE.delete(keys);
    await DB.prepare(
      'DELETE FROM archived WHERE key IN (SELECT value FROM json_each(?)) AND at < ?',
    )
      .bind(JSON.stringify(keys), now - retention)
      .run();
    removed += keys.length;
  }
  return removed;
}

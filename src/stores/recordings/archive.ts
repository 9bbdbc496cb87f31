import { LONGEST_TRY } from '../../actions/archive.ts';
import { hexOf } from '../../crypto/encode-hex.ts';
import { AppError } from '../../errors.ts';
import type { Objects } from '../../objects/index.ts';
import type { Outcome } from '../../work/effect.ts';
import type { FileToKeep } from '../../work/services.ts';
import { abort, type Copies, type Copy, isLost, openCopies } from './multipart.ts';
import { allowed, openSource, partsOf, type SourceFile } from './source-file.ts';

/** The largest file that is copied: 100 MiB. */
const MOST_BYTES = 104_857_600;

/** A file goes to R2 in parts of 5 MiB, the least that R2 takes: a copy holds one, and loses no more when it breaks off. */
const PART = 5 * 1_048_576;

/** How many files are copied at a time: a Worker has 128 MB for everything. */
const MOST_AT_ONCE = 4;

/** Seconds until a file that found no room is tried again. */
const NO_ROOM = 15;

/** Copies of recordings and media in R2. */
export interface Archive {
  /**
   * Copies a file to R2 under a key, once. A copy that breaks off keeps its parts, and the next call goes on behind them.
   * @throws AppError `destination_refused`, `destination_unavailable`, `unavailable`
   */
  readonly keep: (file: FileToKeep) => Promise<Outcome>;
}

/** Opens the archive. `hosts`: the only hosts, with their subdomains, that files are fetched from. */
export function openArchive(
  env: Pick<Env, 'DB' | 'ARCHIVE'>,
  { personOf }: Pick<Objects['recipients'], 'personOf'>,
  hosts: readonly string[],
  now: () => number,
): Archive {
  const { DB, ARCHIVE } = env;
  const copies = openCopies(env);
  const into: Target = { bucket: ARCHIVE, copies, now };
  const underWay = new Set<{ readonly since: number }>();

  const keepOne = async ({ url, key, address, heardAt }: FileToKeep): Promise<Outcome> => {
    const person = address ? await personOf(address) : null;
    const [archived, erased] = await DB.batch([
      DB.prepare('SELECT 1 FROM archived WHERE key = ?').bind(key),
      DB.prepare('SELECT 1 FROM erased_people WHERE person = ? AND at >= ?').bind(person, heardAt),
    ]);
    if (erased?.results.length) return ERASED;
    const there = await ARCHIVE.head(key);
    if (there && archived?.results.length)
      return { did: `already kept as ${key} (${there.size} bytes)` };
    let begun = await copies.read(key);
    if (!there) {
      try {
        await copyTo(key, person, allowed(url, hosts), begun, into);
      } catch (error) {
        begun = await copies.read(key);
        // Nothing will go on from here.
        if (begun && error instanceof AppError && !error.retryable) await copies.abandon(begun);
        throw error;
      }
      begun = await copies.read(key);
    }
    const { size, type, sha256 } = await proven(key, begun, into);
    const [noted] = await DB.batch([
      DB.prepare(
        `INSERT OR REPLACE INTO archived (key, at, person, bytes, sha256, type) SELECT ?1, ?2, ?3, ?4, ?5, ?6
         WHERE NOT EXISTS (SELECT 1 FROM erased_people WHERE person = ?3 AND at >= ?7)`,
      ).bind(key, now(), person, size, sha256, type, heardAt),
      DB.prepare('DELETE FROM copying WHERE key = ?').bind(key),
    ]);
    if (noted?.meta.changes) return { did: `kept as ${key} (${size} bytes)` };
    await ARCHIVE.delete(key);
    return ERASED;
  };

  return {
    async keep(file) {
      // One that nobody lived to end has ended.
      for (const copy of underWay) if (copy.since < now() - LONGEST_TRY) underWay.delete(copy);
      if (underWay.size >= MOST_AT_ONCE)
        return { later: NO_ROOM, reason: 'other files are being copied' };
      const copy = { since: now() };
      underWay.add(copy);
      try {
        return await keepOne(file);
      } finally {
        underWay.delete(copy);
      }
    },
  };
}

const ERASED: Outcome = { skipped: 'the person’s data was erased meanwhile' };

/** Where copies go, and where it is noted how far they came. */
interface Target {
  readonly bucket: R2Bucket;
  readonly copies: Copies;
  readonly now: () => number;
}

/** Fetches what is left of a file and makes an object of it. */
async function copyTo(
  key: string,
  person: string | null,
  from: URL,
  begun: Copy | undefined,
  into: Target,
): Promise<void> {
  if (begun?.upload !== undefined && begun.size === begun.bytes) return complete(begun, into);
  const source = await openSource(from, begun, into.now());
  // Nothing is left: it broke off exactly at its end.
  if (!source) return begun && complete({ ...begun, size: begun.bytes }, into);
  try {
    refuseUnfit(source);
    if (begun && source.from > 0) return await store(source, { ...begun, size: source.size }, into);
    if (begun) await into.copies.abandon(begun);
    const { size, type, validator, digest } = source;
    const copy: Copy = {
      key,
      person,
      upload: undefined,
      parts: [],
      bytes: 0,
      size,
      type,
      validator,
      digest,
    };
    await into.copies.begin(copy, into.now());
    await store(source, copy, into);
  } finally {
    if (!source.body.locked) await source.body.cancel().catch(() => {});
  }
}

function refuseUnfit({ size, type, host }: SourceFile): void {
  if (size !== undefined && size > MOST_BYTES)
    throw new AppError(
      'destination_refused',
      `archive: ${size} bytes, at most ${MOST_BYTES} are copied`,
    );
  if (!/^(audio|video|image|application|text)\//.test(type))
    throw new AppError('destination_refused', `archive: ${host} sent ${type}, which is no file`);
}

/** Writes what comes: in one piece if that is all, else part by part, noting each. */
async function store(source: SourceFile, begun: Copy, into: Target): Promise<void> {
  const { bucket } = into;
  let copy = begun;
  for await (const { part, last } of partsOf(source, PART)) {
    const bytes = copy.bytes + part.byteLength;
    if (bytes > MOST_BYTES)
      throw new AppError(
        'destination_refused',
        `archive: more than the ${MOST_BYTES} bytes that are copied at most`,
      );
    if (last && copy.size !== undefined && copy.size !== bytes)
      throw new AppError(
        'destination_unavailable',
        `archive: the file from ${source.host} ended at ${bytes} bytes of ${copy.size}`,
      );
    const httpMetadata = { contentType: copy.type };
    if (last && copy.upload === undefined) {
      const sha256 = await crypto.subtle.digest('SHA-256', part);
      await inR2(copy, into, () => bucket.put(copy.key, part, { httpMetadata, sha256 }));
      return;
    }
    if (copy.upload === undefined) {
      const { uploadId } = await inR2(copy, into, () =>
        bucket.createMultipartUpload(copy.key, { httpMetadata }),
      );
      copy = { ...copy, upload: uploadId };
      // Before anything is in it: an upload that nobody knows of could never be ended.
      await note(copy, into);
    }
    const { key, upload = '', parts } = copy;
    const added =
      part.byteLength > 0 &&
      (await inR2(copy, into, () => uploadPart(key, upload, parts.length + 1, part)));
    copy = {
      ...copy,
      bytes,
      size: last ? bytes : copy.size,
      parts: added ? [...parts, added] : parts,
    };
    await note(copy, into);
  }
  await complete(copy, into);

  async function uploadPart(key: string, upload: string, n: number, part: Uint8Array) {
    const { partNumber, etag } = await bucket
      .resumeMultipartUpload(key, upload)
      .uploadPart(n, part);
    return { partNumber, etag };
  }
}

/** Notes how far a copy came. If somebody has ended or replaced it meanwhile, its upload ends too. */
async function note(copy: Copy, { bucket, copies, now }: Target): Promise<void> {
  if (await copies.note(copy, now())) return;
  await abort(copy.key, copy.upload ?? '', bucket);
  throw new AppError(
    'unavailable',
    `archive: the copy of ${copy.key} was ended, or begun anew, by somebody else`,
  );
}

async function complete(copy: Copy, into: Target): Promise<void> {
  const { key, upload = '', parts } = copy;
  await inR2(copy, into, async () => {
    try {
      await into.bucket.resumeMultipartUpload(key, upload).complete([...parts]);
    } catch (error) {
      // An earlier try may have come that far, and not have heard of it.
      if (!isLost(error) || !(await into.bucket.head(key))) throw error;
    }
  });
}

/** Asks R2; where it has lost the upload, that is forgotten, so that the next try starts anew. */
async function inR2<T>(copy: Copy, { copies }: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const lost = isLost(cause);
    if (lost) await copies.abandon(copy);
    throw new AppError(
      'unavailable',
      `archive: R2 ${lost ? 'lost the upload of' : 'did not take'} ${copy.key}`,
      {
        cause,
      },
    );
  }
}

/** Proves that R2 has the file as its host described it, and tells what it has. What does not fit is removed. */
async function proven(
  key: string,
  copy: Copy | undefined,
  { bucket, copies }: Target,
): Promise<{ size: number; type: string; sha256: string }> {
  const object = await bucket.head(key);
  if (!object) throw new AppError('unavailable', `archive: ${key} was not stored`);
  const sha256 = object.checksums.sha256 ?? (await digestOf(key, 'SHA-256', bucket));
  const [algorithm, stated] = copy?.digest?.split(' ') ?? [];
  const found =
    algorithm === 'MD5' ? (object.checksums.md5 ?? (await digestOf(key, 'MD5', bucket))) : sha256;
  const wrong = stated !== undefined && stated !== hexOf(found);
  if (wrong || (copy?.size !== undefined && copy.size !== object.size)) {
    await bucket.delete(key);
    if (copy) await copies.abandon(copy);
    throw new AppError(
      'destination_unavailable',
      `archive: what came is not what the host says it is (${wrong ? algorithm : 'length'})`,
    );
  }
  return { size: object.size, type: object.httpMetadata?.contentType ?? '', sha256: hexOf(sha256) };
}

/** R2 knows no hash of a file that came in parts: it is read once more, streaming. */
async function digestOf(
  key: string,
  algorithm: 'SHA-256' | 'MD5',
  bucket: R2Bucket,
): Promise<ArrayBuffer> {
  const object = await bucket.get(key);
  if (!object) throw new AppError('unavailable', `archive: ${key} was not stored`);
  const digest = new crypto.DigestStream(algorithm);
  await object.body.pipeTo(digest);
  return digest.digest;
}

import * as v from 'valibot';
import { messageOf } from '../../errors.ts';

const Text = v.pipe(
  v.nullable(v.string()),
  v.transform((text) => text ?? undefined),
);

const Parts = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ partNumber: v.number(), etag: v.string() })),
);

/** A copy that has begun, and how far it came: `bytes` of it are safe in R2. */
const Copy = v.object({
  key: v.string(),
  person: v.nullable(v.string()),
  /** R2's multipart upload, once there is a first part. */
  upload: Text,
  parts: Parts,
  bytes: v.number(),
  /** Bytes of the whole file, as the host said or as its end has shown. */
  size: v.pipe(
    v.nullable(v.number()),
    v.transform((size) => size ?? undefined),
  ),
  type: v.string(),
  /** By which the host can tell that it is still the same file. */
  validator: Text,
  digest: Text,
});
export type Copy = Readonly<v.InferOutput<typeof Copy>>;

/** The copies that have begun, in D1. */
export interface Copies {
  readonly read: (key: string) => Promise<Copy | undefined>;
  /** Begins a copy, in place of any earlier one of that key. Before R2 has anything: what is there can always be found again. */
  readonly begin: (copy: Copy, now: number) => Promise<void>;
  /** Notes how far it came. `false`: it was begun anew, or erased, by somebody else. */
  readonly note: (copy: Copy, now: number) => Promise<boolean>;
  /** Aborts what R2 has of it, and forgets it. */
  readonly abandon: (copy: Pick<Copy, 'key' | 'upload'>) => Promise<void>;
}

/** Opens the copies. */
export function openCopies({ DB, ARCHIVE }: Pick<Env, 'DB' | 'ARCHIVE'>): Copies {
  return {
    async read(key) {
      const row = await DB.prepare('SELECT * FROM copying WHERE key = ?').bind(key).first();
      return row ? v.parse(Copy, row) : undefined;
    },
    async begin({ key, person, size, type, validator, digest }, now) {
      await DB.prepare(
        'INSERT OR REPLACE INTO copying (key, at, person, size, type, validator, digest) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
        .bind(key, now, person, size ?? null, type, validator ?? null, digest ?? null)
        .run();
    },
    async note({ key, upload, parts, bytes, size }, now) {
      const { meta } = await DB.prepare(
        'UPDATE copying SET at = ?, upload = ?, parts = ?, bytes = ?, size = ? WHERE key = ? AND coalesce(upload, ?) = ?',
      )
        .bind(
          now,
          upload ?? null,
          JSON.stringify(parts),
          bytes,
          size ?? null,
          key,
          upload ?? null,
          upload ?? null,
        )
        .run();
      return meta.changes > 0;
    },
    async abandon({ key, upload }) {
      if (upload !== undefined) await abort(key, upload, ARCHIVE);
      await DB.prepare('DELETE FROM copying WHERE key = ? AND upload IS ?')
        .bind(key, upload ?? null)
        .run();
    },
  };
}

/** Ends an upload that will never be a file. One that R2 no longer knows has ended. */
export async function abort(key: string, upload: string, bucket: R2Bucket): Promise<void> {
  await bucket
    .resumeMultipartUpload(key, upload)
    .abort()
    .catch((error) => {
      if (!isLost(error)) throw error;
    });
}

/** R2 cannot go on with an upload: it knows it, or a part of it, no longer. It forgets what is a week old. Codes: Cloudflare's R2 error codes. */
export const isLost = (error: unknown): boolean =>
  /\((10011|10024|10025|10048)\)/.test(messageOf(error));

import * as v from 'valibot';
import type { DataKey } from '../data-key.ts';
import { ConsentRow, type RecordPlace } from '../entities/consent-record.ts';
import type { Entities } from '../entities/index.ts';
import { SHARDS } from '../entities/shards.ts';
import { AppError, messageOf } from '../errors.ts';

/** How many changes of consent one file of a backup holds. */
const PAGE = 2_000;

/** What a finished backup says of itself; a backup without it is not whole. `pages`: how many files each shard has. */
export const Manifest = v.object({
  date: v.string(),
  at: v.number(),
  rows: v.number(),
  files: v.number(),
  pages: v.array(v.number()),
});
export type Manifest = v.InferOutput<typeof Manifest>;

/** What came of restoring one shard. */
export interface Restored {
  /** Changes that the backup holds, as far as it could be read, and how many of them were missing and are back. */
  readonly rows: number;
  readonly missing: number;
  /** Files of the backup that are not there any more or cannot be read: what they held stays missing. */
  readonly lost: readonly { readonly file: string; readonly says: string }[];
}

/** Daily copies of the record of consent in R2: `consent/<date>/<shard>-<page>`, sealed, and a manifest when all are there. */
export interface ConsentBackups {
  /** Copies the whole record. `now` in milliseconds. */
  readonly make: (now: number) => Promise<Manifest>;
  /** Finished backups, newest first. */
  readonly list: () => Promise<readonly Manifest[]>;
  /** Puts one shard's part of a backup back, as much of it as can be read; what is there stays. @throws AppError `not_found` */
  readonly restore: (date: string, shard: number) => Promise<Restored>;
}

const Rows = v.pipe(v.string(), v.parseJson(), v.array(ConsentRow));

/** Opens the backups of consent. */
export function openConsentBackups(
  { ARCHIVE: bucket, DB }: Pick<Env, 'ARCHIVE' | 'DB'>,
  dataKey: DataKey,
  recipients: Entities['recipients'],
): ConsentBackups {
  const manifestOf = async (key: string): Promise<Manifest | undefined> => {
    const object = await bucket.get(key);
    return object ? v.parse(Manifest, await object.json()) : undefined;
  };

  async function copyShard(folder: string, shard: number): Promise<{ rows: number; files: number }> {
    let after: RecordPlace | undefined;
    for (let page = 0, total = 0; ; page++) {
      const rows = await recipients.record(shard, after, PAGE);
      if (rows.length > 0) await bucket.put(`${folder}/${shard}-${page}`, await dataKey.seal(JSON.stringify(rows)));
      total += rows.length;
      after = rows.at(-1);
      if (rows.length < PAGE) return { rows: total, files: rows.length > 0 ? page + 1 : page };
    }
  }

  return {
    async make(now) {
      const date = new Date(now).toISOString().slice(0, 10);
      let rows = 0;
      const pages: number[] = [];
      for (let shard = 0; shard < SHARDS; shard++) {
        const copied = await copyShard(`consent/${date}`, shard);
        rows += copied.rows;
        pages.push(copied.files);
      }
      const manifest = { date, at: now, rows, files: pages.reduce((sum, files) => sum + files, 0), pages };
      await bucket.put(`consent/${date}/manifest.json`, JSON.stringify(manifest));
      return manifest;
    },

    async list() {
      const found: Manifest[] = [];
      let cursor: string | undefined;
      do {
        const page = await bucket.list({ prefix: 'consent/', delimiter: '/', ...(cursor ? { cursor } : {}) });
        for (const folder of page.delimitedPrefixes) {
          const manifest = await manifestOf(`${folder}manifest.json`);
          if (manifest) found.push(manifest);
        }
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor);
      return found.toSorted((a, b) => b.at - a.at);
    },

    async restore(date, shard) {
      const manifest = await manifestOf(`consent/${date}/manifest.json`);
      if (!manifest) throw new AppError('not_found', `there is no whole backup of ${date}`);
      let rows = 0;
      let missing = 0;
      const lost: Restored['lost'][number][] = [];
      for (let page = 0; page < (manifest.pages[shard] ?? 0); page++) {
        const file = `consent/${date}/${shard}-${page}`;
        const sealed = await (await bucket.get(file))?.text();
        const part = sealed === undefined ? 'it is not there any more' : await opened(sealed);
        if (typeof part === 'string') {
          console.error({ event: 'consent.backup-lost', file, message: part });
          lost.push({ file, says: part });
          continue;
        }
        rows += part.length;
        missing += await recipients.restore(shard, await withoutErased(part));
      }
      return { rows, missing, lost };
    },
  };

  /** Whoever was erased since the backup comes back as a keyed hash only. */
  async function withoutErased(rows: readonly ConsentRow[]): Promise<readonly ConsentRow[]> {
    const erased = await DB.prepare(
      'SELECT person, at FROM erased_people WHERE person IN (SELECT value FROM json_each(?))',
    )
      .bind(JSON.stringify([...new Set(rows.map(({ person }) => person))]))
      .all<{ person: string; at: number }>();
    const when = new Map(erased.results.map(({ person, at }) => [person, at]));
    return rows.map((row) =>
      row.at <= (when.get(row.person) ?? Number.NEGATIVE_INFINITY)
        ? { ...row, channel: null, identity: null, app_id: null, words: null, evidence: null }
        : row,
    );
  }

  /** The changes of a file, or what keeps them from being read. */
  async function opened(sealed: string): Promise<ConsentRow[] | string> {
    try {
      const read = v.safeParse(Rows, await dataKey.unseal(sealed));
      return read.success ? read.output : 'it is not what a backup holds';
    } catch (error) {
      return messageOf(error);
    }
  }
}

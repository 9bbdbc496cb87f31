import * as v from 'valibot';
import type { DataKey } from '../../crypto/data-key.ts';
import { AppError, messageOf } from '../../errors.ts';
import type { Objects } from '../../objects/index.ts';
import { ConsentRow, type RecordPosition } from '../../objects/recipients/consent-record.ts';
import { SHARDS } from '../../objects/shards.ts';

/** How many changes of consent one file of a backup contains. */
const PAGE = 2_000;

const WEEK = 7 * 86_400_000;

/** The manifest of a complete backup. A backup without one is incomplete. `pages`: the number of files of each shard. */
export const Manifest = v.object({
  /** When it was started, `2026-11-20T03:17:00Z`. Unique. */
  name: v.string(),
  at: v.number(),
  rows: v.number(),
  files: v.number(),
  pages: v.array(v.number()),
  /** The largest backup of the last week, this one included. No change is ever removed, so a smaller backup shows a loss. */
  fullest: v.object({ name: v.string(), rows: v.number() }),
});
export type Manifest = v.InferOutput<typeof Manifest>;

/** The result of restoring one shard. */
export interface Restored {
  /** How many changes the readable files contain, and how many of them were missing and are restored. */
  readonly rows: number;
  readonly missing: number;
  /** Files that are missing or cannot be read: their changes are not restored. */
  readonly lost: readonly { readonly file: string; readonly message: string }[];
}

/** Daily copies of the record of consent in R2: encrypted files `consent/<name>/<shard>-<page>`, then a manifest. None replaces another. */
export interface ConsentBackups {
  /** Copies the whole record. `now` in milliseconds since 1970. */
  readonly make: (now: number) => Promise<Manifest>;
  /** Returns the complete backups, newest first. */
  readonly list: () => Promise<readonly Manifest[]>;
  /** Returns the newest complete backup. */
  readonly newest: () => Promise<Manifest | undefined>;
  /** Restores one shard's changes that are missing, as far as the files can be read. @throws AppError `not_found` */
  readonly restore: (name: string, shard: number) => Promise<Restored>;
}

/** The encrypted files of backups, for the rotation of keys: `consent/<name>/<shard>-<page>`. */
export const backupFiles = {
  prefix: 'consent/',
  isSealed: (key: string): boolean => /\/\d+-\d+$/.test(key),
};

/** Returns when the backup of a file began, in milliseconds since 1970. Its files may be rewritten later, under another key. */
export const backupTime = (key: string): number => Date.parse(key.split('/')[1] ?? '');

/** `2026-11-20T03:17:00Z` */
const nameOf = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

const Rows = v.pipe(v.string(), v.parseJson(), v.array(ConsentRow));

/**
 * Opens the backups of consent.
 *
 * @storage R2 consent/ | each backup of the whole consent record (encrypted) | the nightly run,
 *   `POST /v1/consent/backups` | `POST /v1/consent/restore` | 400 days
 */
export function openConsentBackups(
  { ARCHIVE: bucket, DB }: Pick<Env, 'ARCHIVE' | 'DB'>,
  dataKey: DataKey,
  recipients: Objects['recipients'],
): ConsentBackups {
  /** Returns undefined if the backup is incomplete, or its manifest cannot be read. */
  const manifestOf = async (folder: string): Promise<Manifest | undefined> => {
    const object = await bucket.get(`${folder}manifest.json`);
    const read =
      object && v.safeParse(v.pipe(v.string(), v.parseJson(), Manifest), await object.text());
    return read?.success ? read.output : undefined;
  };

  /** Returns `consent/<name>/` of every backup, complete or not, oldest first. */
  async function folders(): Promise<readonly string[]> {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await bucket.list({
        prefix: 'consent/',
        delimiter: '/',
        ...(cursor ? { cursor } : {}),
      });
      found.push(...page.delimitedPrefixes);
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor);
    return found.toSorted();
  }

  /** Returns the complete backups that were started since a time (milliseconds since 1970), newest first; if there is none, the newest. */
  async function since(from: number): Promise<readonly Manifest[]> {
    const found: Manifest[] = [];
    const first = `consent/${nameOf(from)}/`;
    for (const folder of (await folders()).toReversed()) {
      if (found.length > 0 && folder < first) break;
      const manifest = await manifestOf(folder);
      if (manifest) found.push(manifest);
    }
    return found;
  }

  /** Claims a unique name, also if two backups start in the same second. */
  async function claimName(now: number): Promise<string> {
    for (let second = Math.floor(now / 1_000); ; second++) {
      const name = nameOf(second * 1_000);
      const unless = { onlyIf: { etagDoesNotMatch: '*' } };
      if (await bucket.put(`consent/${name}/begun`, '', unless)) return name;
    }
  }

  async function copyShard(
    folder: string,
    shard: number,
  ): Promise<{ rows: number; files: number }> {
    let after: RecordPosition | undefined;
    for (let page = 0, total = 0; ; page++) {
      const rows = await recipients.readRecord(shard, after, PAGE);
      if (rows.length > 0)
        await bucket.put(`${folder}/${shard}-${page}`, await dataKey.encrypt(JSON.stringify(rows)));
      total += rows.length;
      after = rows.at(-1);
      if (rows.length < PAGE) return { rows: total, files: rows.length > 0 ? page + 1 : page };
    }
  }

  return {
    async make(now) {
      const before = (await since(now - WEEK)).toSorted((a, b) => b.rows - a.rows)[0];
      const name = await claimName(now);
      let rows = 0;
      const pages: number[] = [];
      for (let shard = 0; shard < SHARDS; shard++) {
        const copied = await copyShard(`consent/${name}`, shard);
        rows += copied.rows;
        pages.push(copied.files);
      }
      const files = pages.reduce((sum, some) => sum + some, 0);
      const fullest =
        before && before.rows > rows ? { name: before.name, rows: before.rows } : { name, rows };
      const manifest = { name, at: now, rows, files, pages, fullest };
      await bucket.put(`consent/${name}/manifest.json`, JSON.stringify(manifest));
      return manifest;
    },

    async list() {
      return since(0);
    },

    async newest() {
      return (await since(Date.parse('9999-12-31')))[0];
    },

    async restore(name, shard) {
      const manifest = await manifestOf(`consent/${name}/`);
      if (!manifest) throw new AppError('not_found', `there is no complete backup "${name}"`);
      let rows = 0;
      let missing = 0;
      const lost: Restored['lost'][number][] = [];
      for (let page = 0; page < (manifest.pages[shard] ?? 0); page++) {
        const file = `consent/${name}/${shard}-${page}`;
        const sealed = await (await bucket.get(file))?.text();
        const part = sealed === undefined ? 'the file is missing' : await opened(sealed);
        if (typeof part === 'string') {
          // @event backup.file-lost | A file of a backup is missing or cannot be read; the rest
          //   is restored.
          console.error({ event: 'backup.file-lost', file, message: part });
          lost.push({ file, message: part });
          continue;
        }
        rows += part.length;
        missing += await recipients.restore(shard, await withoutErased(part));
      }
      return { rows, missing, lost };
    },
  };

  /** People who were erased since the backup are restored as a keyed hash only. */
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

  /** Returns the changes in a file, or why it cannot be read. */
  async function opened(sealed: string): Promise<ConsentRow[] | string> {
    try {
      const read = v.safeParse(Rows, await dataKey.decrypt(sealed));
      return read.success ? read.output : 'the file does not contain changes of consent';
    } catch (error) {
      return messageOf(error);
    }
  }
}

import * as v from 'valibot';
import type { DataKey } from '../../crypto/data-key.ts';
import { messageOf } from '../../errors.ts';

/** A column of encrypted texts. `key`: the columns of the primary key. */
export interface SealedColumn {
  readonly table: string;
  readonly key: readonly [string, ...string[]];
  readonly column: string;
}

/** Encrypted records of one store that can be re-encrypted. */
export interface SealedStore {
  readonly name: string;
  /**
   * Re-encrypts records after a position, at most `limit`, that are not under the newest key. Returns how many, how many cannot be
   * decrypted, and the position after them; `next` is undefined at the end.
   */
  readonly reEncrypt: (
    dataKey: DataKey,
    after: string | undefined,
    limit: number,
  ) => Promise<ReEncrypted>;
}

/** The result of one step. */
export interface ReEncrypted {
  readonly done: number;
  readonly lost: number;
  readonly next: string | undefined;
}

const Values = v.array(v.union([v.string(), v.number()]));

/** Opens a column of a database. A record that changes meanwhile keeps its change. */
export function sealedColumn(db: D1Database, { table, key, column }: SealedColumn): SealedStore {
  const columns = key.join(', ');
  const places = key.map((_, index) => `?${index + 3}`).join(', ');
  return {
    name: table,
    async reEncrypt(dataKey, after, limit) {
      const position = after === undefined ? undefined : v.parse(Values, JSON.parse(after));
      const { results } = await db
        .prepare(
          `SELECT ${columns}, ${column} AS sealed FROM ${table}
           WHERE ${column} IS NOT NULL AND substr(${column}, 1, length(?1)) <> ?1
             ${position ? `AND (${columns}) > (${places})` : ''} ORDER BY ${columns} LIMIT ?2`,
        )
        .bind(`${dataKey.newest}.`, limit, ...(position ?? []))
        .all<Record<string, string>>();
      let lost = 0;
      const updates: D1PreparedStatement[] = [];
      for (const row of results) {
        const old = row.sealed ?? '';
        const text = await reEncryptText(dataKey, old, `${table} ${column}`);
        if (text === undefined) lost += 1;
        else
          updates.push(
            db
              .prepare(
                `UPDATE ${table} SET ${column} = ?1 WHERE ${column} = ?2 AND (${columns}) = (${places})`,
              )
              .bind(text, old, ...key.map((name) => row[name])),
          );
      }
      if (updates.length > 0) await db.batch(updates);
      const last = results.length < limit ? undefined : results.at(-1);
      const next = last && JSON.stringify(key.map((name) => last[name]));
      return { done: updates.length, lost, next };
    },
  };
}

/** Opens the encrypted files of a bucket under a prefix. `isSealed` returns by the key whether a file is one of them. */
export const sealedFiles = (
  bucket: R2Bucket,
  prefix: string,
  isSealed: (key: string) => boolean,
): SealedStore => ({
  name: `R2 ${prefix}`,
  async reEncrypt(dataKey, after, limit) {
    const keys = await keysAfter(bucket, prefix, after, limit);
    let [done, lost] = [0, 0];
    for (const key of keys.filter(isSealed)) {
      const file = await bucket.get(key);
      const old = await file?.text();
      if (!file || old === undefined || old.startsWith(`${dataKey.newest}.`)) continue;
      const text = await reEncryptText(dataKey, old, key);
      if (text === undefined) lost += 1;
      else {
        // A file that is pruned meanwhile stays away.
        await bucket.put(key, text, { onlyIf: { etagMatches: file.etag } });
        done += 1;
      }
    }
    return { done, lost, next: keys.length < limit ? undefined : keys.at(-1) };
  },
});

/** Returns the next keys under a prefix, in order. */
async function keysAfter(
  bucket: R2Bucket,
  prefix: string,
  after: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix, ...(cursor ? { cursor } : {}) });
    for (const { key } of page.objects)
      if (found.length < limit && (after === undefined || key > after)) found.push(key);
    cursor = page.truncated && found.length < limit ? page.cursor : undefined;
  } while (cursor);
  return found;
}

/** Returns the text under the newest key; undefined if no key decrypts it. A record that is lost must not keep the others. */
async function reEncryptText(
  dataKey: DataKey,
  old: string,
  where: string,
): Promise<string | undefined> {
  try {
    return (await dataKey.reEncrypt(old)) ?? old;
  } catch (error) {
    // @event keys.lost | An encrypted record is under a key that neither DATA_KEY nor DATA_KEYS has.
    //   Put the key back into DATA_KEYS.
    console.error({ event: 'keys.lost', where, message: messageOf(error) });
    return undefined;
  }
}

import type { DataKey } from '../crypto/data-key.ts';

/** Where the journal is stored, and the keys that it is read with. */
export interface JournalStore {
  readonly DB: D1Database;
  /** Has the entries of older pages. */
  readonly ARCHIVE: R2Bucket;
  readonly dataKey: DataKey;
}

/** Returns the journal of an environment. */
export const journalIn = (
  { JOURNAL_DB: DB, ARCHIVE }: Pick<Env, 'JOURNAL_DB' | 'ARCHIVE'>,
  dataKey: DataKey,
): JournalStore => ({ DB, ARCHIVE, dataKey });

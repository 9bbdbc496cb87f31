import type { DataKey } from '../crypto/data-key.ts';

/** Where the journal is stored, and the keys that it is read with. */
export interface JournalStore {
  readonly DB: D1Database;
  readonly dataKey: DataKey;
}

/** Returns the journal of an environment. */
export const journalIn = (
  { JOURNAL_DB: DB }: Pick<Env, 'JOURNAL_DB'>,
  dataKey: DataKey,
): JournalStore => ({ DB, dataKey });

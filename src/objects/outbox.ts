import { messageOf } from '../errors.ts';

/** KV accepts one write a second for each key, so changes within a second are written as one, in milliseconds. */
const COALESCE = 1_000;
/** The longest wait after a failed write, in milliseconds. */
const LONGEST_WAIT = 5 * 60_000;
/** How many writes run at the same time, and how many in one alarm: far below the limit of subrequests. */
const ABREAST = 10;
const MOST = 500;

/** The keys whose copy in KV is outdated, as rows in the object's own storage: neither a crash nor a failing KV loses one. */
export interface Outbox {
  /** Marks the copy of `key` as outdated. Call it in the same transaction as the change, then set the alarm to `next()`. */
  mark(key: string): void;
  /** Writes the copies that are due. A failed write is repeated with growing delays, without end. */
  flush(): Promise<void>;
  /** Returns when the next copy is due, in milliseconds since 1970. */
  next(): number | undefined;
}

/**
 * Opens the outbox in an object's storage.
 * @param publish writes the copy of one key from the current state, and returns when that copy
 * becomes outdated by itself, if ever
 */
export function openOutbox(
  sql: SqlStorage,
  publish: (key: string) => Promise<number | undefined>,
): Outbox {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, mark INTEGER NOT NULL, failures INTEGER NOT NULL, due INTEGER) WITHOUT ROWID',
  );
  // An import marks many at once, and each change asks what is due next.
  sql.exec('CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due)');

  async function publishOne({ key, mark, failures }: Due): Promise<void> {
    try {
      const stale = await publish(key);
      // If the state changed during the write, the mark has moved and the key is written again.
      sql.exec(
        'UPDATE outbox SET failures = 0, due = CASE WHEN mark = ? THEN ? ELSE ? END WHERE key = ?',
        mark,
        stale ?? null,
        Date.now() + COALESCE,
        key,
      );
      sql.exec('DELETE FROM outbox WHERE key = ? AND due IS NULL', key);
    } catch (error) {
      const due = Date.now() + Math.min(COALESCE * 2 ** (failures + 1), LONGEST_WAIT);
      sql.exec('UPDATE outbox SET failures = ?, due = ? WHERE key = ?', failures + 1, due, key);
      // @event copy.failed | A copy in KV could not be written; the object tries again, less and
      //   less often.
      console.error({ event: 'copy.failed', key, failures: failures + 1, error: messageOf(error) });
    }
  }

  return {
    mark(key) {
      const due = Date.now() + COALESCE;
      sql.exec(
        'INSERT INTO outbox VALUES (?, 1, 0, ?) ON CONFLICT (key) DO UPDATE SET mark = mark + 1, due = min(due, excluded.due)',
        key,
        due,
      );
    },
    async flush() {
      const due = sql
        .exec<Due>(
          'SELECT key, mark, failures FROM outbox WHERE due <= ? ORDER BY due LIMIT ?',
          Date.now(),
          MOST,
        )
        .toArray();
      for (let at = 0; at < due.length; at += ABREAST)
        await Promise.all(due.slice(at, at + ABREAST).map(publishOne));
    },
    next() {
      return (
        sql.exec<{ due: number | null }>('SELECT min(due) AS due FROM outbox').one().due ??
        undefined
      );
    },
  };
}

type Due = { key: string; mark: number; failures: number };

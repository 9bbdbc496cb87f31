import { messageOf } from '../errors.ts';

/** KV takes one write a second for a key: what changes within it goes out as one. */
const COALESCE = 1_000;
/** The longest wait after a failed write. */
const LONGEST_WAIT = 5 * 60_000;
/** Writes side by side, and in one alarm: far below what one invocation may ask for. */
const ABREAST = 10;
const MOST = 500;

/** The keys whose published copy is, or will be, behind the truth. Rows in the object's own storage: neither a crash nor a failing KV loses one. */
export interface Outbox {
  /** The copy of `key` is no longer right. Call it in the same breath as the change, then arm the alarm for `next()`. */
  mark(key: string): void;
  /** Writes what is due. A failed write waits and comes again, ever later, but never gives up. */
  flush(): Promise<void>;
  /** When the next copy is due, milliseconds since 1970. */
  next(): number | undefined;
}

/**
 * An outbox in an object's storage.
 * @param publish writes one key's copy as the truth is then, and says when that copy will go out of date by itself, if ever
 */
export function openOutbox(
  sql: SqlStorage,
  publish: (key: string) => Promise<number | undefined>,
): Outbox {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, mark INTEGER NOT NULL, failures INTEGER NOT NULL, due INTEGER) WITHOUT ROWID',
  );

  async function publishOne({ key, mark, failures }: Due): Promise<void> {
    try {
      const stale = await publish(key);
      // Changed while it was being written? Then the mark has moved, and the key comes again.
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

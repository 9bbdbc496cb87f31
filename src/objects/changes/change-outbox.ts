import { messageOf } from '../../errors.ts';
import type { Change } from './change.ts';

/** Changes within this time (ms) are passed on together. */
const COALESCE = 1_000;
/** The longest wait after a failed attempt, in milliseconds. */
const LONGEST_WAIT = 5 * 60_000;
/** How many changes one call passes on, and how many calls one alarm makes. */
const PORTION = 500;
const CALLS = 20;
/** The most changes that wait, but for erasures: 16 shards have no more than the feed keeps. How many leave together above it. */
export const MOST_WAITING = 300_000;
const LEAVING = 1_000;

/**
 * The changes of a shard that the feed does not have yet, as rows in the object's own storage. They are added in the transaction
 * of the change itself, so that none is missed, and passed on by the object's alarm, one call after the other, so that their order
 * stays.
 */
export interface ChangeOutbox {
  /** Adds a change. Call it in the transaction of the change, then set the alarm to `next()`. */
  add(change: Omit<Change, 'recordedAt' | 'place'>): void;
  /** Replaces what waits about a subject by the record of its erasure. */
  erase(subject: string): void;
  /**
   * Passes on what waits. A failed attempt is repeated with growing delays, without end. Above `MOST_WAITING` the oldest leave, and the
   * readers of the feed are told that they missed changes.
   */
  flush(): Promise<void>;
  /** Returns when to flush next, in milliseconds since 1970; undefined if nothing waits. */
  next(): number | undefined;
}

/** Opens the outbox in an object's storage. @param append adds changes to the feed, after others that are lost; a repeated change adds nothing */
export function openChangeOutbox(
  sql: SqlStorage,
  append: (changes: readonly Change[], isAfterLost: boolean) => Promise<void>,
  most: number = MOST_WAITING,
): ChangeOutbox {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS waiting_changes (place INTEGER PRIMARY KEY AUTOINCREMENT, recorded_at INTEGER NOT NULL, subject TEXT NOT NULL, change TEXT NOT NULL)',
  );
  // It has a row while the readers of the feed are not told of a loss.
  sql.exec('CREATE TABLE IF NOT EXISTS lost_changes (one INTEGER PRIMARY KEY)');
  let failures = 0;
  let failedAt = 0;

  function add(change: Omit<Change, 'recordedAt' | 'place'>): void {
    // A clock that is set back must not bring a change before an erasure that precedes it.
    const { place } = sql
      .exec<{ place: number }>(
        `INSERT INTO waiting_changes (recorded_at, subject, change)
         VALUES (max(?1, coalesce((SELECT recorded_at FROM waiting_changes ORDER BY place DESC LIMIT 1), 0)), ?2, ?3)
         RETURNING place`,
        Date.now(),
        change.subject,
        JSON.stringify(change),
      )
      .one();
    if (place % LEAVING === 0) dropOldest(place - most);
  }

  /** Removes the changes up to a place. An erasure stays: what it removes must not come back. */
  function dropOldest(place: number): void {
    const dropped = sql
      .exec(
        `DELETE FROM waiting_changes WHERE place <= ? AND json_extract(change, '$.kind') <> 'erased' RETURNING 1`,
        place,
      )
      .toArray().length;
    if (dropped === 0) return;
    sql.exec('INSERT OR IGNORE INTO lost_changes VALUES (1)');
    // @event changes.lost | The feed of changes could not be reached for so long that the oldest waiting
    //   changes left. Its readers are told that they missed some.
    console.error({ event: 'changes.lost', changes: dropped });
  }

  const isAfterLost = (): boolean => sql.exec('SELECT 1 FROM lost_changes').toArray().length > 0;

  const waiting = (): Row[] =>
    sql
      .exec<Row>(
        'SELECT place, recorded_at, change FROM waiting_changes ORDER BY place LIMIT ?',
        PORTION,
      )
      .toArray();

  return {
    add,
    erase(subject) {
      sql.exec('DELETE FROM waiting_changes WHERE subject = ?', subject);
      const at = Date.now();
      add({ id: `erased/${subject}/${at}`, kind: 'erased', at, subject, data: { subject } });
    },
    async flush() {
      const due = this.next();
      if (due === undefined || due > Date.now()) return;
      try {
        for (let call = 0; call < CALLS; call++) {
          const rows = waiting();
          const last = rows.at(-1);
          if (!last) break;
          const isLost = isAfterLost();
          await append(rows.map(changeOf), isLost);
          if (isLost) sql.exec('DELETE FROM lost_changes');
          // An erasure in the meantime replaced rows by later ones, which stay.
          sql.exec('DELETE FROM waiting_changes WHERE place <= ?', last.place);
        }
        failures = 0;
      } catch (error) {
        failures += 1;
        failedAt = Date.now();
        // @event changes.not-passed-on | Changes of consent, capability or contacts could not be added
        //   to the feed; the object tries again, less and less often. None is lost.
        console.error({ event: 'changes.not-passed-on', failures, message: messageOf(error) });
      }
    },
    next() {
      const [first] = sql
        .exec<{ at: number }>(
          'SELECT recorded_at AS at FROM waiting_changes ORDER BY place LIMIT 1',
        )
        .toArray();
      if (!first) return undefined;
      return failures === 0
        ? first.at + COALESCE
        : failedAt + Math.min(COALESCE * 2 ** failures, LONGEST_WAIT);
    },
  };
}

type Row = { place: number; recorded_at: number; change: string };

const changeOf = ({ place, recorded_at: recordedAt, change }: Row): Change => ({
  // The code above wrote it.
  ...(JSON.parse(change) as Omit<Change, 'recordedAt' | 'place'>),
  ...{ recordedAt, place },
});

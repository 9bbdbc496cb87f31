import { messageOf } from '../../errors.ts';
import type { ReachedNote } from '../recipients/deliveries.ts';

/** How many deliveries a row holds. */
const PORTION = 5_000;

/**
 * The deliveries that the objects of their recipients do not have yet, as rows in the object's own storage. They are added in the
 * transaction that counts the figures, so that none is missed; one that is passed on twice changes nothing.
 */
export interface ReachedOutbox {
  /** Adds deliveries. Call it in a transaction, and `flush` after it. */
  add(reached: readonly ReachedNote[]): void;
  /** Passes on what waits. Returns whether something still waits, because a call failed. */
  flush(): Promise<boolean>;
}

/** Opens the outbox in an object's storage. @param pass passes deliveries on to the objects of their recipients */
export function openReachedOutbox(
  sql: SqlStorage,
  pass: (reached: readonly ReachedNote[]) => Promise<void>,
): ReachedOutbox {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS waiting_deliveries (place INTEGER PRIMARY KEY, deliveries TEXT NOT NULL)',
  );
  return {
    add(reached) {
      for (let at = 0; at < reached.length; at += PORTION)
        sql.exec(
          'INSERT INTO waiting_deliveries (deliveries) VALUES (?)',
          JSON.stringify(reached.slice(at, at + PORTION)),
        );
    },
    async flush() {
      const waiting = sql
        .exec<{ place: number; deliveries: string }>(
          'SELECT place, deliveries FROM waiting_deliveries ORDER BY place',
        )
        .toArray();
      try {
        for (const { place, deliveries } of waiting) {
          // `add` wrote it.
          await pass(JSON.parse(deliveries) as ReachedNote[]);
          sql.exec('DELETE FROM waiting_deliveries WHERE place = ?', place);
        }
        return false;
      } catch (error) {
        // @event deliveries.not-passed-on | What reached people could not be stored with them; the
        //   object tries again. None is lost.
        console.error({ event: 'deliveries.not-passed-on', message: messageOf(error) });
        return true;
      }
    },
  };
}

import { openPeriods, PERIOD } from '../periods.ts';

/** Where a submitted message is stored: under the keyed hash of its person, until a time in milliseconds since 1970. */
export interface SubmittedPlace {
  readonly person: string;
  readonly until: number;
}

/** The submitted messages of a shard, encrypted. A table holds those that end within six hours. */
export interface SubmittedRows {
  add(id: string, place: SubmittedPlace, sealed: string): void;
  /** Replaces a message; one that was removed stays so. */
  replace(id: string, place: SubmittedPlace, sealed: string): void;
  read(id: string, place: SubmittedPlace): string | undefined;
  /** Removes the messages to these people and returns how many. */
  forget(people: readonly string[]): number;
  /** Removes what has ended at `now`, and returns when more does. */
  prune(now: number): number | undefined;
  reload(): void;
}

/** Opens the submitted messages in an object's storage. */
export function openSubmitted(sql: SqlStorage): SubmittedRows {
  const tables = openPeriods(
    sql,
    'submitted',
    'person TEXT NOT NULL, id TEXT NOT NULL, sealed TEXT NOT NULL, PRIMARY KEY (person, id)',
  );
  const tableOf = ({ until }: SubmittedPlace): string => `submitted_${periodOf(until)}`;
  const exists = (place: SubmittedPlace): boolean => tables.all().includes(tableOf(place));
  return {
    add(id, place, sealed) {
      sql.exec(
        `INSERT OR IGNORE INTO ${tables.table(periodOf(place.until))} VALUES (?, ?, ?)`,
        ...[place.person, id, sealed],
      );
    },
    replace(id, place, sealed) {
      if (!exists(place)) return;
      const text = `UPDATE ${tableOf(place)} SET sealed = ? WHERE person = ? AND id = ?`;
      sql.exec(text, sealed, place.person, id);
    },
    read(id, place) {
      if (!exists(place)) return undefined;
      const text = `SELECT sealed FROM ${tableOf(place)} WHERE person = ? AND id = ?`;
      return sql.exec<{ sealed: string }>(text, place.person, id).toArray()[0]?.sealed;
    },
    forget(people) {
      const those = JSON.stringify(people);
      return tables
        .all()
        .map((table) =>
          sql.exec(
            `DELETE FROM ${table} WHERE person IN (SELECT value FROM json_each(?)) RETURNING 1`,
            those,
          ),
        )
        .reduce((sum, gone) => sum + gone.toArray().length, 0);
    },
    prune(now) {
      tables.drop(Math.floor(now / PERIOD) + 1);
      const oldest = tables.oldest();
      return oldest === undefined ? undefined : oldest * PERIOD;
    },
    reload: tables.reload,
  };
}

/** The period at whose beginning a message that ends at `until` goes: at most six hours later. */
const periodOf = (until: number): number => Math.ceil(until / PERIOD);

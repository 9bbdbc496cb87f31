/** A firing that nobody acts upon is forgotten then, in milliseconds: by that time its message lies with the dead letters. */
export const GIVEN_UP = 2 * 86_400_000;

/** Which thresholds' windows keep a callback of somebody: the windows are named by what they count, not by whom it tells of. */
export interface Cases {
  /** `until`, in milliseconds: after that the window keeps it no longer. */
  note(person: string, tally: string, until: number): void;
  /** Names the windows, and forgets them. */
  take(person: string): readonly string[];
}

/** The cases in an object's storage, by the keyed hash of a person or of a contact. */
export function openCases(sql: SqlStorage): Cases {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS cases (
      person TEXT NOT NULL, tally TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (person, tally)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS cases_until ON cases (until);`);
  return {
    note(person, tally, until) {
      sql.exec('DELETE FROM cases WHERE until <= ?', Date.now());
      sql.exec(
        'INSERT INTO cases VALUES (?, ?, ?) ON CONFLICT (person, tally) DO UPDATE SET until = max(until, excluded.until)',
        ...[person, tally, until],
      );
    },
    take: (person) =>
      sql
        .exec<{ tally: string }>('DELETE FROM cases WHERE person = ? RETURNING tally', person)
        .toArray()
        .map(({ tally }) => tally),
  };
}

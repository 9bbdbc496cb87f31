import type { ErasedPeople } from './erased-people.ts';

/** How long an unfinished firing is kept, in milliseconds. By then its queue message is a dead letter. */
export const GIVEN_UP = 2 * 86_400_000;

/** A sample callback about a person in a threshold window. Times in milliseconds since 1970. */
export interface WindowSample {
  readonly person: string;
  readonly tally: string;
  /** The time of its event. */
  readonly at: number;
  /** When the window drops it. */
  readonly until: number;
}

/** Records which threshold windows hold a sample callback about a person, so that an erasure finds them: windows are named by rule and group, not by person. */
export interface WindowSamples {
  /** Returns false, and records nothing, if the person was erased since the event. */
  note(sample: WindowSample): boolean;
  /** Returns the windows and removes the records. */
  take(person: string): readonly string[];
}

/** Opens these records in an object's storage, by the keyed hash of a person or a contact. */
export function openWindowSamples(
  sql: SqlStorage,
  isErased: ErasedPeople['isErased'],
): WindowSamples {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS window_samples (
      person TEXT NOT NULL, tally TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (person, tally)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS window_samples_until ON window_samples (until);`);
  return {
    note({ person, tally, at, until }) {
      if (isErased(person, at)) return false;
      sql.exec('DELETE FROM window_samples WHERE until <= ?', Date.now());
      sql.exec(
        'INSERT INTO window_samples VALUES (?, ?, ?) ON CONFLICT (person, tally) DO UPDATE SET until = max(until, excluded.until)',
        ...[person, tally, until],
      );
      return true;
    },
    take: (person) =>
      sql
        .exec<{ tally: string }>(
          'DELETE FROM window_samples WHERE person = ? RETURNING tally',
          person,
        )
        .toArray()
        .map(({ tally }) => tally),
  };
}

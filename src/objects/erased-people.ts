/** Who was erased, by the keyed hashes of people and contacts, so that a record about an earlier event stores nothing of them. */
export interface ErasedPeople {
  /** Records that they were erased `at`, in milliseconds since 1970. */
  mark(people: readonly string[], at: number): void;
  /** Returns whether the person was erased at or after the time of an event, in milliseconds since 1970. */
  isErased(person: string, eventTime: number): boolean;
  /** Returns when those of these people who were erased were erased last, in milliseconds since 1970. */
  erasedAt(people: readonly string[]): ReadonlyMap<string, number>;
  /** Removes the records of erasures before `at`. */
  prune(at: number): void;
}

/** Opens these records in an object's storage. */
export function openErasedPeople(sql: SqlStorage): ErasedPeople {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS erased (person TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID',
  );
  return {
    mark(people, at) {
      sql.exec(
        `INSERT INTO erased SELECT value, ? FROM json_each(?) WHERE true
         ON CONFLICT (person) DO UPDATE SET at = max(at, excluded.at)`,
        at,
        JSON.stringify(people),
      );
    },
    isErased: (person, eventTime) =>
      sql.exec('SELECT 1 FROM erased WHERE person = ? AND at >= ?', person, eventTime).toArray()
        .length > 0,
    erasedAt: (people) =>
      new Map(
        sql
          .exec<{ person: string; at: number }>(
            'SELECT person, at FROM erased WHERE person IN (SELECT value FROM json_each(?))',
            JSON.stringify(people),
          )
          .toArray()
          .map(({ person, at }) => [person, at]),
      ),
    prune: (at) => void sql.exec('DELETE FROM erased WHERE at < ?', at),
  };
}

/** After so many failures in a row a destination is paused; the pause doubles with each further failure, in milliseconds. */
export const FAILURES = 5;
const FIRST_PAUSE = 5 * 60_000;
/** How long the one attempt at the end of a pause may take before another is permitted, in milliseconds. */
const TRIAL = 60_000;
const MAX_PAUSE = 3_600_000;
/** How long a body is refused before it leaves its line, and how long that is remembered, in milliseconds. */
const REFUSED_FOR = 3_600_000;
const REFUSALS_KEPT = 4 * 86_400_000;

/** The recent failures of a destination. */
export interface Circuit {
  readonly to: string;
  readonly failures: number;
  readonly since: number;
  /** It is paused until then; after that one attempt is permitted. 0: it is not paused. */
  readonly openUntil: number;
  readonly message: string;
}

/** The failures of destinations, and the forwards that a destination refuses. Part of the state of `AlertDesk`. */
export class Circuits {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS circuits (name TEXT PRIMARY KEY, failures INTEGER NOT NULL, since INTEGER NOT NULL, open_until INTEGER NOT NULL, message TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS accepted (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS refused (key TEXT PRIMARY KEY, name TEXT NOT NULL, since INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS refused_last ON refused (last);`);
  }

  /** Returns the destinations that failed at least so many times in a row. */
  list(least: number): readonly Circuit[] {
    return this.#sql
      .exec<{ [K in keyof Circuit]: Circuit[K] }>(
        'SELECT name AS "to", failures, since, open_until AS openUntil, message FROM circuits WHERE failures >= ?',
        least,
      )
      .toArray();
  }

  /** Returns until when a destination is paused. `undefined`: the caller may try now, and no other caller for a minute. */
  blockedUntil(to: string, now: number): number | undefined {
    const [row] = this.#sql.exec<{ open_until: number }>(
      'SELECT open_until FROM circuits WHERE name = ? AND failures >= ? AND open_until > 0',
      to,
      FAILURES,
    );
    if (!row) return undefined;
    if (row.open_until > now) return row.open_until;
    this.#sql.exec('UPDATE circuits SET open_until = ? WHERE name = ?', now + TRIAL, to);
    return undefined;
  }

  /** Returns whether a destination failed the last time. */
  isFailing(to: string): boolean {
    return this.#sql.exec('SELECT 1 FROM circuits WHERE name = ?', to).toArray().length > 0;
  }

  /** Stores a success: the destination is not paused. */
  close(to: string): void {
    this.#sql.exec('DELETE FROM circuits WHERE name = ?', to);
  }

  /**
   * Stores a failure and returns whether it is the fifth in a row, which is worth one alert. A destination that fails so often is
   * paused, unless it `answers`: then only single bodies may be at fault.
   */
  fail(to: string, message: string, now: number, answers = false): boolean {
    const [before] = this.#sql.exec<{ failures: number; since: number; open_until: number }>(
      'SELECT failures, since, open_until FROM circuits WHERE name = ?',
      to,
    );
    // An attempt that began before the pause says nothing new: of many at once, each would double the pause.
    if (before && before.open_until > now + TRIAL) return false;
    const failures = (before?.failures ?? 0) + 1;
    const pause =
      answers || failures < FAILURES
        ? 0
        : Math.min(FIRST_PAUSE * 2 ** (failures - FAILURES), MAX_PAUSE);
    this.#sql.exec(
      'INSERT OR REPLACE INTO circuits VALUES (?, ?, ?, ?, ?)',
      ...[to, failures, before?.since ?? now, pause === 0 ? 0 : now + pause, message],
    );
    return failures === FAILURES;
  }

  /** Stores that a destination accepted a forward. */
  accept(to: string, now: number): void {
    this.close(to);
    this.#sql.exec(
      'INSERT INTO accepted VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET at = max(at, ?2)',
      to,
      now,
    );
  }

  /**
   * Stores that a destination refused a forward, and returns whether it alone is at fault: it has been refused for an hour, the
   * destination accepted another one in that time, and since then has refused fewer than five others.
   */
  refuse(to: string, key: string, now: number): boolean {
    this.#sql.exec('DELETE FROM refused WHERE last < ?', now - REFUSALS_KEPT);
    const { since } = this.#sql
      .exec<{ since: number }>(
        'INSERT INTO refused VALUES (?1, ?2, ?3, ?3) ON CONFLICT (key) DO UPDATE SET last = ?3 RETURNING since',
        ...[key, to, now],
      )
      .one();
    const [accepted] = this.#sql.exec<{ at: number }>(
      'SELECT at FROM accepted WHERE name = ? AND at > ?',
      to,
      since,
    );
    if (now - since < REFUSED_FOR || !accepted) return false;
    const { others } = this.#sql
      .exec<{ others: number }>(
        'SELECT count(*) AS others FROM refused WHERE name = ? AND key <> ? AND last > ?',
        ...[to, key, accepted.at],
      )
      .one();
    return others < FAILURES;
  }
}

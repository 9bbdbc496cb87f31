/** How long the span of one table is, in milliseconds. */
export const PERIOD = 6 * 3_600_000;

/**
 * Tables of a span of time each. What is old goes with its table, so that removing it neither reads nor writes its rows. A row is
 * looked up in all tables; what changes is written to the newest, and hides the older row.
 */
export interface Periods {
  /** Returns the table of a period, and creates it if it is missing. */
  table(period: number): string;
  /** Returns the tables, the newest first. */
  all(): readonly string[];
  /** Returns the periods that have a table, the newest first. */
  periods(): readonly number[];
  /** Returns the newest and the oldest of them. */
  newest(): number | undefined;
  oldest(): number | undefined;
  /** Drops the tables of the periods before this one. */
  drop(before: number): void;
  /** Reads again which tables there are, after a transaction that was rolled back. */
  reload(): void;
}

/**
 * Opens the tables of a name in an object's storage.
 * @param columns the columns and the key of each table
 */
export function openPeriods(sql: SqlStorage, name: string, columns: string): Periods {
  const stored = (): number[] =>
    sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ?",
        `${name}_[0-9]*`,
      )
      .toArray()
      .map((row) => Number(row.name.slice(name.length + 1)))
      .sort((a, b) => b - a);
  const nameOf = (period: number): string => `${name}_${period}`;
  let periods = stored();
  return {
    table(period) {
      if (!periods.includes(period)) {
        sql.exec(`CREATE TABLE ${nameOf(period)} (${columns}) WITHOUT ROWID`);
        periods = [...periods, period].sort((a, b) => b - a);
      }
      return nameOf(period);
    },
    all: () => periods.map(nameOf),
    periods: () => periods,
    newest: () => periods[0],
    oldest: () => periods.at(-1),
    drop(before) {
      for (const period of periods) if (period < before) sql.exec(`DROP TABLE ${nameOf(period)}`);
      periods = periods.filter((period) => period >= before);
    },
    reload() {
      periods = stored();
    },
  };
}

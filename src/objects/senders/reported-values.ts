/** A value that the channel reported of a sender. `previous` only if the report states it. Times are milliseconds since 1970. */
export interface ReportedValue {
  readonly value: string;
  readonly previous?: string | undefined;
  readonly at: number;
  readonly callbackId: string;
}

/** The value before it, if one is known. */
export interface ValueBefore {
  readonly previous?: string;
}

/** The reported values of a sender, of one kind: all are kept, the newest by event time counts. */
export interface ReportedValues {
  /** Stores a value and returns the one before it. A repeated callback gets its first answer. */
  note(reported: ReportedValue): ValueBefore;
  /** Returns what `note` would return, and stores nothing. */
  before(reported: ReportedValue): ValueBefore;
  /** Returns the value, and since when it has been the same without a break. */
  current(): { readonly value: string; readonly since: number } | undefined;
  all(): readonly ReportedValue[];
}

type Row = { callback_id: string; at: number; value: string; previous: string | null };

/** Opens the values of one kind in an object's storage. */
export function openReportedValues(
  sql: SqlStorage,
  table: 'ratings' | 'messaging_limits',
): ReportedValues {
  sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (
    callback_id TEXT PRIMARY KEY, at INTEGER NOT NULL, value TEXT NOT NULL, previous TEXT) WITHOUT ROWID`);

  /** Newest first. At the same time the callback ids decide, so that the order of arrival does not. */
  const newest = () =>
    sql.exec<Row>(`SELECT * FROM ${table} ORDER BY at DESC, callback_id DESC`).toArray();
  const before: ReportedValues['before'] = ({ previous, at, callbackId }) => {
    const [first] = sql.exec<Row>(`SELECT * FROM ${table} WHERE callback_id = ?`, callbackId);
    const found = first ? first.previous : (previous ?? newest().find((row) => row.at < at)?.value);
    return found ? { previous: found } : {};
  };

  return {
    before,
    note(reported) {
      const answer = before(reported);
      const { callbackId, at, value } = reported;
      sql.exec(
        `INSERT OR IGNORE INTO ${table} VALUES (?, ?, ?, ?)`,
        callbackId,
        at,
        value,
        answer.previous ?? null,
      );
      return answer;
    },
    current() {
      const [now, ...earlier] = newest();
      if (!now) return undefined;
      const changed = earlier.findIndex(({ value }) => value !== now.value);
      const first = (changed === -1 ? earlier : earlier.slice(0, changed)).at(-1) ?? now;
      return { value: now.value, since: first.at };
    },
    all: () =>
      newest().map(({ callback_id, at, value, previous }) => ({
        callbackId: callback_id,
        at,
        value,
        ...(previous !== null && { previous }),
      })),
  };
}

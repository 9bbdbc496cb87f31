const DAY = 86_400_000;
/** How long what Sinch reported of a batch is kept, in milliseconds. */
const BATCH_RETENTION = 400 * DAY;

/** Counts of a batch, as a callback reported them or as Signalbox counted them. */
export interface BatchCounts {
  readonly total?: number | undefined;
  readonly successful?: number | undefined;
  readonly failed?: number | undefined;
}

/** What Signalbox knows of a batch where its callback does not say it: its counts, and why its messages failed. */
export interface OwnBatchCounts extends BatchCounts {
  readonly reasons?: readonly string[] | undefined;
}

/** What a callback reported of a batch. `at` is milliseconds since 1970. */
export interface BatchNote {
  readonly batchId: string;
  readonly appId: string;
  readonly status: string;
  readonly at: number;
  readonly callbackId: string;
  /** The counts of the callback. */
  readonly reported: BatchCounts;
  /** The counts and reasons of Signalbox at that time, where the callback has none. */
  readonly counted?: OwnBatchCounts | undefined;
  readonly reasons?: readonly string[] | undefined;
}

/** What callbacks reported of batches, once for each callback. */
export interface BatchStates {
  /** Stores a report, and returns the counts of Signalbox that were stored with it first. */
  note(note: BatchNote): OwnBatchCounts | undefined;
  /** Returns what is stored of a callback. */
  find(callbackId: string): BatchNote | undefined;
  /** Returns the reports of a batch, oldest first. */
  of(batchId: string): readonly BatchNote[];
  /** Returns the batches with a report in a span of time, the newest report first. */
  batches(since: number, until: number, limit: number): readonly string[];
}

/** Opens the reports in an object's storage. */
export function openBatchStates(sql: SqlStorage): BatchStates {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS batch_reports (
      callback_id TEXT PRIMARY KEY, batch_id TEXT NOT NULL, at INTEGER NOT NULL, report TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS batch_reports_batch ON batch_reports (batch_id);
    CREATE INDEX IF NOT EXISTS batch_reports_at ON batch_reports (at);`);
  // The code below wrote it.
  const parse = ({ report }: { report: string }): BatchNote => JSON.parse(report) as BatchNote;
  const find = (callbackId: string): BatchNote | undefined =>
    sql
      .exec<{ report: string }>(
        'SELECT report FROM batch_reports WHERE callback_id = ?',
        callbackId,
      )
      .toArray()
      .map(parse)[0];
  return {
    find,
    note(note) {
      const first = find(note.callbackId);
      if (first) return first.counted;
      sql.exec('DELETE FROM batch_reports WHERE at < ?', note.at - BATCH_RETENTION);
      sql.exec(
        'INSERT INTO batch_reports VALUES (?, ?, ?, ?)',
        ...[note.callbackId, note.batchId, note.at, JSON.stringify(note)],
      );
      return note.counted;
    },
    of: (batchId) =>
      sql
        .exec<{ report: string }>(
          'SELECT report FROM batch_reports WHERE batch_id = ? ORDER BY at, callback_id',
          batchId,
        )
        .toArray()
        .map(parse),
    batches: (since, until, limit) =>
      sql
        .exec<{ id: string }>(
          `SELECT batch_id AS id FROM batch_reports WHERE at >= ? AND at < ?
           GROUP BY batch_id ORDER BY max(at) DESC LIMIT ?`,
          ...[since, until, limit],
        )
        .toArray()
        .map(({ id }) => id),
  };
}

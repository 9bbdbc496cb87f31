import {
  deliverySecondsOf,
  type MessageStatus,
  type Origin,
  type StatusNote,
  type Submission,
} from './lineage.ts';

const DAY = 86_400_000;
/** How long a lineage is kept after its newest event, in milliseconds. */
const LINEAGE_RETENTION = 7 * DAY;

/** The root messages of a shard with their reports, and the roots of resent messages. */
export interface LineageRows {
  /** Returns the root of a resent message; undefined for a root. */
  alias(messageId: string): Origin | undefined;
  /** Records the root of a resent message, once. */
  addAlias(messageId: string, to: Origin): void;
  submission(root: string): Submission | undefined;
  batchOf(root: string): string | undefined;
  /** Returns the reports of a root and its resent messages, oldest first. */
  statuses(root: string): MessageStatus[];
  /** Stores when a message was submitted; the earliest time stays. */
  addSubmission(root: string, submission: Submission, batchId?: string): void;
  /** Stores a report, once for each callback. */
  addStatus(root: string, note: StatusNote): void;
  /** Returns the seconds to the delivery as they were known when a report was stored. */
  secondsOf(root: string, callbackId: string): number | undefined;
  /** Extends the retention of a lineage, at most once a day: each extension costs two writes. */
  extend(root: string, at: number, batchId?: string): void;
  /** Returns the roots of a batch that failed and were neither delivered nor read. */
  failedOf(batchId: string, limit: number): readonly string[];
  /** Removes the reports of a root. */
  forget(root: string): void;
}

/** Opens the lineages in an object's storage. */
export function openLineages(sql: SqlStorage): LineageRows {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS aliases (id TEXT PRIMARY KEY, root TEXT NOT NULL, attempt INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS aliases_until ON aliases (until);
    CREATE TABLE IF NOT EXISTS lineages (
      id TEXT PRIMARY KEY, until INTEGER NOT NULL, submitted_at INTEGER, app_id TEXT, channel TEXT, batch_id TEXT) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS lineages_until ON lineages (until);
    CREATE INDEX IF NOT EXISTS lineages_batch ON lineages (batch_id) WHERE batch_id IS NOT NULL;
    CREATE TABLE IF NOT EXISTS statuses (
      root TEXT NOT NULL, callback_id TEXT NOT NULL, message_id TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL,
      reason_code TEXT, app_id TEXT, channel TEXT, seconds REAL,
      PRIMARY KEY (root, callback_id)) WITHOUT ROWID;`);

  const rowOf = (root: string): LineageRow | undefined =>
    sql
      .exec<LineageRow>(
        'SELECT submitted_at, app_id, channel, batch_id FROM lineages WHERE id = ?',
        root,
      )
      .toArray()[0];
  const submission = (root: string): Submission | undefined => {
    const { submitted_at: at = null, app_id, channel } = rowOf(root) ?? {};
    return at === null ? undefined : { at, appId: app_id ?? '', channel: channel ?? '' };
  };
  const statuses = (root: string): MessageStatus[] =>
    sql
      .exec<StatusRow>('SELECT * FROM statuses WHERE root = ? ORDER BY at, callback_id', root)
      .toArray()
      .map(statusOf);
  const extend = (root: string, at: number, batchId?: string): void =>
    void sql.exec(
      `INSERT INTO lineages (id, until, batch_id) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET until = max(until, excluded.until), batch_id = coalesce(batch_id, excluded.batch_id)
       WHERE excluded.until > until + ${DAY} OR (batch_id IS NULL AND excluded.batch_id IS NOT NULL)`,
      ...[root, at + LINEAGE_RETENTION, batchId ?? null],
    );

  return {
    submission,
    statuses,
    extend,
    alias: (messageId) =>
      sql
        .exec<{ root: string; attempt: number }>(
          'SELECT root, attempt FROM aliases WHERE id = ?',
          messageId,
        )
        .toArray()[0],
    addAlias: (messageId, { root, attempt }) =>
      void sql.exec(
        'INSERT OR IGNORE INTO aliases VALUES (?, ?, ?, ?)',
        ...[messageId, root, attempt, Date.now() + LINEAGE_RETENTION],
      ),
    batchOf: (root) => rowOf(root)?.batch_id ?? undefined,
    addSubmission(root, { at, appId, channel }, batchId) {
      extend(root, at, batchId);
      sql.exec(
        `UPDATE lineages SET submitted_at = ?2, app_id = ?3, channel = ?4
         WHERE id = ?1 AND (submitted_at IS NULL OR submitted_at > ?2)`,
        ...[root, at, appId, channel],
      );
    },
    addStatus(root, note) {
      const { callbackId, messageId, status, at, reasonCode, appId, channel, batchId } = note;
      const seconds = deliverySecondsOf(note, submission(root), statuses(root));
      sql.exec(
        'INSERT OR IGNORE INTO statuses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[root, callbackId, messageId, status, at, reasonCode ?? null],
        ...[appId ?? null, channel ?? null, seconds ?? null],
      );
      extend(root, at, batchId);
    },
    secondsOf: (root, callbackId) =>
      sql
        .exec<{ seconds: number | null }>(
          'SELECT seconds FROM statuses WHERE root = ? AND callback_id = ?',
          root,
          callbackId,
        )
        .toArray()[0]?.seconds ?? undefined,
    failedOf: (batchId, limit) =>
      sql
        .exec<{ id: string }>(
          `SELECT l.id FROM lineages AS l WHERE l.batch_id = ?1
             AND EXISTS (SELECT 1 FROM statuses AS s WHERE s.root = l.id AND s.status = 'FAILED')
             AND NOT EXISTS (SELECT 1 FROM statuses AS s WHERE s.root = l.id AND s.status IN ('DELIVERED', 'READ'))
             AND NOT EXISTS (SELECT 1 FROM aliases AS a WHERE a.id = l.id)
           ORDER BY l.id LIMIT ?2`,
          ...[batchId, limit],
        )
        .toArray()
        .map(({ id }) => id),
    forget: (root) => void sql.exec('DELETE FROM statuses WHERE root = ?', root),
  };
}

type LineageRow = {
  submitted_at: number | null;
  app_id: string | null;
  channel: string | null;
  batch_id: string | null;
};
type StatusRow = {
  message_id: string;
  status: string;
  at: number;
  callback_id: string;
  reason_code: string | null;
  app_id: string | null;
  channel: string | null;
};

const statusOf = ({
  message_id: messageId,
  status,
  at,
  callback_id: callbackId,
  reason_code: reasonCode,
  app_id: appId,
  channel,
}: StatusRow): MessageStatus => ({
  messageId,
  status,
  at,
  callbackId,
  ...(reasonCode !== null && { reasonCode }),
  ...(appId !== null && { appId }),
  ...(channel !== null && { channel }),
});

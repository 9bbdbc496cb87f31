import type { Attempt, AttemptState } from './lineage.ts';

/** How an attempt ended. */
export interface AttemptEnd {
  readonly n: number;
  readonly state: Exclude<AttemptState, 'started'>;
  readonly at: number;
  readonly messageId?: string | undefined;
  readonly reason?: string | undefined;
}

/** The attempts to send each root message again. An attempt that was sent stays `sent`. */
export interface Attempts {
  /** Records that attempt `n` starts, and returns what was stored of it before. */
  start(root: string, attempt: { readonly n: number; readonly at: number }): Attempt | undefined;
  /** Records how an attempt ended. */
  end(root: string, end: AttemptEnd): void;
  /** Returns the attempts in the order of their numbers. */
  of(root: string): Attempt[];
  forget(root: string): void;
}

type Row = {
  n: number;
  state: AttemptState;
  at: number;
  message_id: string | null;
  reason: string | null;
};

/** Opens the attempts in an object's storage. */
export function openAttempts(sql: SqlStorage): Attempts {
  sql.exec(`CREATE TABLE IF NOT EXISTS attempts (
    root TEXT NOT NULL, n INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, message_id TEXT, reason TEXT,
    PRIMARY KEY (root, n)) WITHOUT ROWID`);

  const of = (root: string): Attempt[] =>
    sql
      .exec<Row>(
        'SELECT n, state, at, message_id, reason FROM attempts WHERE root = ? ORDER BY n',
        root,
      )
      .toArray()
      .map(attemptOf);

  function put(
    root: string,
    state: AttemptState,
    { n, at, messageId, reason }: Omit<AttemptEnd, 'state'>,
  ): void {
    sql.exec(
      `INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (root, n) DO UPDATE
       SET state = excluded.state, at = excluded.at, message_id = excluded.message_id, reason = excluded.reason WHERE state <> 'sent'`,
      ...[root, n, state, at, messageId ?? null, reason ?? null],
    );
  }

  return {
    of,
    start(root, attempt) {
      const before = of(root).find(({ n }) => n === attempt.n);
      put(root, 'started', attempt);
      return before;
    },
    end: (root, { state, ...end }) => put(root, state, end),
    forget: (root) => void sql.exec('DELETE FROM attempts WHERE root = ?', root),
  };
}

const attemptOf = ({ n, state, at, message_id, reason }: Row): Attempt => ({
  n,
  state,
  at,
  ...(message_id !== null && { messageId: message_id }),
  ...(reason !== null && { reason }),
});

import { DurableObject } from 'cloudflare:workers';

/** What a pause stops: one rule, one action, one app, forwards to one destination, or everything. */
export const KINDS = ['rule', 'action', 'app', 'destination', 'everything'] as const;
export type PauseKind = (typeof KINDS)[number];

/** A pause in force. Times are milliseconds since 1970. */
export interface Pause {
  readonly id: string;
  readonly kind: PauseKind;
  /** The rule, action, app id or destination; empty for everything. */
  readonly name: string;
  readonly actor: string;
  readonly reason: string;
  readonly since: number;
}

/** A pause that has ended. */
export interface EndedPause extends Pause {
  readonly endedAt: number;
  readonly endedBy: string;
  readonly endedReason: string;
}

type Row = {
  id: string;
  kind: PauseKind;
  name: string;
  actor: string;
  reason: string;
  since: number;
  ended_at: number | null;
  ended_by: string | null;
  ended_reason: string | null;
};

/**
 * The pauses that operators set. One object, so that a pause applies to the whole deployment.
 *
 * @storage Durable Object Pauses | one: pauses in force and ended, with actor and reason |
 *   `/v1/pauses` | the Worker, every 5 seconds | not limited
 */
export class Pauses extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS pauses (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL, ended_at INTEGER, ended_by TEXT, ended_reason TEXT)',
    );
  }

  /** Starts a pause. One that is in force stays as it is. Returns the pause in force. */
  async pause(pause: Pause): Promise<Pause> {
    const [held] = this.#sql.exec<Row>(
      'SELECT * FROM pauses WHERE kind = ? AND name = ? AND ended_at IS NULL',
      pause.kind,
      pause.name,
    );
    if (held) return pauseOf(held);
    this.#sql.exec(
      'INSERT INTO pauses VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL)',
      pause.id,
      pause.kind,
      pause.name,
      pause.actor,
      pause.reason,
      pause.since,
    );
    return pause;
  }

  /** Ends a pause and returns it; undefined if there was none. */
  async resume(
    kind: PauseKind,
    name: string,
    actor: string,
    at: number,
    reason: string,
  ): Promise<Pause | undefined> {
    const [held] = this.#sql.exec<Row>(
      'SELECT * FROM pauses WHERE kind = ? AND name = ? AND ended_at IS NULL',
      kind,
      name,
    );
    if (!held) return undefined;
    this.#sql.exec(
      'UPDATE pauses SET ended_at = ?, ended_by = ?, ended_reason = ? WHERE id = ?',
      at,
      actor,
      reason,
      held.id,
    );
    return pauseOf(held);
  }

  /** Returns the pauses in force, oldest first. */
  async inForce(): Promise<Pause[]> {
    return this.#sql
      .exec<Row>('SELECT * FROM pauses WHERE ended_at IS NULL ORDER BY since')
      .toArray()
      .map(pauseOf);
  }

  /** Returns the pauses that ended, newest first. */
  async past(limit: number): Promise<EndedPause[]> {
    return this.#sql
      .exec<Row>(
        'SELECT * FROM pauses WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT ?',
        limit,
      )
      .toArray()
      .map((row) => ({
        ...pauseOf(row),
        endedAt: row.ended_at ?? 0,
        endedBy: row.ended_by ?? '',
        endedReason: row.ended_reason ?? '',
      }));
  }
}

const pauseOf = ({ id, kind, name, actor, reason, since }: Row): Pause => ({
  id,
  kind,
  name,
  actor,
  reason,
  since,
});

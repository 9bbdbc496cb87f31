import { DurableObject } from 'cloudflare:workers';
import { messageOf } from '../../errors.ts';
import { setAlarm } from '../alarm.ts';

/** How often an alarm whose message could not be queued is repeated, in milliseconds. */
const RETRY = 60_000;
/** The longest time to the next alarm, in milliseconds. */
const LONGEST = 86_400_000;

/** A callback that a heartbeat listens to arrived at `at`; without another, the heartbeat is silent for too long at `due`. */
export interface Beat {
  readonly id: string;
  readonly at: number;
  readonly due: number;
}

/** A heartbeat that has begun. Times are milliseconds since 1970. */
export interface HeartbeatState {
  readonly id: string;
  /** When the last reported callback arrived. */
  readonly last: number;
  readonly due: number;
  /** Since when it is reported as silent. */
  readonly silent: number | null;
  /** When a callback arrived again, until that is reported. */
  readonly resumed: number | null;
}

/**
 * Knows when the callbacks of each heartbeat of `alerts.json` last arrived. Its alarm puts a message on the effects queue when a
 * heartbeat has been silent for too long, and when a callback arrives again.
 *
 * @storage Durable Object Heartbeats | one: for each heartbeat of `alerts.json` when a callback last
 *   arrived and whether it is silent; no content of callbacks | `POST /callbacks` | the effects
 *   queue, `/healthz` | until the heartbeat is removed from `alerts.json`
 */
export class Heartbeats extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS heartbeats (id TEXT PRIMARY KEY, last INTEGER NOT NULL, due INTEGER NOT NULL, silent INTEGER, resumed INTEGER) WITHOUT ROWID',
    );
  }

  /** Stores that callbacks arrived. The first one of a heartbeat starts it. */
  async note(beats: readonly Beat[]): Promise<void> {
    for (const { id, at, due } of beats)
      this.#sql.exec(
        `INSERT INTO heartbeats VALUES (?1, ?2, ?3, NULL, NULL) ON CONFLICT (id) DO UPDATE SET
         resumed = CASE WHEN silent IS NOT NULL AND ?2 > last THEN coalesce(resumed, ?2) ELSE resumed END,
         due = CASE WHEN ?2 >= last THEN ?3 ELSE due END, last = max(last, ?2)`,
        ...[id, at, due],
      );
    await this.#arm();
  }

  async read(): Promise<readonly HeartbeatState[]> {
    return this.#rows();
  }

  /** Sets when a heartbeat is silent for too long, unless a callback arrived after `last` or it is silent already. */
  async defer(id: string, last: number, due: number): Promise<void> {
    this.#sql.exec(
      'UPDATE heartbeats SET due = ?3, silent = NULL WHERE id = ?1 AND last = ?2',
      ...[id, last, due],
    );
    await this.#arm();
  }

  /** Removes a heartbeat that `alerts.json` no longer has. */
  async forget(id: string): Promise<void> {
    this.#sql.exec('DELETE FROM heartbeats WHERE id = ?', id);
  }

  /** Returns when the alarm is due; undefined where nothing is to be reported. */
  async dueAt(): Promise<number | undefined> {
    return this.#next();
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    try {
      for (const row of this.#rows()) await this.#report(row, now);
    } catch (error) {
      // The runtime drops an alarm that throws several times.
      // @event heartbeat.not-reported | The end or the return of a heartbeat could not be queued;
      //   it is tried again in a minute.
      console.error({ event: 'heartbeat.not-reported', message: messageOf(error) });
      await setAlarm(this.ctx.storage, now + RETRY);
      return;
    }
    await this.#arm();
  }

  /** Queues a change of one heartbeat, then stores that it is reported: a repeated report changes nothing. */
  async #report({ id, last, due, silent, resumed }: HeartbeatState, now: number): Promise<void> {
    if (silent !== null && resumed !== null) {
      const change = { kind: 'heartbeat', id, state: 'resumed', last: silent, at: resumed };
      await this.env.EFFECTS.send(change);
      this.#sql.exec('UPDATE heartbeats SET silent = NULL, resumed = NULL WHERE id = ?', id);
    } else if (silent === null && due <= now) {
      await this.env.EFFECTS.send({ kind: 'heartbeat', id, state: 'silent', last, at: now });
      // A callback that arrived meanwhile has a later `last`: the heartbeat is not silent then.
      this.#sql.exec('UPDATE heartbeats SET silent = ? WHERE id = ? AND last = ?', now, id, last);
    }
  }

  #rows(): readonly HeartbeatState[] {
    return this.#sql
      .exec<{ id: string; last: number; due: number; silent: number; resumed: number }>(
        'SELECT id, last, due, silent, resumed FROM heartbeats ORDER BY id',
      )
      .toArray();
  }

  #next(): number | undefined {
    const times = this.#rows().flatMap(({ due, silent, resumed }) =>
      silent === null ? due : (resumed ?? []),
    );
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  async #arm(): Promise<void> {
    const next = this.#next();
    const now = Date.now();
    if (next === undefined) return;
    await setAlarm(this.ctx.storage, Math.min(Math.max(next, now), now + LONGEST));
  }
}

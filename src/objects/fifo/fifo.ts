import { DurableObject } from 'cloudflare:workers';
import { ensureAlarm } from '../alarm.ts';

/** How long a ticket is kept, in milliseconds: as long as a forward is tried. After that the callback is forwarded without order. */
const RETENTION = 3 * 86_400_000;
/** How long (ms) an overdue ticket holds the line: a callback that was never queued must not block it. */
const MAX_OVERDUE = 6 * 3_600_000;
/** The expected duration of each effect ahead, in milliseconds. */
const PACE = 200;
/** Longest poll interval (ms) behind a held or overdue entry. */
const MAX_POLL = 15 * 60_000;
const BATCH = 5_000;

/** How many tickets are ahead, and in how many milliseconds to ask again. With none ahead, the effect may run. */
export interface Turn {
  readonly ahead: number;
  readonly wait: number;
}

/** The first entry of a line. `due === ends` marks an entry that waits for a manual release. */
type First = { due: number; ends: number; ahead: number };

/** Returns how long to wait for the first entry, in milliseconds; longer, the longer it is overdue. */
function waitFor({ due, ends }: First, now: number): number {
  if (due > now && due < ends) return due - now;
  return Math.min(Math.abs(now - due) / 4, MAX_POLL);
}

/**
 * One of 16 shards of lines. Queues keep no order, so an ordered effect joins a line when its
 * callback is dispatched and runs when it is first.
 *
 * @storage Durable Object Fifo | 16 shards by destination and ordering key (a keyed hash): the
 *   order of waiting forwards | `forward` with an `ordering_key` | the effects queue | until the
 *   forward is sent or given up, 3 days at most
 */
export class Fifo extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS tickets (
        position INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL, ticket TEXT NOT NULL,
        ends INTEGER NOT NULL, due INTEGER NOT NULL, UNIQUE (line, ticket));
      CREATE INDEX IF NOT EXISTS tickets_in_line ON tickets (line, position);
      CREATE INDEX IF NOT EXISTS tickets_ends ON tickets (ends);`);
  }

  /** Adds a ticket at the end of a line; a ticket that is in it keeps its position. Positions grow. */
  async join(line: string, ticket: string, now: number): Promise<number> {
    this.#sql.exec(
      'INSERT INTO tickets (line, ticket, ends, due) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ...[line, ticket, now + RETENTION, now],
    );
    await ensureAlarm(this.ctx.storage);
    return this.#sql
      .exec<{ position: number }>(
        'SELECT position FROM tickets WHERE line = ? AND ticket = ?',
        line,
        ticket,
      )
      .one().position;
  }

  /** Returns how many tickets are ahead. A ticket that expired or left the line waits for none. */
  async turn(line: string, ticket: string, now: number): Promise<Turn> {
    this.#sql.exec(
      'DELETE FROM tickets WHERE line = ? AND ticket <> ? AND (ends <= ? OR due <= ?)',
      ...[line, ticket, now, now - MAX_OVERDUE],
    );
    const [mine] = this.#sql.exec<{ position: number; ends: number }>(
      'SELECT position, ends FROM tickets WHERE line = ? AND ticket = ?',
      line,
      ticket,
    );
    if (!mine || mine.ends <= now) return { ahead: 0, wait: 0 };
    const [first] = this.#sql.exec<First>(
      'SELECT due, ends, count(*) OVER () AS ahead FROM tickets WHERE line = ? AND position < ? ORDER BY position LIMIT 1',
      ...[line, mine.position],
    );
    const ahead = first?.ahead ?? 0;
    const wait = first ? waitFor(first, now) + ahead * PACE : 0;
    await this.setDue(line, ticket, now + wait);
    return { ahead, wait };
  }

  /** Sets when a ticket is due, in milliseconds since 1970: those behind it need not ask before. */
  async setDue(line: string, ticket: string, due: number): Promise<void> {
    this.#sql.exec(
      'UPDATE tickets SET due = min(?, ends) WHERE line = ? AND ticket = ?',
      due,
      line,
      ticket,
    );
  }

  /** Removes a ticket: its effect was run, or never will be. */
  async leave(line: string, ticket: string): Promise<void> {
    this.#sql.exec('DELETE FROM tickets WHERE line = ? AND ticket = ?', line, ticket);
  }

  override async alarm(): Promise<void> {
    const gone = this.#sql.exec(
      'DELETE FROM tickets WHERE position IN (SELECT position FROM tickets WHERE ends <= ? LIMIT ?) RETURNING 1',
      Date.now(),
      BATCH,
    );
    if (gone.toArray().length === BATCH) await ensureAlarm(this.ctx.storage, 0);
    else if (this.#sql.exec('SELECT 1 FROM tickets LIMIT 1').toArray().length > 0)
      await ensureAlarm(this.ctx.storage);
  }
}

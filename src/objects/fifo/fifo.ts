import { DurableObject } from 'cloudflare:workers';
import { armSweep } from '../alarm.ts';

/** A place is kept as long as a forward is tried, in milliseconds. After that, order is given up and not the callback. */
const KEPT = 3 * 86_400_000;
/** Nobody is waited for longer than this after they were expected, in milliseconds: a callback that was never queued must not hold a line. */
const PATIENCE = 6 * 3_600_000;
/** How long each of those before somebody is expected to take, in milliseconds. */
const PACE = 200;
/** How often to look again at somebody who comes when a person says so, or who is overdue, in milliseconds, at most. */
const LOOK = 15 * 60_000;
const BATCH = 5_000;

/** How many stand before somebody, and when it is worth to ask again, milliseconds from now. Nobody before: it is their turn. */
export interface Turn {
  readonly ahead: number;
  readonly wait: number;
}

/** The first in a line. Due when its place ends is who comes when a person says so. */
type First = { due: number; ends: number; ahead: number };

/** How long to wait for the first, in milliseconds; the longer it is overdue, the longer. */
function untilSeen({ due, ends }: First, now: number): number {
  if (due > now && due < ends) return due - now;
  return Math.min(Math.abs(now - due) / 4, LOOK);
}

/** A sixteenth of all lines. A queue gives no order, so what must go in order draws a place when its callback is taken and goes when it is first. */
export class Fifo extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS places (
        place INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL, ticket TEXT NOT NULL,
        ends INTEGER NOT NULL, due INTEGER NOT NULL, UNIQUE (line, ticket));
      CREATE INDEX IF NOT EXISTS places_in_line ON places (line, place);
      CREATE INDEX IF NOT EXISTS places_ends ON places (ends);`);
  }

  /** Draws the last place in a line; whoever stands in it already keeps theirs. Places are numbers that grow. */
  async draw(line: string, ticket: string, now: number): Promise<number> {
    this.#sql.exec(
      'INSERT INTO places (line, ticket, ends, due) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ...[line, ticket, now + KEPT, now],
    );
    await armSweep(this.ctx.storage);
    return this.#sql
      .exec<{ place: number }>(
        'SELECT place FROM places WHERE line = ? AND ticket = ?',
        line,
        ticket,
      )
      .one().place;
  }

  /** Whose turn is it? Who has no place any more, since it ran out or was left, waits for nobody. */
  async turn(line: string, ticket: string, now: number): Promise<Turn> {
    this.#sql.exec(
      'DELETE FROM places WHERE line = ? AND ticket <> ? AND (ends <= ? OR due <= ?)',
      ...[line, ticket, now, now - PATIENCE],
    );
    const [mine] = this.#sql.exec<{ place: number; ends: number }>(
      'SELECT place, ends FROM places WHERE line = ? AND ticket = ?',
      line,
      ticket,
    );
    if (!mine || mine.ends <= now) return { ahead: 0, wait: 0 };
    const [first] = this.#sql.exec<First>(
      'SELECT due, ends, count(*) OVER () AS ahead FROM places WHERE line = ? AND place < ? ORDER BY place LIMIT 1',
      ...[line, mine.place],
    );
    const ahead = first?.ahead ?? 0;
    const wait = first ? untilSeen(first, now) + ahead * PACE : 0;
    await this.expect(line, ticket, now + wait);
    return { ahead, wait };
  }

  /** Says when somebody is back, milliseconds since 1970: nobody behind them need ask before. */
  async expect(line: string, ticket: string, due: number): Promise<void> {
    this.#sql.exec(
      'UPDATE places SET due = min(?, ends) WHERE line = ? AND ticket = ?',
      due,
      line,
      ticket,
    );
  }

  /** It went out, or never will: the next one's turn. */
  async leave(line: string, ticket: string): Promise<void> {
    this.#sql.exec('DELETE FROM places WHERE line = ? AND ticket = ?', line, ticket);
  }

  override async alarm(): Promise<void> {
    const gone = this.#sql.exec(
      'DELETE FROM places WHERE place IN (SELECT place FROM places WHERE ends <= ? LIMIT ?) RETURNING 1',
      Date.now(),
      BATCH,
    );
    if (gone.toArray().length === BATCH) await armSweep(this.ctx.storage, 0);
    else if (this.#sql.exec('SELECT 1 FROM places LIMIT 1').toArray().length > 0)
      await armSweep(this.ctx.storage);
  }
}

import { DurableObject } from 'cloudflare:workers';
import {
  type AddedEntries,
  addEntries,
  copyOf,
  type Entry,
  KEPT_BEHIND,
  openWindow,
  type Reading,
  readingAt,
  type Terms,
  type Window,
} from '../../rules/model/window.ts';
import { arm } from '../alarm.ts';
import { GIVEN_UP } from '../window-samples.ts';

/** The newest callback that was counted, sealed: its facts fill the texts when the rule fires. */
export interface Case {
  readonly at: number;
  readonly sealed: string;
  /** Keyed hashes of those it names. */
  readonly people: readonly string[];
}

/** A window that made its rule fire, until somebody says that it was acted upon. */
export interface Firing extends Reading {
  readonly case: string | undefined;
}

/** What became of some callbacks. */
export interface Tallied {
  /** Windows that made the rule fire, for the caller to act upon: of these callbacks, and of a try that broke off. */
  readonly firings: readonly Firing[];
  /** Somebody else is acting upon a firing, or broke off less than a minute ago. */
  readonly held: boolean;
  readonly late: number;
  readonly repeated: number;
}

/** What a callback would do to its window. */
export interface Peeked {
  readonly reading: Reading;
  readonly fires: boolean;
  /** When it last fired. */
  readonly firedAt: number | undefined;
}

const LATER = 3_600_000;
/** For so long a firing is left to whoever was told of it. */
const LEASE = 60_000;

/** The window of one group of one rule: what it counted, when it fired. What no window can hold any more is forgotten. */
export class Tally extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  #window: Window | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
  }

  /** Counts callbacks, each once, in whatever order they come. A firing is answered again, once a minute, until it is `done`. */
  async note(entries: readonly Entry[], terms: Terms, latest?: Case): Promise<Tallied> {
    const window = this.#open();
    // What goes wrong below must not leave in memory what was not stored.
    this.#window = undefined;
    const noted = addEntries(window, entries, terms);
    const needed = Date.now() + terms.within + KEPT_BEHIND + terms.cooldown;
    const { fresh, taken } = this.ctx.storage.transactionSync(() => {
      const made = this.#create();
      this.#store(window, noted, needed, latest);
      return { fresh: made, taken: this.#take() };
    });
    if (fresh) await arm(this.ctx.storage, needed);
    this.#window = window;
    return { ...taken, late: noted.late, repeated: noted.repeated };
  }

  /** Takes out the callbacks that name somebody, and gives them back. What was counted stays: ids and times. */
  async forget(person: string): Promise<string[]> {
    if (!this.#exists()) return [];
    const about = 'EXISTS (SELECT 1 FROM json_each(people) WHERE value = ?)';
    return ['latest', 'firings'].flatMap((table) => {
      const found = this.#sql
        .exec<{ sealed: string }>(
          `SELECT sealed FROM ${table} WHERE sealed IS NOT NULL AND ${about}`,
          person,
        )
        .toArray();
      if (table === 'latest') this.#sql.exec(`DELETE FROM latest WHERE ${about}`, person);
      else this.#sql.exec(`UPDATE firings SET sealed = NULL, people = NULL WHERE ${about}`, person);
      return found.map(({ sealed }) => sealed);
    });
  }

  /** A firing was acted upon. */
  async done(at: number): Promise<void> {
    if (this.#exists()) this.#sql.exec('DELETE FROM firings WHERE at = ?', at);
  }

  /** What `note` would find, without counting anything. */
  async peek(entry: Entry, terms: Terms): Promise<Peeked> {
    const window = copyOf(this.#open());
    const { firedAt } = window;
    const { crossings } = addEntries(window, [entry], terms);
    return { reading: readingAt(window, entry.at, terms), fires: crossings.length > 0, firedAt };
  }

  override async alarm(): Promise<void> {
    if (!this.#exists()) return;
    const now = Date.now();
    this.#sql.exec('DELETE FROM firings WHERE until <= ?', now);
    const [state] = this.#sql.exec<{ needed: number }>('SELECT needed FROM state');
    if (state && state.needed > now) return arm(this.ctx.storage, state.needed);
    if (this.#sql.exec('SELECT 1 FROM firings').toArray().length > 0)
      return arm(this.ctx.storage, now + LATER);
    this.#window = undefined;
    await this.ctx.storage.deleteAll();
  }

  #exists(): boolean {
    return this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'state'").toArray().length > 0;
  }

  /** Makes the tables where there are none. A look alone makes none, so that it leaves no object behind. */
  #create(): boolean {
    if (this.#exists()) return false;
    this.#sql.exec(`
      CREATE TABLE events (at INTEGER, id TEXT, hit INTEGER NOT NULL, PRIMARY KEY (at, id)) WITHOUT ROWID;
      CREATE TABLE buckets (since INTEGER PRIMARY KEY, until INTEGER NOT NULL, sample INTEGER NOT NULL, hits INTEGER NOT NULL);
      CREATE TABLE latest (one INTEGER PRIMARY KEY, at INTEGER NOT NULL, sealed TEXT NOT NULL, people TEXT NOT NULL);
      CREATE TABLE firings (at INTEGER PRIMARY KEY, hits INTEGER NOT NULL, sample INTEGER NOT NULL, sealed TEXT, people TEXT, until INTEGER NOT NULL, lease INTEGER NOT NULL);
      CREATE TABLE state (one INTEGER PRIMARY KEY, newest INTEGER NOT NULL, line INTEGER, fired INTEGER, needed INTEGER NOT NULL);`);
    return true;
  }

  #open(): Window {
    if (this.#window) return this.#window;
    if (!this.#exists()) return openWindow();
    const [state] = this.#sql.exec<{ newest: number; line: number | null; fired: number | null }>(
      'SELECT newest, line, fired FROM state',
    );
    if (!state) return openWindow();
    return openWindow({
      events: this.#sql
        .exec<{ at: number; id: string; hit: number }>(
          'SELECT at, id, hit FROM events ORDER BY at, id',
        )
        .toArray()
        .map(({ at, id, hit }) => ({ at, id, hit: hit === 1 })),
      buckets: this.#sql
        .exec<{ from: number; to: number; sample: number; hits: number }>(
          'SELECT since AS "from", until AS "to", sample, hits FROM buckets ORDER BY since',
        )
        .toArray(),
      newest: state.newest,
      line: state.line ?? Number.NEGATIVE_INFINITY,
      firedAt: state.fired ?? undefined,
    });
  }

  #store(
    window: Window,
    { added, crossings, folded, floor }: AddedEntries,
    needed: number,
    latest: Case | undefined,
  ): void {
    const { newest, line, buckets, firedAt } = window;
    for (const { at, id, hit } of added) {
      if (at >= line)
        this.#sql.exec('INSERT OR IGNORE INTO events VALUES (?, ?, ?)', at, id, Number(hit));
    }
    this.#sql.exec('DELETE FROM events WHERE at <= ?', floor);
    if (Number.isFinite(line)) this.#sql.exec('DELETE FROM events WHERE at < ?', line);
    this.#sql.exec(folded ? 'DELETE FROM buckets' : `DELETE FROM buckets WHERE until <= ${floor}`);
    for (const { from, to, sample, hits } of folded ? buckets : [])
      this.#sql.exec('INSERT INTO buckets VALUES (?, ?, ?, ?)', from, to, sample, hits);
    if (latest) {
      this.#sql.exec(
        `INSERT INTO latest VALUES (0, ?, ?, ?) ON CONFLICT (one) DO UPDATE
         SET at = excluded.at, sealed = excluded.sealed, people = excluded.people WHERE excluded.at >= latest.at`,
        ...[latest.at, latest.sealed, JSON.stringify(latest.people)],
      );
    }
    for (const { at, hits, sample } of crossings) {
      const until = Date.now() + GIVEN_UP;
      const text =
        'INSERT OR IGNORE INTO firings SELECT ?, ?, ?, (SELECT sealed FROM latest), (SELECT people FROM latest), ?, 0';
      this.#sql.exec(text, at, hits, sample, until);
    }
    const before = Number.isFinite(line) ? line : null;
    this.#sql.exec(
      'INSERT OR REPLACE INTO state VALUES (0, ?, ?, ?, ?)',
      newest,
      before,
      firedAt ?? null,
      needed,
    );
  }

  #take(): Pick<Tallied, 'firings' | 'held'> {
    const now = Date.now();
    const held = this.#sql.exec('SELECT 1 FROM firings WHERE lease > ?', now).toArray().length > 0;
    const firings = this.#sql
      .exec<{ at: number; hits: number; sample: number; sealed: string | null }>(
        'UPDATE firings SET lease = ? WHERE lease <= ? RETURNING at, hits, sample, sealed',
        now + LEASE,
        now,
      )
      .toArray()
      .map(({ at, hits, sample, sealed }) => ({ at, hits, sample, case: sealed ?? undefined }));
    return { firings: firings.sort((a, b) => a.at - b.at), held };
  }
}

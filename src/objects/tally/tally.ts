import { DurableObject } from 'cloudflare:workers';
import {
  type AddedEntries,
  addEntries,
  type Bucket,
  copyOf,
  type Entry,
  KEPT_BEHIND,
  openWindow,
  type Reading,
  readingAt,
  type Terms,
  type Window,
} from '../../rules/model/window.ts';
import { setAlarm } from '../alarm.ts';
import { GIVEN_UP } from '../window-samples.ts';

/** The newest counted callback, encrypted: its facts fill the texts when the rule fires. */
export interface WindowSample {
  readonly at: number;
  readonly sealed: string;
  /** Keyed hashes of the people it names. */
  readonly people: readonly string[];
}

/** A window that made its rule fire, kept until the caller reports it done. `sealed`: its sample callback, encrypted. */
export interface Firing extends Reading {
  readonly sealed: string | undefined;
}

/** The result of counting callbacks. */
export interface TallyResult {
  /** Firings for the caller to act on: those of these callbacks, and those that an earlier caller left undone. */
  readonly firings: readonly Firing[];
  /** Another caller holds the lease of a firing. */
  readonly held: boolean;
  readonly late: number;
  readonly repeated: number;
}

/** The effect that a callback would have on its window. */
export interface TallyPreview {
  readonly reading: Reading;
  readonly fires: boolean;
  /** When it last fired. */
  readonly firedAt: number | undefined;
}

/** How many entries a portion holds, unless a single call brings more. */
const PORTION = 100;

/** A window without its entries. */
interface State {
  readonly newest: number;
  readonly line: number | null;
  readonly fired: number | null;
  readonly buckets: readonly Bucket[];
  /** Until when the window is needed, in milliseconds since 1970. */
  readonly needed: number;
}

/** Entries that are stored together. The newest portion has the state of the window. */
interface Portion {
  readonly id: number;
  readonly newest: number;
  readonly entries: readonly Entry[];
  readonly state: State;
}

/** How long the alarm waits for open firings, in milliseconds. */
const LATER = 3_600_000;
/** How long a firing is leased to a caller, in milliseconds. */
const LEASE = 60_000;

/**
 * The window of one group of one rule: the counted callbacks and the firings. It deletes itself
 * when its time is over. A call writes one row, however many callbacks it counts and the window holds.
 *
 * @storage Durable Object Tally | one per rule with a threshold and group (a keyed hash): ids and
 *   times of the counted callbacks; the newest of them (encrypted), for the texts of the alert |
 *   the effects queue | the effects queue, `/v1/dry-run` | window and cooldown, and 20 minutes
 *   more
 */
export class Tally extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  #window: Window | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
  }

  /** Counts callbacks, each once, in any order. A firing is returned again, once a minute, until it is `done`. */
  async note(entries: readonly Entry[], terms: Terms, latest?: WindowSample): Promise<TallyResult> {
    const window = this.#open();
    // If storing fails below, the window in memory must not stay ahead of it.
    this.#window = undefined;
    const noted = addEntries(window, entries, terms);
    const needed = Date.now() + terms.within + KEPT_BEHIND + terms.cooldown;
    const { fresh, leased } = this.ctx.storage.transactionSync(() => {
      const made = this.#create();
      this.#store(window, noted, needed, latest);
      return { fresh: made, leased: this.#lease() };
    });
    if (fresh) await setAlarm(this.ctx.storage, needed);
    this.#window = window;
    return { ...leased, late: noted.late, repeated: noted.repeated };
  }

  /** Removes the sample callbacks about a person and returns them. Ids and times of counted callbacks stay. */
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

  /** Removes a firing that was acted on. */
  async done(at: number): Promise<void> {
    if (this.#exists()) this.#sql.exec('DELETE FROM firings WHERE at = ?', at);
  }

  /** Returns what `note` would find, and counts nothing. */
  async peek(entry: Entry, terms: Terms): Promise<TallyPreview> {
    const window = copyOf(this.#open());
    const { firedAt } = window;
    const { crossings } = addEntries(window, [entry], terms);
    return { reading: readingAt(window, entry.at, terms), fires: crossings.length > 0, firedAt };
  }

  override async alarm(): Promise<void> {
    if (!this.#exists()) return;
    const now = Date.now();
    this.#sql.exec('DELETE FROM firings WHERE until <= ?', now);
    const needed = this.#last()?.state.needed ?? 0;
    if (needed > now) return setAlarm(this.ctx.storage, needed);
    if (this.#sql.exec('SELECT 1 FROM firings').toArray().length > 0)
      return setAlarm(this.ctx.storage, now + LATER);
    this.#window = undefined;
    await this.ctx.storage.deleteAll();
  }

  #exists(): boolean {
    return (
      this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'portions'").toArray().length > 0
    );
  }

  /** Creates the tables if they are missing. `peek` creates none, so that it leaves no stored object. */
  #create(): boolean {
    if (this.#exists()) return false;
    this.#sql.exec(`
      CREATE TABLE portions (id INTEGER PRIMARY KEY, newest INTEGER NOT NULL, entries TEXT NOT NULL, state TEXT NOT NULL);
      CREATE TABLE latest (one INTEGER PRIMARY KEY, at INTEGER NOT NULL, sealed TEXT NOT NULL, people TEXT NOT NULL);
      CREATE TABLE firings (at INTEGER PRIMARY KEY, hits INTEGER NOT NULL, sample INTEGER NOT NULL, sealed TEXT, people TEXT, until INTEGER NOT NULL, lease INTEGER NOT NULL);`);
    return true;
  }

  #open(): Window {
    if (this.#window) return this.#window;
    const last = this.#last();
    if (!last) return openWindow();
    const { newest, line: from, fired, buckets } = last.state;
    const line = from ?? Number.NEGATIVE_INFINITY;
    const events = this.#sql
      .exec<{ entries: string }>('SELECT entries FROM portions')
      .toArray()
      // Written by `#store`.
      .flatMap(({ entries }) => JSON.parse(entries) as Entry[])
      // A portion is removed when all of it is old.
      .filter(({ at }) => at >= line);
    return openWindow({ events, buckets, newest, line, firedAt: fired ?? undefined });
  }

  /** Returns the newest portion, which has the state of the window. */
  #last(): Portion | undefined {
    if (!this.#exists()) return undefined;
    const [row] = this.#sql
      .exec<{ id: number; newest: number; entries: string; state: string }>(
        'SELECT id, newest, entries, state FROM portions ORDER BY id DESC LIMIT 1',
      )
      .toArray();
    if (!row) return undefined;
    const { id, newest } = row;
    // Written by `#store`.
    return { id, newest, entries: JSON.parse(row.entries), state: JSON.parse(row.state) };
  }

  #store(
    window: Window,
    { added, crossings, floor }: AddedEntries,
    needed: number,
    latest: WindowSample | undefined,
  ): void {
    const { newest, line, buckets, firedAt } = window;
    const entries = added.filter(({ at }) => at >= line);
    const state: State = {
      ...{ newest, needed, buckets, fired: firedAt ?? null },
      line: Number.isFinite(line) ? line : null,
    };
    this.#append(entries, state);
    this.#dropPortions(Math.max(floor + 1, line));
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
  }

  /** Writes entries and the state as one row: to the newest portion while there is room, else as a new one. */
  #append(entries: readonly Entry[], state: State): void {
    const last = this.#last();
    const all = [...(last?.entries ?? []), ...entries];
    const isFull = last === undefined || all.length > PORTION;
    const kept = isFull ? entries : all;
    const newest = Math.max(
      ...kept.map(({ at }) => at),
      isFull ? Number.MIN_SAFE_INTEGER : last.newest,
    );
    const values = [newest, JSON.stringify(kept), JSON.stringify(state)];
    if (isFull)
      this.#sql.exec('INSERT INTO portions (newest, entries, state) VALUES (?, ?, ?)', ...values);
    else
      this.#sql.exec(
        'UPDATE portions SET newest = ?, entries = ?, state = ? WHERE id = ?',
        ...[...values, last.id],
      );
  }

  /** Removes the oldest portions while all of their callbacks are before a time. */
  #dropPortions(before: number): void {
    for (;;) {
      const [oldest] = this.#sql
        .exec<{ id: number; newest: number; isLast: number }>(
          'SELECT id, newest, id = (SELECT max(id) FROM portions) AS isLast FROM portions ORDER BY id LIMIT 1',
        )
        .toArray();
      // The last one has the state.
      if (!oldest || oldest.isLast === 1 || oldest.newest >= before) return;
      this.#sql.exec('DELETE FROM portions WHERE id = ?', oldest.id);
    }
  }

  #lease(): Pick<TallyResult, 'firings' | 'held'> {
    const now = Date.now();
    const held = this.#sql.exec('SELECT 1 FROM firings WHERE lease > ?', now).toArray().length > 0;
    const firings = this.#sql
      .exec<{ at: number; hits: number; sample: number; sealed: string | null }>(
        'UPDATE firings SET lease = ? WHERE lease <= ? RETURNING at, hits, sample, sealed',
        now + LEASE,
        now,
      )
      .toArray()
      .map(({ at, hits, sample, sealed }) => ({ at, hits, sample, sealed: sealed ?? undefined }));
    return { firings: firings.sort((a, b) => a.at - b.at), held };
  }
}

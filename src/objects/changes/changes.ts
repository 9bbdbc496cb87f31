import { DurableObject } from 'cloudflare:workers';
import type { ChangeKind } from '../../api/consent/changes.ts';
import { readSettings } from '../../settings/settings.ts';
import { ensureAlarmBy, setAlarm } from '../alarm.ts';
import type { Change, FeedEntry } from './change.ts';
import { lastBefore } from './last-before.ts';

/** The most changes in the feed: far below the 10 GB of an object. */
const MOST = 5_000_000;
/** How many rows one statement of a pruning removes, and how soon (ms) the next one follows. */
const PORTION = 10_000;
const SOON = 1_000;
/** The soonest and the latest that an alarm follows one that removed everything due (ms): many expire together, and the setting may be shortened. */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long the mark of an erasure outlives the feed (ms): a shard may pass on a change as much later. */
const SLACK = 7 * 86_400_000;

/** What to read: after a cursor, or from a time on (milliseconds since 1970); without both from the oldest change. */
export interface FeedQuery {
  readonly after?: string | undefined;
  readonly since?: number | undefined;
  readonly kinds?: readonly ChangeKind[] | undefined;
  readonly limit: number;
}

/** A page of the feed. */
export interface FeedPage {
  readonly changes: readonly FeedEntry[];
  /** Continues behind this page, also at the end of the feed. */
  readonly next: string;
  readonly more: boolean;
  /** Changes behind the given cursor are no longer stored. */
  readonly missed: boolean;
}

/**
 * The feed of changes. This one object numbers them in the order in which it stores them, so that a reader that continues behind
 * a number misses none. It is an object of its own, beside the databases: a full feed can keep neither a dead letter nor a consent
 * from being stored.
 *
 * @storage Durable Object Changes | the feed of changes: consent, capability, merged contacts, erasures, with addresses and contact
 *   ids until they are erased | the alarms of `Recipients` | `GET /v1/changes` | `CHANGES_RETENTION` (30 days), at most 5 million
 */
export class Changes extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS changes (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, at INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
      stored_at INTEGER NOT NULL, subject TEXT NOT NULL, other TEXT, data TEXT NOT NULL)`);
    this.#sql.exec('CREATE INDEX IF NOT EXISTS changes_subject ON changes (subject, seq)');
    this.#sql.exec(
      'CREATE INDEX IF NOT EXISTS changes_other ON changes (other) WHERE other IS NOT NULL',
    );
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS erased (subject TEXT PRIMARY KEY, at INTEGER NOT NULL, place INTEGER NOT NULL) WITHOUT ROWID',
    );
    // `newest`: the last number given; `floor`: the last one that was pruned. `name` tells this feed from a lost one.
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS feed (only_row INTEGER PRIMARY KEY, name TEXT NOT NULL, newest INTEGER NOT NULL, newest_at INTEGER NOT NULL, floor INTEGER NOT NULL)',
    );
    // The number of the last place at which changes are missing that never came here.
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS lost (only_row INTEGER PRIMARY KEY, seq INTEGER NOT NULL)',
    );
    this.#sql.exec(
      'INSERT OR IGNORE INTO feed VALUES (1, ?, 0, 0, 0)',
      crypto.randomUUID().slice(0, 8),
    );
  }

  /**
   * Adds the changes of one shard in their order. A repeated one adds nothing, and neither does one that an erasure came after.
   * @param isAfterLost changes before these were lost: a reader that goes on from before them missed some
   */
  async append(changes: readonly Change[], isAfterLost = false): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      if (isAfterLost) this.#markLost();
      for (const change of changes) this.#add(change);
    });
    const { newest, floor } = this.#feed();
    await ensureAlarmBy(this.ctx.storage, Date.now() + (newest - floor > MOST ? HOUR : DAY));
  }

  async read({ after, since, kinds, limit }: FeedQuery): Promise<FeedPage> {
    const { name, newest, floor } = this.#feed();
    const [, feed, seq] = /^(\w{8})-(\d{1,15})$/.exec(after ?? '') ?? [];
    const from = feed === name ? Number(seq) : 0;
    const missed =
      after !== undefined &&
      (feed !== name || from > newest || from < Math.max(floor, this.#lastLost()));
    const known = from > newest ? 0 : from;
    const start = since === undefined ? known : lastBefore(since, { floor, newest }, this.#sql);
    const rows = this.#sql
      .exec<Row>(
        `SELECT seq, id, kind, at, recorded_at, subject, data FROM changes
         WHERE seq > ?1 AND (?2 IS NULL OR kind IN (SELECT value FROM json_each(?2)))
         ORDER BY seq LIMIT ?3`,
        ...[start, kinds ? JSON.stringify(kinds) : null, limit + 1],
      )
      .toArray();
    const page = rows.slice(0, limit);
    const more = rows.length > limit;
    const last = more ? (page.at(-1)?.seq ?? start) : newest;
    return { changes: page.map(entryOf), next: `${name}-${last}`, more, missed };
  }

  /** Removes what the feed has about people and contacts, and returns how many changes. The records of erasures stay. */
  async forget(subjects: readonly string[]): Promise<number> {
    return this.ctx.storage.transactionSync(() =>
      subjects.reduce((sum, subject) => sum + this.#remove(subject), 0),
    );
  }

  /** Removes expired changes, a portion at a time. */
  override async alarm(): Promise<void> {
    const { changesRetention } = readSettings(this.env);
    const now = Date.now();
    const { newest, floor } = this.#feed();
    const [kept] = this.#sql
      .exec<{ seq: number; at: number }>(
        'SELECT seq, stored_at AS at FROM changes WHERE stored_at >= ? ORDER BY seq LIMIT 1',
        now - changesRetention,
      )
      .toArray();
    const expired = Math.max((kept?.seq ?? newest + 1) - 1, newest - MOST);
    const until = Math.min(expired, floor + PORTION);
    this.ctx.storage.transactionSync(() => {
      // A row is billed when it is written, also with the value that it has.
      if (until > floor) {
        this.#sql.exec('DELETE FROM changes WHERE seq <= ?', until);
        this.#sql.exec('UPDATE feed SET floor = ?', until);
      }
      this.#sql.exec('DELETE FROM erased WHERE at < ?', now - changesRetention - SLACK);
    });
    if (until < expired) return setAlarm(this.ctx.storage, now + SOON);
    const due = kept ? kept.at + changesRetention : this.#marksUntil(changesRetention);
    if (due !== undefined)
      await setAlarm(this.ctx.storage, Math.min(Math.max(due, now + HOUR), now + DAY));
  }

  /** Returns when the first mark of an erasure leaves, in milliseconds since 1970; undefined without any. */
  #marksUntil(retention: number): number | undefined {
    const { at } = this.#sql.exec<{ at: number | null }>('SELECT min(at) AS at FROM erased').one();
    return at === null ? undefined : at + retention + SLACK;
  }

  #add({ id, kind, at, recordedAt, place, subject, other, data }: Change): void {
    if (kind === 'erased') {
      this.#remove(subject);
      this.#sql.exec(
        `INSERT INTO erased VALUES (?1, ?2, ?3) ON CONFLICT (subject) DO UPDATE SET
           place = CASE WHEN excluded.at > at THEN excluded.place ELSE max(place, excluded.place) END, at = max(at, excluded.at)`,
        ...[subject, recordedAt, place],
      );
      // Nothing about the subject came after its last erasure: this one is a repetition.
      if (this.#newestKind(subject) === 'erased') return;
    } else {
      // A merge that is reported late is older than the erasure of one of its contacts.
      const since = kind === 'contacts_merged' ? Math.min(at, recordedAt) : recordedAt;
      if ([subject, other].some((one) => one && this.#isErased(one, since, place))) return;
    }
    const now = Math.max(Date.now(), this.#feed().newest_at);
    const added = this.#sql
      .exec<{ seq: number }>(
        `INSERT OR IGNORE INTO changes (id, kind, at, recorded_at, stored_at, subject, other, data)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
        ...[id, kind, at, recordedAt, now, subject, other ?? null, JSON.stringify(data)],
      )
      .toArray();
    for (const { seq } of added)
      this.#sql.exec('UPDATE feed SET newest = ?, newest_at = ?', seq, now);
  }

  /** Gives the place of lost changes a number, so that a reader up to here is before it. */
  #markLost(): void {
    const { seq } = this.#sql
      .exec<{ seq: number }>(
        `INSERT INTO changes (id, kind, at, recorded_at, stored_at, subject, data)
         VALUES (?, 'lost', 0, 0, 0, '', '') RETURNING seq`,
        crypto.randomUUID(),
      )
      .one();
    this.#sql.exec('DELETE FROM changes WHERE seq = ?', seq);
    this.#sql.exec('UPDATE feed SET newest = ?', seq);
    this.#sql.exec('INSERT OR REPLACE INTO lost VALUES (1, ?)', seq);
  }

  #lastLost(): number {
    return this.#sql.exec<{ seq: number }>('SELECT seq FROM lost').toArray()[0]?.seq ?? 0;
  }

  #isErased(subject: string, recordedAt: number, place: number): boolean {
    return (
      this.#sql
        .exec(
          'SELECT 1 FROM erased WHERE subject = ?1 AND (at > ?2 OR (at = ?2 AND place > ?3))',
          ...[subject, recordedAt, place],
        )
        .toArray().length > 0
    );
  }

  #newestKind(subject: string): string | undefined {
    return this.#sql
      .exec<{ kind: string }>(
        'SELECT kind FROM changes WHERE subject = ? ORDER BY seq DESC LIMIT 1',
        subject,
      )
      .toArray()[0]?.kind;
  }

  #remove(subject: string): number {
    return this.#sql
      .exec(
        "DELETE FROM changes WHERE (subject = ?1 OR other = ?1) AND kind <> 'erased' RETURNING 1",
        subject,
      )
      .toArray().length;
  }

  #feed(): Feed {
    return this.#sql.exec<Feed>('SELECT name, newest, newest_at, floor FROM feed').one();
  }
}

type Feed = { name: string; newest: number; newest_at: number; floor: number };
type Row = {
  seq: number;
  id: string;
  kind: ChangeKind;
  at: number;
  recorded_at: number;
  subject: string;
  data: string;
};

const entryOf = ({ recorded_at: recordedAt, ...row }: Row): FeedEntry => ({ ...row, recordedAt });

import { DurableObject } from 'cloudflare:workers';
import { messageOf } from '../../errors.ts';
import { arm } from '../alarm.ts';
import { type Ending, end, type Raised, raise, type Standing, settle } from './alert-changes.ts';
import { type Answered, answered, takeDue } from './alert-delivery.ts';
import { atRest, type Delivery, type Group, type Member, nextAt } from './alert-state.ts';
import { forget } from './erase-people.ts';

/** What is known of keys that were counted: longer than a queue brings the same effect again. */
const KEYS_KEPT = 2 * 86_400_000;
/** How long a group that is over can still be asked about. */
const KEPT = 30 * 86_400_000;
/** Whoever was told that something is due does it at once; if not, the alarm sees to it after this. */
const GRACE = 5_000;

/** What the desk, which knows all groups, is told of one. */
export interface Summary {
  readonly id: string;
  readonly route: string;
  readonly phase: Group['phase'];
  readonly count: number;
  readonly openedAt: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly resolvedAt?: number | undefined;
  readonly muted?: string | undefined;
  /** How many messages it has led to. */
  readonly seq: number;
  readonly members: readonly Pick<
    Member,
    'rule' | 'owner' | 'severity' | 'app_id' | 'channel' | 'labels' | 'title' | 'lastAt'
  >[];
}

/** What came of a change: what the desk must hear, and whether there is something to do at once. */
export interface Changed {
  readonly summary?: Summary;
  readonly due: boolean;
}

/** A message to send now. */
export type Order = Delivery & { readonly to: string };

/**
 * One group of alerts: counts them, knows when they are told and to whom, and keeps the trail. It sends nothing itself: its alarm
 * puts a call on the effects queue, whose consumer asks what is due, sends it and says how that went.
 *
 * @storage Durable Object AlertGroup | one per alert (a route and its grouping): what was raised,
 *   who was notified, the trail; the newest facts and texts of each rule | `alert`, the effects
 *   queue | the effects queue, `GET /v1/alerts/{id}` | facts and texts until the alert is
 *   resolved; the rest 30 days longer
 */
export class AlertGroup extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  #opened = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
  }

  /** Tables are made for the first alert: an id that somebody only asks about, or that is long over, takes no room. */
  #open(): void {
    if (this.#isOpen()) return;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL, told TEXT);
      CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS keys_at ON keys (at);`);
  }

  #isOpen(): boolean {
    this.#opened ||=
      this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'state'").toArray().length > 0;
    return this.#opened;
  }

  /** Takes an alert in, once a key. */
  async raise(raised: Raised, now: number): Promise<Changed> {
    this.#open();
    const before = this.#read();
    const known =
      this.#sql.exec('SELECT 1 FROM keys WHERE key = ?', raised.key).toArray().length > 0;
    if (known && before) return this.#changed(before, now);
    this.#sql.exec('INSERT INTO keys VALUES (?, ?)', raised.key, now);
    return this.#keep(raise(before, raised, now), now);
  }

  /** A rule says that something is over. */
  async end(ending: Ending, now: number): Promise<Changed> {
    const before = this.#read();
    return before ? this.#keep(end(before, ending, now), now) : { due: false };
  }

  /** Look again now: a silence was lifted. */
  async wake(now: number): Promise<Changed> {
    const before = this.#read();
    return before?.muted === undefined
      ? { due: false }
      : this.#keep({ ...before, lookAt: now }, now);
  }

  /** Decides what is due and gives out what is to be sent, each for a minute. */
  async settle(
    standing: Standing,
    now: number,
  ): Promise<Changed & { readonly orders: readonly Order[] }> {
    const before = this.#read();
    if (!before) return { due: false, orders: [] };
    const { group, due } = takeDue(settle(before, standing, now), now);
    return { ...(await this.#keep(group, now)), orders: due };
  }

  /** How sending an order went. */
  async answered(
    order: Pick<Order, 'to' | 'seq'>,
    answer: Answered,
    fallback: string | undefined,
    now: number,
  ): Promise<Changed & { readonly gaveUp: boolean }> {
    const before = this.#read();
    if (!before) return { due: false, gaveUp: false };
    const { group, gaveUp } = answered(before, order, answer, fallback, now);
    return { ...(await this.#keep(group, now)), gaveUp };
  }

  /** Sends again what was given up on, when somebody asks for it. */
  async retell(to: string, now: number): Promise<Changed> {
    const before = this.#read();
    const told = before?.said?.told;
    if (!before || !told) return { due: false };
    const seq = before.seq + 1;
    const delivery: Delivery = {
      kind: 'update',
      seq,
      told: { ...told, state: before.phase },
      since: now,
      attempts: 0,
      due: now,
      insteadOf: [],
    };
    return this.#keep(
      { ...before, seq, deliveries: { ...before.deliveries, [to]: delivery } },
      now,
    );
  }

  /** Takes out what names these people, by their keyed hashes. Says how much it was, and what the desk must know instead. */
  async forget(
    people: readonly string[],
    now: number,
  ): Promise<{ removed: number; summary?: Summary }> {
    const before = this.#read();
    if (!before) return { removed: 0 };
    const { group, removed } = forget(before, new Set(people));
    if (removed === 0) return { removed };
    await this.#keep(group, now);
    return { removed, summary: summaryOf(group) };
  }

  /** The desk has heard this. */
  async heard(summary: Summary): Promise<void> {
    if (this.#isOpen())
      this.#sql.exec('UPDATE state SET told = ?', JSON.stringify(heardOf(summary)));
  }

  async read(): Promise<Group | undefined> {
    return this.#read();
  }

  /** Whether there is something to do now, without doing it. */
  async isDue(now: number): Promise<boolean> {
    const next = nextAt(this.#read() ?? NOTHING);
    return next !== undefined && next <= now;
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const group = this.#read();
    if (!group) return;
    this.#sql.exec('DELETE FROM keys WHERE at < ?', now - KEYS_KEPT);
    const next = nextAt(group);
    if (next !== undefined && next <= now) {
      // A queue that takes nothing is asked again: an alarm that throws is forgotten after some tries.
      await this.env.EFFECTS.send({ kind: 'alerts', group: group.id }).catch((error: unknown) => {
        console.error({ event: 'alerts.call-failed', group: group.id, message: messageOf(error) });
      });
      await arm(this.ctx.storage, now + 60_000);
    } else if (next === undefined && (group.resolvedAt ?? now) + KEPT <= now) {
      await this.ctx.storage.deleteAll();
      this.#opened = false;
    } else {
      await this.#arm(group, now, 0);
    }
  }

  #read(): Group | undefined {
    if (!this.#isOpen()) return undefined;
    const [row] = this.#sql.exec<{ json: string }>('SELECT json FROM state');
    // Written below, from this very type.
    return row ? (JSON.parse(row.json) as Group) : undefined;
  }

  async #keep(group: Group, now: number): Promise<Changed> {
    this.#sql.exec(
      'INSERT INTO state VALUES (1, ?, NULL) ON CONFLICT (one) DO UPDATE SET json = excluded.json',
      JSON.stringify(atRest(group)),
    );
    await this.#arm(group, now, GRACE);
    return this.#changed(group, now);
  }

  #changed(group: Group, now: number): Changed {
    const next = nextAt(group);
    const [row] = this.#sql.exec<{ told: string | null }>('SELECT told FROM state');
    const summary = summaryOf(group);
    const news = row?.told !== JSON.stringify(heardOf(summary));
    return { due: next !== undefined && next <= now, ...(news ? { summary } : {}) };
  }

  #arm(group: Group, now: number, grace: number): Promise<void> {
    const next = nextAt(group) ?? (group.resolvedAt ?? now) + KEPT;
    return arm(this.ctx.storage, next <= now ? now + grace : next);
  }
}

const NOTHING = { phase: 'resolved', deliveries: {} } as Group; // nothing is due in it

function summaryOf(group: Group): Summary {
  const { id, route, phase, count, openedAt, firstAt, lastAt, resolvedAt, muted, seq, members } =
    group;
  return {
    ...{ id, route, phase, count, openedAt, firstAt, lastAt, seq },
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(muted === undefined ? {} : { muted }),
    members: Object.values(members).map(
      ({ rule, owner, severity, app_id, channel, labels, title, lastAt: last }) => ({
        ...{ rule, owner, severity, app_id, channel, labels, title, lastAt: last },
      }),
    ),
  };
}

/** What the desk must not miss: also each message. Counts and times it hears along with it, not each by itself. */
const heardOf = ({ phase, openedAt, muted, seq, members }: Summary): object => ({
  phase,
  seq,
  openedAt,
  muted,
  members: members.map(({ rule, severity, app_id, channel }) => [rule, severity, app_id, channel]),
});

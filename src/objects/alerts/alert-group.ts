import { DurableObject } from 'cloudflare:workers';
import { messageOf } from '../../errors.ts';
import { setAlarm } from '../alarm.ts';
import {
  type AlertContext,
  end,
  type Raised,
  type Resolution,
  raise,
  settle,
} from './alert-changes.ts';
import { applyResult, type DeliveryResult, leaseDue } from './alert-delivery.ts';
import { type Delivery, type Group, type Member, nextAt, withoutContent } from './alert-state.ts';
import { forget } from './erase-people.ts';

/** How long the keys of counted alerts are kept, in milliseconds: longer than a queue redelivers an effect. */
const KEY_RETENTION = 2 * 86_400_000;
/** How long a resolved group is kept, in milliseconds. */
const GROUP_RETENTION = 30 * 86_400_000;
/** Milliseconds until the alarm runs due work that the caller has not done. */
const GRACE = 5_000;

/** What the desk stores of a group. */
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
  /** How many notifications it has caused. */
  readonly seq: number;
  readonly members: readonly Pick<
    Member,
    'rule' | 'owner' | 'severity' | 'app_id' | 'channel' | 'labels' | 'title' | 'about' | 'lastAt'
  >[];
}

/** The result of a change: the summary, if the desk must store a new one, and whether work is due. */
export interface Changed {
  readonly summary?: Summary;
  readonly due: boolean;
}

/** A notification to send now. */
export type DueDelivery = Delivery & { readonly to: string };

/**
 * One group of alerts: their counts, the pending notifications and the trail. It sends nothing itself.
 * Its alarm puts a message on the effects queue, whose consumer asks what is due, sends it and
 * reports the result.
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

  /** Creates the tables at the first alert, so that reading an unknown or expired id stores nothing. */
  #open(): void {
    if (this.#isOpen()) return;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL, stored_summary TEXT);
      CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS keys_at ON keys (at);`);
  }

  #isOpen(): boolean {
    this.#opened ||=
      this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'state'").toArray().length > 0;
    return this.#opened;
  }

  /** Adds an alert, once for each key. */
  async raise(raised: Raised, now: number): Promise<Changed> {
    this.#open();
    const before = this.#read();
    const known =
      this.#sql.exec('SELECT 1 FROM keys WHERE key = ?', raised.key).toArray().length > 0;
    if (known && before) return this.#changed(before, now);
    this.#sql.exec('INSERT INTO keys VALUES (?, ?)', raised.key, now);
    return this.#keep(raise(before, raised, now), now);
  }

  /** Applies a resolution. */
  async end(ending: Resolution, now: number): Promise<Changed> {
    const before = this.#read();
    return before ? this.#keep(end(before, ending, now), now) : { due: false };
  }

  /** Makes a muted group check again now, after a silence was lifted. */
  async wake(now: number): Promise<Changed> {
    const before = this.#read();
    return before?.muted === undefined
      ? { due: false }
      : this.#keep({ ...before, checkAt: now }, now);
  }

  /** Decides what is due and leases it to the caller for a minute. */
  async settle(
    standing: AlertContext,
    now: number,
  ): Promise<Changed & { readonly orders: readonly DueDelivery[] }> {
    const before = this.#read();
    if (!before) return { due: false, orders: [] };
    const { group, due } = leaseDue(settle(before, standing, now), now);
    return { ...(await this.#keep(group, now)), orders: due };
  }

  /** Applies the result of a delivery. */
  async applyResult(
    order: Pick<DueDelivery, 'to' | 'seq'>,
    answer: DeliveryResult,
    fallback: string | undefined,
    now: number,
  ): Promise<Changed & { readonly gaveUp: boolean }> {
    const before = this.#read();
    if (!before) return { due: false, gaveUp: false };
    const { group, gaveUp } = applyResult(before, order, answer, fallback, now);
    return { ...(await this.#keep(group, now)), gaveUp };
  }

  /** Sends the last notification to a destination again, on request. */
  async resend(to: string, now: number): Promise<Changed> {
    const before = this.#read();
    const notification = before?.lastSent?.notification;
    if (!before || !notification) return { due: false };
    const seq = before.seq + 1;
    const delivery: Delivery = {
      kind: 'update',
      seq,
      notification: { ...notification, state: before.phase },
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

  /** Removes what names these people, by their keyed hashes. Returns how many entries that were, and the new summary for the desk. */
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

  /** Records that the desk has stored this summary. */
  async summaryStored(summary: Summary): Promise<void> {
    if (this.#isOpen())
      this.#sql.exec('UPDATE state SET stored_summary = ?', JSON.stringify(digestOf(summary)));
  }

  async read(): Promise<Group | undefined> {
    return this.#read();
  }

  /** Returns whether work is due. */
  async isDue(now: number): Promise<boolean> {
    const next = nextAt(this.#read() ?? EMPTY);
    return next !== undefined && next <= now;
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const group = this.#read();
    if (!group) return;
    this.#sql.exec('DELETE FROM keys WHERE at < ?', now - KEY_RETENTION);
    const next = nextAt(group);
    if (next !== undefined && next <= now) {
      // The runtime drops an alarm that throws several times, so a failing queue is retried by the next alarm.
      await this.env.EFFECTS.send({ kind: 'alerts', group: group.id }).catch((error: unknown) => {
        console.error({
          // @event alert.enqueue-failed | A due alert could not be queued; its object tries
          //   again after one minute.
          event: 'alert.enqueue-failed',
          group: group.id,
          message: messageOf(error),
        });
      });
      await setAlarm(this.ctx.storage, now + 60_000);
    } else if (next === undefined && (group.resolvedAt ?? now) + GROUP_RETENTION <= now) {
      await this.ctx.storage.deleteAll();
      this.#opened = false;
    } else {
      await this.#arm(group, now, 0);
    }
  }

  #read(): Group | undefined {
    if (!this.#isOpen()) return undefined;
    const [row] = this.#sql.exec<{ json: string }>('SELECT json FROM state');
    // `#keep` wrote it from this type.
    return row ? (JSON.parse(row.json) as Group) : undefined;
  }

  async #keep(group: Group, now: number): Promise<Changed> {
    this.#sql.exec(
      'INSERT INTO state VALUES (1, ?, NULL) ON CONFLICT (one) DO UPDATE SET json = excluded.json',
      JSON.stringify(withoutContent(group)),
    );
    await this.#arm(group, now, GRACE);
    return this.#changed(group, now);
  }

  #changed(group: Group, now: number): Changed {
    const next = nextAt(group);
    const [row] = this.#sql.exec<{ stored_summary: string | null }>(
      'SELECT stored_summary FROM state',
    );
    const summary = summaryOf(group);
    const news = row?.stored_summary !== JSON.stringify(digestOf(summary));
    return { due: next !== undefined && next <= now, ...(news ? { summary } : {}) };
  }

  #arm(group: Group, now: number, grace: number): Promise<void> {
    const next = nextAt(group) ?? (group.resolvedAt ?? now) + GROUP_RETENTION;
    return setAlarm(this.ctx.storage, next <= now ? now + grace : next);
  }
}

const EMPTY = { phase: 'resolved', deliveries: {} } as Group; // nothing is due in it

function summaryOf(group: Group): Summary {
  const { id, route, phase, count, openedAt, firstAt, lastAt, resolvedAt, muted, seq, members } =
    group;
  return {
    ...{ id, route, phase, count, openedAt, firstAt, lastAt, seq },
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(muted === undefined ? {} : { muted }),
    members: Object.values(members).map(
      ({ rule, owner, severity, app_id, channel, labels, title, about, lastAt: last }) => ({
        ...{ rule, owner, severity, app_id, channel, labels, title, about, lastAt: last },
      }),
    ),
  };
}

/** The parts of a summary whose change the desk must store. Counts and times are stored along with them. */
const digestOf = ({ phase, openedAt, muted, seq, members }: Summary): object => ({
  phase,
  seq,
  openedAt,
  muted,
  members: members.map(({ rule, severity, app_id, channel, about }) => [
    ...[rule, severity, app_id, channel, about],
  ]),
});

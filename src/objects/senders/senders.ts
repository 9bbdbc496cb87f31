import { DurableObject } from 'cloudflare:workers';
import type { Content } from '../../rules/model/values.ts';
import { setAlarm } from '../alarm.ts';
import { type Outbox, openOutbox } from '../outbox.ts';
import {
  type ActiveLimit,
  type Limit,
  type LimitEvent,
  type Limits,
  openLimits,
  type Release,
} from './limits.ts';
import {
  openReportedValues,
  type ReportedValue,
  type ReportedValues,
  type ValueBefore,
} from './reported-values.ts';
import { type Bucket, isRefilledAtOnce, type Permit, spend } from './token-bucket.ts';

/** A quality rating from a callback. */
export type RatingNote = Omit<ReportedValue, 'value'> & { readonly rating: string };

/** A messaging limit from a callback, as the channel writes it. */
export type MessagingLimitNote = Omit<ReportedValue, 'value'> & { readonly limit: string };

/** An event in a sender's history. */
export type SenderEvent =
  | LimitEvent
  | (RatingNote & { readonly event: 'rating' })
  | (MessagingLimitNote & { readonly event: 'messaging_limit' });

/** A sender now: its rating and its messaging limit and since when, the strictest throttle in force, and all throttles in force. Times are milliseconds since 1970. */
export interface SenderSummary {
  readonly quality: string | null;
  readonly since: number | null;
  readonly messagingLimit: { readonly limit: string; readonly since: number } | null;
  readonly throttle: Pick<ActiveLimit, 'to' | 'content' | 'until' | 'reason'> | null;
  readonly limits: readonly ActiveLimit[];
}

/** The same with its history, oldest first: every rating, and the newest limits and releases. */
export interface SenderState extends SenderSummary {
  readonly history: readonly SenderEvent[];
}

/** A request to send now: how many messages of which kind of content. */
export interface PermitRequest {
  readonly content: Content;
  readonly count: number;
  readonly now: number;
  /** The rate that holds where no limit is in force. */
  readonly or?: string | undefined;
}

/** A limit in force and the permits that remain under it. */
export interface Remaining {
  readonly limit: ActiveLimit;
  /** The callback whose rule set it, if still stored. */
  readonly callbackId?: string;
  readonly left: Permit;
}

/**
 * One sender, an app on a channel: its quality rating, its limits and their token buckets. Callers
 * pass its name, `<app>:<channel>`, because an object that its alarm wakes does not know its own name.
 *
 * @storage Durable Object Senders | one per app and channel: ratings, messaging limits, throttles, releases |
 *   CHANNEL_EVENT and UNSUPPORTED callbacks, `throttle`, `release` | `GET /v1/senders`, may-send, permits,
 *   `/send`, `retry` | ratings and messaging limits: not limited; the newest 10,000 limits and releases
 * @storage KV throttle:<app>:<channel> | the rating and the limits of the sender, `as_of` |
 *   `Senders`, within seconds | may-send with `consistency=fast`; your senders, if they choose to
 *   | overwritten
 */
export class Senders extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #ratings: ReportedValues;
  readonly #messagingLimits: ReportedValues;
  readonly #limits: Limits;
  readonly #outbox: Outbox;
  /** The buckets that are full again before this object could be evicted, so that no row is written for each permit. */
  readonly #quick = new Map<Content, Bucket>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#ratings = openReportedValues(this.#sql, 'ratings');
    this.#messagingLimits = openReportedValues(this.#sql, 'messaging_limits');
    this.#limits = openLimits(this.#sql);
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS buckets (content TEXT PRIMARY KEY, tokens REAL NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID',
    );
    this.#outbox = openOutbox(this.#sql, (name) => this.#publish(name));
  }

  /** Stores a rating. Returns as `previous` what Sinch states, else the newest older rating. A repeated callback gets its first answer. */
  async noteRating(name: string, { rating, ...note }: RatingNote): Promise<ValueBefore> {
    const answer = this.#ratings.note({ ...note, value: rating });
    await this.#changed(name);
    return answer;
  }

  /** Returns what `noteRating` would return, and stores nothing. */
  async ratingBefore({ rating, ...note }: RatingNote): Promise<ValueBefore> {
    return this.#ratings.before({ ...note, value: rating });
  }

  /** Stores a messaging limit and returns the one before it, like `noteRating`. */
  async noteMessagingLimit(
    name: string,
    { limit, ...note }: MessagingLimitNote,
  ): Promise<ValueBefore> {
    const answer = this.#messagingLimits.note({ ...note, value: limit });
    await this.#changed(name);
    return answer;
  }

  /** Returns what `noteMessagingLimit` would return, and stores nothing. */
  async messagingLimitBefore({ limit, ...note }: MessagingLimitNote): Promise<ValueBefore> {
    return this.#messagingLimits.before({ ...note, value: limit });
  }

  /** Sets a rule's limit for one kind of content. The newest event wins, whatever the order of arrival. */
  async limit(name: string, limit: Limit): Promise<void> {
    this.#limits.set(limit);
    await this.#changed(name);
  }

  /** Ends a rule's limit, or every limit, that is older than the release; one that arrives after it but is older never takes effect. */
  async release(name: string, release: Release): Promise<void> {
    this.#limits.release(release);
    await this.#changed(name);
  }

  /** Takes permits: all that are requested, unless a limit for their kind of content is in force; then its token bucket decides. */
  async permit({ content, count, now, or }: PermitRequest): Promise<Permit> {
    const strictest = this.#limits.active(now).find((limit) => limit.content === content);
    if (!strictest && or === undefined) return { granted: count };
    if (!strictest && isRefilledAtOnce(or)) {
      const { permit, left } = spend(
        this.#quick.get(content),
        or,
        count,
        Number.POSITIVE_INFINITY,
        now,
      );
      this.#quick.set(content, left);
      return permit;
    }
    const { to, until } = strictest ?? { to: or ?? '', until: Number.POSITIVE_INFINITY };
    const { permit, left } = spend(this.#bucket(content), to, count, until, now);
    this.#sql.exec(
      'INSERT OR REPLACE INTO buckets VALUES (?, ?, ?)',
      content,
      left.tokens,
      left.at,
    );
    return permit;
  }

  /** Returns unused permits to the bucket, which never holds more than its limit allows. Without a limit none were taken. */
  async giveBack(content: Content, count: number, now: number, or?: string): Promise<void> {
    const isLimited = this.#limits.active(now).some((limit) => limit.content === content);
    if (!isLimited && isRefilledAtOnce(or)) {
      const bucket = this.#quick.get(content);
      if (bucket) this.#quick.set(content, { ...bucket, tokens: bucket.tokens + count });
      return;
    }
    if (!isLimited && or === undefined) return;
    this.#sql.exec('UPDATE buckets SET tokens = tokens + ? WHERE content = ?', count, content);
  }

  /** Returns the strictest limit and its remaining permits for each kind of content, in the order requested; undefined where none is in force. */
  async left(contents: readonly Content[], now: number): Promise<(Remaining | undefined)[]> {
    const limits = this.#limits.active(now);
    return contents.map((content) => {
      const limit = limits.find((active) => active.content === content);
      if (!limit) return undefined;
      const { permit: left } = spend(
        this.#bucket(content),
        limit.to,
        Number.POSITIVE_INFINITY,
        limit.until,
        now,
      );
      const callbackId = this.#limits.causeOf(limit);
      return { limit, left, ...(callbackId !== undefined && { callbackId }) };
    });
  }

  /** Returns the sender at `now`, with its history. */
  async read(now: number): Promise<SenderState> {
    const ratings = this.#ratings
      .all()
      .map(({ value, ...note }): SenderEvent => ({ ...note, event: 'rating', rating: value }));
    const messagingLimits = this.#messagingLimits.all().map(
      ({ value, ...note }): SenderEvent => ({
        ...{ ...note, event: 'messaging_limit', limit: value },
      }),
    );
    return {
      ...this.#standing(now),
      history: [...ratings, ...messagingLimits, ...this.#limits.events()].toSorted(
        (a, b) => a.at - b.at,
      ),
    };
  }

  override async alarm(): Promise<void> {
    await this.#outbox.flush();
    await this.#arm();
  }

  #bucket(content: Content): Bucket | undefined {
    const [bucket] = this.#sql.exec<{ tokens: number; at: number }>(
      'SELECT tokens, at FROM buckets WHERE content = ?',
      content,
    ) satisfies Iterable<Bucket>;
    return bucket;
  }

  #standing(now: number): SenderSummary {
    const limits = this.#limits.active(now);
    const [strictest] = limits;
    const rating = this.#ratings.current();
    const limit = this.#messagingLimits.current();
    return {
      quality: rating?.value ?? null,
      since: rating?.since ?? null,
      messagingLimit: limit ? { limit: limit.value, since: limit.since } : null,
      throttle: strictest
        ? {
            to: strictest.to,
            content: strictest.content,
            until: strictest.until,
            reason: strictest.reason,
          }
        : null,
      limits,
    };
  }

  /** Writes the copy, which becomes outdated when the first of its limits ends. */
  async #publish(name: string): Promise<number | undefined> {
    const now = Date.now();
    const standing = this.#standing(now);
    await this.env.KV.put(`throttle:${name}`, JSON.stringify({ ...standing, as_of: now }));
    return standing.limits.length > 0
      ? Math.min(...standing.limits.map(({ until }) => until))
      : undefined;
  }

  async #changed(name: string): Promise<void> {
    this.#outbox.mark(name);
    await this.#arm();
  }

  async #arm(): Promise<void> {
    const due = this.#outbox.next();
    if (due !== undefined) await setAlarm(this.ctx.storage, due);
  }
}

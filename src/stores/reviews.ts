import * as v from 'valibot';
import { Address } from '../callbacks/model.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { stableId } from '../crypto/stable-id.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import type { Scope, Scopes } from '../objects/recipients/consent.ts';
import { REVIEW_KINDS, type ReviewRequest, type Reviews } from '../work/services.ts';
import { notErased } from './erasure/not-erased.ts';
import type { SealedColumn } from './keys/sealed.ts';

const Side = v.object({
  contact: v.optional(v.string()),
  address: Address,
  suppressed: v.boolean(),
  marketing: v.boolean(),
  notification: v.boolean(),
});

/** The details of reviews, for the rotation of keys. */
export const reviewDetails: SealedColumn = { table: 'reviews', key: ['id'], column: 'details' };

/** The encrypted part of a review: the addresses, the text, and the reason, which may quote the text. */
const Details = v.object({
  sides: v.array(Side),
  text: v.optional(v.string()),
  reason: v.exactOptional(v.string()),
  hold: v.exactOptional(v.string()),
  appId: v.exactOptional(v.string()),
  contacts: v.optional(v.array(v.string()), []),
});

const Row = v.object({
  id: v.string(),
  at: v.number(),
  kind: v.picklist(REVIEW_KINDS),
  rule: v.string(),
  callback_id: v.string(),
  channel: v.string(),
  reason: v.string(),
  details: v.string(),
  state: v.picklist(['open', 'suppressed', 'dismissed']),
  scope: v.nullable(v.string()),
  decided_at: v.nullable(v.number()),
  decided_by: v.nullable(v.string()),
  decision_reason: v.nullable(v.string()),
});

/** A review with its details decrypted. Times are milliseconds since 1970; it is to be decided before `due`. */
export type Review = Omit<v.InferOutput<typeof Row>, 'details'> &
  v.InferOutput<typeof Details> & { readonly due: number };

/** The actor of a decision that was not made in time. A person may still decide such a review. */
export const OVERDUE = 'signalbox';

/** A decided review, and what each side refuses now. Later events count too, so this may differ from the decision. */
export interface Decided extends Review {
  /** In the order of `sides`; undefined if it could not be read. */
  readonly refuses: readonly Scopes[] | undefined;
}

/** The decision of a review. */
export interface ReviewDecision {
  readonly decision: 'suppress' | 'dismiss';
  readonly scope: Scope;
  readonly actor: string;
  readonly reason: string;
}

/** The reviews in D1. */
export interface ReviewStore extends Reviews {
  readonly list: (state: string, limit: number) => Promise<readonly Review[]>;
  /** Returns open near misses that were due before `now`, oldest first. */
  readonly overdue: (now: number, limit: number) => Promise<readonly Review[]>;
  /** Returns when the oldest open review was opened. */
  readonly oldest: () => Promise<number | undefined>;
  /** Decides a review, once; a decision that was made for being overdue may be replaced. @throws AppError `not_found`; `conflict` if it is decided already */
  readonly decide: (id: string, verdict: ReviewDecision, now: number) => Promise<Decided>;
}

/** Opens the reviews. `reviewDue`: how long a decision may take, in milliseconds. */
export function openReviews(
  DB: D1Database,
  dataKey: DataKey,
  { recipients }: Pick<Objects, 'recipients'>,
  reviewDue: number,
): ReviewStore {
  const opened = async (row: unknown): Promise<Review> => {
    const { details, ...rest } = v.parse(Row, row);
    const known = v.parse(Details, JSON.parse(await dataKey.decrypt(details)));
    return { ...rest, ...known, due: rest.at + reviewDue };
  };

  /** Never throws: the review is decided already. */
  async function refusedBy({ sides }: Review): Promise<readonly Scopes[] | undefined> {
    try {
      return (await recipients.read(sides.map(({ address }) => address))).map(
        ({ scopes }) => scopes,
      );
    } catch (error) {
      // @event review.consent-unavailable | The consent of the people of a review could not be
      //   read for display.
      console.error({ event: 'review.consent-unavailable', message: messageOf(error) });
      return undefined;
    }
  }

  /** Ends the hold of a near miss on its people. */
  async function endHold({ sides, hold }: Review, decision: string): Promise<void> {
    if (hold === undefined) return;
    await Promise.all(sides.map(({ address }) => recipients.settle(address, hold, decision)));
  }

  /** Undoes what was suppressed because the review was overdue. */
  async function undoOverdue({ id, sides }: Review, decision: string): Promise<void> {
    await Promise.all(
      sides.map(({ address }, index) =>
        recipients.settle(address, changeKey(id, index, 'marketing'), decision),
      ),
    );
  }

  return {
    async ask(request: ReviewRequest) {
      const { key, rule, callbackId, at, reason, text, addresses } = request;
      const { hold, appId } = request;
      const consents = await recipients.read(addresses.map(({ address }) => address));
      const sides = addresses.map(({ contact, address }, index) => {
        const scopes = consents[index]?.scopes;
        return {
          ...(contact ? { contact } : {}),
          address,
          suppressed: scopes?.all ?? false,
          marketing: scopes?.marketing ?? false,
          notification: scopes?.notification ?? false,
        };
      });
      const [first] = sides;
      const differ = sides.some(({ suppressed, marketing, notification }) =>
        first
          ? suppressed !== first.suppressed ||
            marketing !== first.marketing ||
            notification !== first.notification
          : false,
      );
      if (request.kind === 'consents-differ' && !differ) return undefined;
      const kind = request.kind === 'duplicate' && differ ? 'consents-differ' : request.kind;
      const id = await stableId(['review', key]);
      const details = await dataKey.encrypt(
        JSON.stringify({
          ...{ sides, reason },
          ...(text ? { text } : {}),
          ...(hold ? { hold } : {}),
          ...(appId ? { appId } : {}),
          contacts: request.contacts ?? [],
        }),
      );
      await DB.prepare(
        `INSERT OR IGNORE INTO reviews (id, at, kind, rule, callback_id, channel, people, reason, details)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8
         WHERE ${notErased('?7', '?2')}`,
      )
        .bind(
          id,
          at,
          kind,
          rule,
          callbackId,
          first?.address.channel ?? '',
          JSON.stringify(consents.map(({ person }) => person)),
          details,
        )
        .run();
      return id;
    },

    async closeMerged({ kept, gone, addresses, callbackId, at }) {
      const people = await Promise.all(addresses.map((address) => recipients.personOf(address)));
      const rows = await DB.prepare(
        `SELECT * FROM reviews WHERE state = 'open' AND kind IN ('duplicate', 'consents-differ')
         AND EXISTS (SELECT 1 FROM json_each(people) WHERE value IN (SELECT value FROM json_each(?)))`,
      )
        .bind(JSON.stringify(people))
        .all();
      const reviews = await Promise.all(rows.results.map(opened));
      const settled = reviews.filter(
        ({ contacts, callback_id: from }) =>
          from !== callbackId && [kept, gone].every((id) => contacts.includes(id)),
      );
      for (const { id } of settled)
        await DB.prepare(
          "UPDATE reviews SET state = 'dismissed', decided_at = ?, decided_by = ?, decision_reason = ? WHERE id = ? AND state = 'open'",
        )
          .bind(at, OVERDUE, `merged: ${kept} stays`, id)
          .run();
      return settled.length;
    },

    async list(state, limit) {
      const rows = await DB.prepare(
        'SELECT * FROM reviews WHERE state = ? ORDER BY at DESC, id LIMIT ?',
      )
        .bind(state, limit)
        .all();
      return Promise.all(rows.results.map(opened));
    },

    async overdue(now, limit) {
      const rows = await DB.prepare(
        "SELECT * FROM reviews WHERE state = 'open' AND kind = 'near-miss' AND at <= ? ORDER BY at LIMIT ?",
      )
        .bind(now - reviewDue, limit)
        .all();
      return Promise.all(rows.results.map(opened));
    },

    async oldest() {
      const row = await DB.prepare("SELECT min(at) AS at FROM reviews WHERE state = 'open'").first<{
        at: number | null;
      }>();
      return row?.at ?? undefined;
    },

    async decide(id, { decision, scope, actor, reason }, at) {
      const row = await DB.prepare('SELECT * FROM reviews WHERE id = ?').bind(id).first();
      if (!row) throw new AppError('not_found', `there is no review "${id}"`);
      const review = await opened(row);
      const replaced = review.state !== 'open' && review.decided_by === OVERDUE;
      if (review.state !== 'open' && (!replaced || actor === OVERDUE)) {
        // A decision that was interrupted may have left the hold.
        await endHold(
          review,
          `${review.decided_by ?? 'an operator'}: ${review.decision_reason ?? ''}`,
        );
        throw new AppError(
          'conflict',
          `this review was ${review.state} by ${review.decided_by ?? 'an operator'}`,
        );
      }
      if (decision === 'suppress') {
        await recipients.change(
          review.sides.map(({ address }, index) => ({
            key: changeKey(id, index, scope),
            address,
            scope,
            to: 'out',
            at: review.at,
            // A near miss is the person's own wish, so that their START lifts it.
            source: review.kind === 'near-miss' ? 'keyword' : 'hand',
            app: review.appId,
            callbackId: review.callback_id,
            rule: review.rule,
            actor,
            reason,
            ...(review.text ? { words: review.text.slice(0, 200) } : {}),
          })),
        );
      }
      const state = decision === 'suppress' ? 'suppressed' : 'dismissed';
      // Of two concurrent decisions, one that suppresses has already taken effect and wins.
      const { meta } = await DB.prepare(
        "UPDATE reviews SET state = ?1, scope = ?2, decided_at = ?3, decided_by = ?4, decision_reason = ?5 WHERE id = ?6 AND (state = 'open' OR ?1 = 'suppressed' OR decided_by = ?7)",
      )
        .bind(state, decision === 'suppress' ? scope : null, at, actor, reason, id, OVERDUE)
        .run();
      if (meta.changes === 0)
        throw new AppError(
          'conflict',
          'this review was decided at the same time by another operator',
        );
      // After the row: a hold that stays forbids marketing, one that ends too early allows it.
      await endHold(review, `${actor}: ${reason}`);
      if (replaced && decision === 'dismiss') await undoOverdue(review, `${actor}: ${reason}`);
      return {
        ...review,
        state,
        decided_at: at,
        decided_by: actor,
        reason,
        refuses: await refusedBy(review),
      };
    },
  };
}

/** The key of the change that a decision makes for one of its people. */
const changeKey = (id: string, index: number, scope: Scope): string =>
  `review/${id}/${index}/${scope}`;

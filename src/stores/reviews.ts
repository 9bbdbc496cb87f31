import * as v from 'valibot';
import { stableId } from '../callbacks/callback-id.ts';
import { Address } from '../callbacks/model.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import type { Scope, Scopes } from '../objects/recipients/consent.ts';
import type { ReviewRequest, Reviews } from '../work/services.ts';

const Side = v.object({
  contact: v.optional(v.string()),
  address: Address,
  suppressed: v.boolean(),
  marketing: v.boolean(),
  notification: v.boolean(),
});

/** The encrypted part of a review: the addresses, the text, and the reason, which may quote the text. */
const Details = v.object({
  sides: v.array(Side),
  text: v.optional(v.string()),
  reason: v.exactOptional(v.string()),
});

const Row = v.object({
  id: v.string(),
  at: v.number(),
  kind: v.picklist(['near-miss', 'consents-differ']),
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

/** A review with its details decrypted. Times are milliseconds since 1970. */
export type Review = Omit<v.InferOutput<typeof Row>, 'details'> & v.InferOutput<typeof Details>;

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
  /** Decides a review, once. @throws AppError `not_found`; `conflict` if it is decided already */
  readonly decide: (id: string, verdict: ReviewDecision, now: number) => Promise<Decided>;
}

/** Opens the reviews. */
export function openReviews(
  DB: D1Database,
  dataKey: DataKey,
  { recipients }: Pick<Objects, 'recipients'>,
): ReviewStore {
  const opened = async (row: unknown): Promise<Review> => {
    const { details, ...rest } = v.parse(Row, row);
    return { ...rest, ...v.parse(Details, JSON.parse(await dataKey.decrypt(details))) };
  };

  /** Never throws: the review is decided already. */
  async function refusedBy({ sides }: Review): Promise<readonly Scopes[] | undefined> {
    try {
      return (await recipients.read(sides.map(({ address }) => address))).map(
        ({ scopes }) => scopes,
      );
    } catch (error) {
      console.error({ event: 'review.consent-unavailable', message: messageOf(error) });
      return undefined;
    }
  }

  return {
    async ask(request: ReviewRequest) {
      const { kind, key, rule, callbackId, at, receivedAt, reason, text, addresses } = request;
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
      if (kind === 'consents-differ' && !differ) return undefined;
      const id = await stableId(['review', key]);
      const details = await dataKey.encrypt(
        JSON.stringify({ sides, reason, ...(text ? { text } : {}) }),
      );
      await DB.prepare(
        `INSERT OR IGNORE INTO reviews (id, at, kind, rule, callback_id, channel, people, reason, details)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8
         WHERE NOT EXISTS (SELECT 1 FROM erased_people WHERE person IN (SELECT value FROM json_each(?7)) AND at >= ?9)`,
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
          receivedAt,
        )
        .run();
      return id;
    },

    async list(state, limit) {
      const rows = await DB.prepare(
        'SELECT * FROM reviews WHERE state = ? ORDER BY at DESC, id LIMIT ?',
      )
        .bind(state, limit)
        .all();
      return Promise.all(rows.results.map(opened));
    },

    async decide(id, { decision, scope, actor, reason }, at) {
      const row = await DB.prepare('SELECT * FROM reviews WHERE id = ?').bind(id).first();
      if (!row) throw new AppError('not_found', `there is no review "${id}"`);
      const review = await opened(row);
      if (review.state !== 'open')
        throw new AppError(
          'conflict',
          `this review was ${review.state} by ${review.decided_by ?? 'an operator'}`,
        );
      if (decision === 'suppress') {
        await recipients.change(
          review.sides.map(({ address }, index) => ({
            key: `review/${id}/${index}/${scope}`,
            address,
            scope,
            to: 'out',
            at: review.at,
            // A near miss is the person's own wish, so that their START lifts it.
            source: review.kind === 'near-miss' ? 'keyword' : 'hand',
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
        "UPDATE reviews SET state = ?1, scope = ?2, decided_at = ?3, decided_by = ?4, decision_reason = ?5 WHERE id = ?6 AND (state = 'open' OR ?1 = 'suppressed')",
      )
        .bind(state, decision === 'suppress' ? scope : null, at, actor, reason, id)
        .run();
      if (meta.changes === 0)
        throw new AppError(
          'conflict',
          'this review was decided at the same time by another operator',
        );
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

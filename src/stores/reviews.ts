import * as v from 'valibot';
import { stableId } from '../callbacks/callback-id.ts';
import { Address } from '../callbacks/triggers/trigger.ts';
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

/** What is sealed of a review: whom it is about, what they wrote, and why it was asked for, which may quote them. */
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

/** A review as the person who decides sees it, opened. Times are milliseconds since 1970. */
export type Review = Omit<v.InferOutput<typeof Row>, 'details'> & v.InferOutput<typeof Details>;

/** A review as it was decided, and what each side refuses since: whatever came after its message counts, too. */
export interface Decided extends Review {
  /** In the order of `sides`; `undefined` when it could not be read. */
  readonly refuses: readonly Scopes[] | undefined;
}

/** What somebody decided about a review. */
export interface Verdict {
  readonly decision: 'suppress' | 'dismiss';
  readonly scope: Scope;
  readonly actor: string;
  readonly reason: string;
}

/** Reviews in D1, for whoever decides them. */
export interface ReviewDesk extends Reviews {
  readonly list: (state: string, limit: number) => Promise<readonly Review[]>;
  /** Decides one, once. @throws AppError `not_found`, `conflict` when it was decided before */
  readonly decide: (id: string, verdict: Verdict, now: number) => Promise<Decided>;
}

/** Opens the reviews. */
export function openReviews(
  DB: D1Database,
  dataKey: DataKey,
  { recipients }: Pick<Objects, 'recipients'>,
): ReviewDesk {
  const opened = async (row: unknown): Promise<Review> => {
    const { details, ...rest } = v.parse(Row, row);
    return { ...rest, ...v.parse(Details, JSON.parse(await dataKey.unseal(details))) };
  };

  /** It is decided by then, so nothing here may fail. */
  async function refusedBy({ sides }: Review): Promise<readonly Scopes[] | undefined> {
    try {
      return (await recipients.read(sides.map(({ address }) => address))).map(
        ({ scopes }) => scopes,
      );
    } catch (error) {
      console.error({ event: 'review.consent-unread', message: messageOf(error) });
      return undefined;
    }
  }

  return {
    async ask({ kind, key, rule, callbackId, at, reason, text, addresses }: ReviewRequest) {
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
      const details = await dataKey.seal(
        JSON.stringify({ sides, reason, ...(text ? { text } : {}) }),
      );
      await DB.prepare(
        "INSERT OR IGNORE INTO reviews (id, at, kind, rule, callback_id, channel, people, reason, details) VALUES (?, ?, ?, ?, ?, ?, ?, '', ?)",
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
      if (!row) throw new AppError('not_found', `no review is called "${id}"`);
      const review = await opened(row);
      if (review.state !== 'open')
        throw new AppError(
          'conflict',
          `this review was ${review.state} by ${review.decided_by ?? 'somebody'}`,
        );
      if (decision === 'suppress') {
        await recipients.change(
          review.sides.map(({ address }, index) => ({
            key: `review/${id}/${index}/${scope}`,
            address,
            scope,
            to: 'out',
            at: review.at,
            // It is the person's own wish that somebody read: their START lifts it.
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
      // Two may decide at once: whoever dismisses comes too late, whoever suppresses has done so.
      const { meta } = await DB.prepare(
        "UPDATE reviews SET state = ?1, scope = ?2, decided_at = ?3, decided_by = ?4, decision_reason = ?5 WHERE id = ?6 AND (state = 'open' OR ?1 = 'suppressed')",
      )
        .bind(state, decision === 'suppress' ? scope : null, at, actor, reason, id)
        .run();
      if (meta.changes === 0)
        throw new AppError('conflict', 'somebody else decided this review just now');
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

import * as v from 'valibot';
import type { Address } from '../../callbacks/model.ts';
import type { ErasureCause } from '../../work/services.ts';

const Maybe = v.nullable(v.string());
const Stores = v.array(v.object({ store: v.string(), removed: v.number() }));

const Row = v.object({
  id: v.string(),
  at: v.number(),
  source: v.picklist(['request', 'rule', 'late']),
  named: v.picklist(['contact', 'address', 'contact and address', 'none']),
  state: v.picklist(['started', 'done']),
  ended_at: v.nullable(v.number()),
  addresses: v.number(),
  removed: v.number(),
  stores: v.pipe(v.string(), v.parseJson(), Stores),
  actor: v.string(),
  reason: v.string(),
  rule: Maybe,
  callback_id: Maybe,
});
export type ErasureRow = v.InferOutput<typeof Row>;

/** The contact and the addresses that an erasure names. */
export interface ErasureSubject {
  readonly contactId?: string | undefined;
  readonly addresses: readonly Address[];
}

/** The outcome of an erasure. `subjects`: the keyed hashes of the people and contacts that were erased. */
export interface ErasureEnd {
  readonly addresses: number;
  readonly stores: v.InferOutput<typeof Stores>;
  readonly subjects: readonly string[];
}

/** Selects erasures. Times are milliseconds since 1970; `subjects` are keyed hashes, of which one must be erased. */
export interface ErasureFilter {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly source?: ErasureRow['source'] | undefined;
  readonly state?: ErasureRow['state'] | undefined;
  readonly rule?: string | undefined;
  readonly subjects?: readonly string[] | undefined;
}

/** The record of erasures: who or what asked, when, what was erased. People are on it as keyed hashes. */
export interface Erasures {
  /**
   * Records an erasure before it starts, so that one that is interrupted is recorded too, and returns its id. A repetition of the
   * same `cause.id` keeps the first record. Times are milliseconds since 1970.
   */
  readonly begin: (named: ErasureSubject, cause: ErasureCause, at: number) => Promise<string>;
  readonly end: (id: string, end: ErasureEnd, at: number) => Promise<void>;
  /** Returns the newest erasures after `cursor`, and the cursor to continue with. */
  readonly list: (
    which: ErasureFilter,
    limit: number,
    cursor: string | undefined,
  ) => Promise<{ readonly rows: readonly ErasureRow[]; readonly next: string | undefined }>;
}

const COLUMNS =
  'id, at, source, named, state, ended_at, addresses, removed, stores, actor, reason, rule, callback_id';

/** Opens the record of erasures. */
export const openErasures = (DB: D1Database): Erasures => ({
  async begin(named, { id = crypto.randomUUID(), source, actor, reason, rule, callbackId }, at) {
    const bound = [id, at, source, kindOf(named), withoutNames(actor, named)];
    await DB.prepare(
      `INSERT OR IGNORE INTO erasures (id, at, source, named, actor, reason, rule, callback_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
      .bind(...bound, withoutNames(reason, named), rule ?? null, callbackId ?? null)
      .run();
    return id;
  },

  async end(id, { addresses, stores, subjects }, at) {
    const removed = stores.filter((one) => one.removed > 0);
    // The first end counts: a repetition finds nothing left to erase.
    await DB.prepare(
      `UPDATE erasures SET state = 'done', ended_at = ?2, addresses = ?3, removed = ?4, stores = ?5, subjects = ?6
       WHERE id = ?1 AND state = 'started'`,
    )
      .bind(
        ...[id, at, addresses, removed.reduce((sum, one) => sum + one.removed, 0)],
        JSON.stringify(removed.map(({ store, removed: n }) => ({ store, removed: n }))),
        JSON.stringify(subjects),
      )
      .run();
  },

  async list({ since, until, source, state, rule, subjects }, limit, cursor) {
    const [, at, id] = /^(\d{1,15})\.(.{1,300})$/.exec(cursor ?? '') ?? [];
    const { results } = await DB.prepare(
      `SELECT ${COLUMNS} FROM erasures
       WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at < ?2) AND (?3 IS NULL OR source = ?3)
         AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR rule = ?5)
         AND (?6 IS NULL OR EXISTS (SELECT 1 FROM json_each(subjects) AS own
                                    WHERE own.value IN (SELECT value FROM json_each(?6))))
         AND (?7 IS NULL OR (at, id) < (?7, ?8))
       ORDER BY at DESC, id DESC LIMIT ?9`,
    )
      .bind(
        ...[since ?? null, until ?? null, source ?? null, state ?? null, rule ?? null],
        ...[subjects ? JSON.stringify(subjects) : null, at ? Number(at) : null, id ?? '', limit],
      )
      .all();
    const rows = v.parse(v.array(Row), results);
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { rows, next: last && `${last.at}.${last.id}` };
  },
});

function kindOf({ contactId, addresses }: ErasureSubject): ErasureRow['named'] {
  if (contactId) return addresses.length > 0 ? 'contact and address' : 'contact';
  return addresses.length > 0 ? 'address' : 'none';
}

/** Fewer digits do not identify a person. */
const MIN_DIGITS = 5;

/** Removes the contact and the addresses from a text, however the digits of a number are separated. */
function withoutNames(text: string, { contactId, addresses }: ErasureSubject): string {
  let left = text;
  if (/\d/.test(left)) {
    for (const { identity } of addresses) {
      const digits = identity.replace(/^00/, '').replace(/\D/g, '');
      if (digits.length < MIN_DIGITS) continue;
      left = left.replace(new RegExp(`\\+?(00)?${[...digits].join('[\\s()./-]*')}`, 'g'), '…');
    }
  }
  for (const name of [contactId, ...addresses.map(({ identity }) => identity)]) {
    if (name) left = left.replaceAll(name, '…');
  }
  return left;
}

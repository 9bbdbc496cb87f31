import * as v from 'valibot';

const Row = v.object({
  id: v.string(),
  at: v.number(),
  named: v.picklist(['contact', 'address', 'contact and address']),
  addresses: v.number(),
  removed: v.number(),
  decided_by: v.string(),
  reason: v.string(),
});
export type ErasureRow = v.InferOutput<typeof Row>;

/** The contact or the address that an erasure names. */
export interface ErasureSubject {
  readonly contactId?: string | undefined;
  readonly identity?: string | undefined;
}

/** The record of erasures: by whom and why. The erased person is not recorded. */
export interface Erasures {
  /** Records an erasure before it starts, so that one that fails is recorded too, and returns its id. Times are milliseconds since 1970. */
  readonly begin: (
    named: ErasureSubject,
    actor: string,
    reason: string,
    at: number,
  ) => Promise<string>;
  readonly end: (id: string, addresses: number, removed: number) => Promise<void>;
  /** Returns the newest erasures. */
  readonly list: (limit: number) => Promise<readonly ErasureRow[]>;
}

/** Opens the record of erasures. */
export const openErasures = (DB: D1Database): Erasures => ({
  async begin(named, actor, reason, at) {
    const id = crypto.randomUUID();
    const what =
      named.contactId && named.identity
        ? 'contact and address'
        : named.contactId
          ? 'contact'
          : 'address';
    await DB.prepare(
      'INSERT INTO erasures (id, at, named, addresses, removed, decided_by, reason) VALUES (?, ?, ?, 0, 0, ?, ?)',
    )
      .bind(id, at, what, withoutName(actor, named), withoutName(reason, named))
      .run();
    return id;
  },

  async end(id, addresses, removed) {
    await DB.prepare('UPDATE erasures SET addresses = ?, removed = ? WHERE id = ?')
      .bind(addresses, removed, id)
      .run();
  },

  async list(limit) {
    const { results } = await DB.prepare('SELECT * FROM erasures ORDER BY at DESC, id LIMIT ?')
      .bind(limit)
      .all();
    return v.parse(v.array(Row), results);
  },
});

/** Fewer digits do not identify a person. */
const MIN_DIGITS = 5;

/** Removes the contact and the address from a text, however the digits of a number are separated. */
function withoutName(text: string, { contactId, identity }: ErasureSubject): string {
  let left = text;
  for (const name of [contactId, identity]) if (name) left = left.replaceAll(name, '…');
  const digits = identity?.replace(/^00/, '').replace(/\D/g, '') ?? '';
  if (digits.length < MIN_DIGITS) return left;
  return left.replace(new RegExp(`\\+?(00)?${[...digits].join('[\\s()./-]*')}`, 'g'), '…');
}

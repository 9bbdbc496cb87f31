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

/** Whom an erasure names. */
export interface Named {
  readonly contactId?: string | undefined;
  readonly identity?: string | undefined;
}

/** That people were erased, by whom and why: of whom is not on record. */
export interface Erasures {
  /** Puts an erasure on record before it begins: one that breaks off is known, too. Times are milliseconds since 1970. */
  readonly begin: (named: Named, actor: string, reason: string, at: number) => Promise<string>;
  readonly end: (id: string, addresses: number, removed: number) => Promise<void>;
  /** The newest. */
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

/** Fewer digits than these name nobody. */
const FEWEST = 5;

/** A text without the contact or the address that it is about, however a number is spaced in it. */
function withoutName(text: string, { contactId, identity }: Named): string {
  let left = text;
  for (const name of [contactId, identity]) if (name) left = left.replaceAll(name, '…');
  const digits = identity?.replace(/^00/, '').replace(/\D/g, '') ?? '';
  if (digits.length < FEWEST) return left;
  return left.replace(new RegExp(`\\+?(00)?${[...digits].join('[\\s()./-]*')}`, 'g'), '…');
}

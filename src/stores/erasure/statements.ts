/** The hashes that are bound as one JSON text. */
export const THESE = '(SELECT value FROM json_each(?))';

/** Records that a person or contact was erased: what is stored later about an earlier event does not name them. */
export const markErased = (hash: string, now: number, DB: D1Database): D1PreparedStatement =>
  DB.prepare(
    `INSERT INTO erased_people (person, at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE
     SET complete = iif(excluded.at > at, 0, complete), at = max(at, excluded.at)`,
  ).bind(hash, now);

/** Records that an erasure went through every store. Returns no rows that were removed. */
export const markComplete = (
  hashes: readonly string[],
  now: number,
  DB: D1Database,
): Promise<unknown> =>
  DB.prepare(`UPDATE erased_people SET complete = 1 WHERE at <= ? AND person IN ${THESE}`)
    .bind(now, JSON.stringify(hashes))
    .run();

/** Returns the contacts that have these people's addresses. */
export async function contactsOf(
  people: readonly string[],
  DB: D1Database,
): Promise<readonly string[]> {
  const { results } = await DB.prepare(
    `SELECT DISTINCT contact_id AS id FROM contact_addresses WHERE person IN ${THESE}`,
  )
    .bind(JSON.stringify(people))
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** R2 deletes a thousand objects at a time. */
export async function deleteObjects(keys: readonly string[], ARCHIVE: R2Bucket): Promise<void> {
  for (const some of portions(keys, 1000)) await ARCHIVE.delete(some);
}

export function* portions<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/** Returns the R2 key under which the body of a callback may be stored. */
export const bodyKey = (id: string): string => `bodies/${id}`;

export async function changed(
  DB: D1Database,
  statements: readonly D1PreparedStatement[],
): Promise<number> {
  return changesIn(await DB.batch([...statements]));
}

export const changesIn = (results: readonly D1Result<unknown>[]): number =>
  results.reduce((sum, { meta }) => sum + (meta.changes ?? 0), 0);

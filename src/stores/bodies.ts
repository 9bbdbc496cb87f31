import type { BodyAbout, Services } from '../work/services.ts';
import { notErased } from './erasure/not-erased.ts';

/** How many people a body is marked with: R2 takes 2 KB of metadata. */
const MAX_PEOPLE = 50;

/** Opens the large bodies in R2. */
export const openBodies = (ARCHIVE: R2Bucket): Services['bodies'] => ({
  async keep(key, text, { people, eventTime }: BodyAbout) {
    const about = { people: people.slice(0, MAX_PEOPLE).join(' '), at: String(eventTime) };
    await ARCHIVE.put(key, text, people.length > 0 ? { customMetadata: about } : {});
  },
  read: async (key) => (await ARCHIVE.get(key))?.text(),
  drop: (key) => ARCHIVE.delete(key),
});

/** Removes the bodies of people who were erased at or after the event, and returns how many. */
export async function pruneErasedBodies({
  DB,
  ARCHIVE,
}: Pick<Env, 'DB' | 'ARCHIVE'>): Promise<number> {
  let removed = 0;
  let cursor: string | undefined;
  do {
    const page = await ARCHIVE.list({
      prefix: 'bodies/',
      include: ['customMetadata'],
      ...(cursor ? { cursor } : {}),
    });
    const marked = page.objects.flatMap(({ key, customMetadata: { people, at } = {} }) =>
      people ? [{ key, people: people.split(' '), at: Number(at) }] : [],
    );
    const { results } = await DB.prepare(
      `SELECT json_extract(body.value, '$.key') AS key FROM json_each(?) AS body
       WHERE NOT ${notErased("json_extract(body.value, '$.people')", "json_extract(body.value, '$.at')")}`,
    )
      .bind(JSON.stringify(marked))
      .all<{ key: string }>();
    if (results.length > 0) await ARCHIVE.delete(results.map(({ key }) => key));
    removed += results.length;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return removed;
}

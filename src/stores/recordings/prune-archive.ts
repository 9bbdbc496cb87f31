import { openCopies } from './multipart.ts';

/** A copy that has not gone on for three days never will: its queue gave up on it after one. */
const ABANDONED = 3 * 86_400_000;

/** How many files are removed at once, the most that R2 takes, and how often in one run. */
const PORTION = { files: 1_000, most: 200 };

/**
 * Removes recordings and media that have been kept long enough, and copies that were given up. A file goes before its row,
 * so that whatever fails is found again the next night.
 * @param kept how long files are kept, and `now`: in milliseconds
 */
export async function pruneArchive(
  env: Pick<Env, 'DB' | 'ARCHIVE'>,
  kept: number,
  now: number,
): Promise<{ readonly recordings: number; readonly abandoned: number }> {
  const { DB, ARCHIVE } = env;
  let recordings = 0;
  for (let round = 0; round < PORTION.most; round++) {
    const { results } = await DB.prepare(
      'SELECT key FROM archived WHERE at < ? ORDER BY at LIMIT ?',
    )
      .bind(now - kept, PORTION.files)
      .all<{ key: string }>();
    const keys = results.map(({ key }) => key);
    if (keys.length === 0) break;
    await ARCHIVE.delete(keys);
    await DB.prepare(
      'DELETE FROM archived WHERE key IN (SELECT value FROM json_each(?)) AND at < ?',
    )
      .bind(JSON.stringify(keys), now - kept)
      .run();
    recordings += keys.length;
  }

  const { abandon } = openCopies(env);
  const { results } = await DB.prepare(
    'SELECT key, upload, key IN (SELECT key FROM archived) AS kept FROM copying WHERE at < ? ORDER BY at LIMIT ?',
  )
    .bind(now - ABANDONED, PORTION.files)
    .all<{ key: string; upload: string | null; kept: number }>();
  for (const { key, upload, kept: whole } of results) {
    // It may have been stored whole and never been noted: then nobody would ever find it.
    if (!whole) await ARCHIVE.delete(key);
    await abandon({ key, upload: upload ?? undefined });
  }
  return { recordings, abandoned: results.length };
}

import { readSettings } from '../env.ts';
import { pruneArchive } from './prune-archive.ts';

const DAY = 86_400_000;

/** How long things are kept, in milliseconds. */
const KEPT = { bodies: 14 * DAY, quarantine: 90 * DAY, deadLetters: 90 * DAY, held: 90 * DAY, consent: 400 * DAY };

/** Days that what was new at Sinch is listed. */
const DRIFT_KEPT = 90 * DAY;

/** How many entries are removed at once, and how often in one run: D1 does not like long statements. */
const PORTION = { entries: 5_000, most: 200 };

/** Once a day: removes what has been kept long enough. `now` in milliseconds. */
export async function prune(env: Pick<Env, 'DB' | 'ARCHIVE'>, now: number): Promise<void> {
  const { DB, ARCHIVE } = env;
  await DB.batch([
    DB.prepare('DELETE FROM quarantine WHERE at < ?').bind(now - KEPT.quarantine),
    DB.prepare('DELETE FROM dead_letters WHERE at < ?').bind(now - KEPT.deadLetters),
    DB.prepare('DELETE FROM drift WHERE at < ?').bind(now - DRIFT_KEPT),
    DB.prepare("DELETE FROM held WHERE state <> 'held' AND decided_at < ?").bind(now - KEPT.held),
    DB.prepare("DELETE FROM reviews WHERE state <> 'open' AND decided_at < ?").bind(now - KEPT.consent),
  ]);
  const { journalKept, archiveKept } = readSettings(env);
  const forgotten = await pruneJournal(DB, journalKept, now);
  const files = await pruneArchive(env, archiveKept, now);
  const removed =
    (await pruneObjects(ARCHIVE, 'bodies/', now - KEPT.bodies)) +
    (await pruneObjects(ARCHIVE, 'quarantine/', now - KEPT.quarantine)) +
    (await pruneObjects(ARCHIVE, 'consent/', now - KEPT.consent));
  console.log({ event: 'journal.pruned', objects: removed, decisions: forgotten, ...files });
}

/** Removes entries of each class when their time is over, with their rules and actions. */
async function pruneJournal(
  DB: D1Database,
  kept: { readonly callback: number; readonly consent: number },
  now: number,
): Promise<number> {
  const old = `SELECT id, rulebook FROM decisions
    WHERE (class = 'callback' AND at < ?1) OR (class = 'consent' AND at < ?2) ORDER BY at, id LIMIT ${PORTION.entries}`;
  const tables = ['decided_rules', 'decided_actions', 'decisions'];
  let removed = 0;
  for (let round = 0; round < PORTION.most; round++) {
    const results = await DB.batch(
      tables.map((table) =>
        DB.prepare(`DELETE FROM ${table} WHERE (id, rulebook) IN (${old})`).bind(
          now - kept.callback,
          now - kept.consent,
        ),
      ),
    );
    const gone = results.at(-1)?.meta.changes ?? 0;
    removed += gone;
    if (gone < PORTION.entries) break;
  }
  // An effect can report although its decision was never written.
  await DB.prepare('DELETE FROM decided_actions WHERE at < ?')
    .bind(now - Math.max(kept.callback, kept.consent))
    .run();
  return removed;
}

async function pruneObjects(bucket: R2Bucket, prefix: string, before: number): Promise<number> {
  let removed = 0;
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix, ...(cursor ? { cursor } : {}) });
    const old = page.objects.filter(({ uploaded }) => uploaded.getTime() < before).map(({ key }) => key);
    if (old.length > 0) await bucket.delete(old);
    removed += old.length;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return removed;
}

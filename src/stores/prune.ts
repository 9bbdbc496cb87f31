import { pruneJournal } from '../journal/retention.ts';
import { readSettings } from '../settings/settings.ts';
import { pruneArchive } from './recordings/prune-archive.ts';

const DAY = 86_400_000;

/** How long things are kept, in milliseconds. */
const KEPT = {
  bodies: 14 * DAY,
  quarantine: 90 * DAY,
  deadLetters: 90 * DAY,
  held: 90 * DAY,
  consent: 400 * DAY,
};

/** Days that what was new at Sinch is listed. */
const DRIFT_KEPT = 90 * DAY;

/** Once an hour: removes what the journal has kept long enough. One night is not enough where millions of callbacks come a day. */
export async function pruneHourly(env: Pick<Env, 'DB'>, now: number): Promise<void> {
  const decisions = await pruneJournal(env.DB, readSettings(env).journalRetention, now);
  console.log({ event: 'journal.pruned', decisions });
}

/** Once a day: removes what has been kept long enough. `now` in milliseconds. */
export async function prune(env: Pick<Env, 'DB' | 'ARCHIVE'>, now: number): Promise<void> {
  const { DB, ARCHIVE } = env;
  await DB.batch([
    DB.prepare('DELETE FROM quarantine WHERE at < ?').bind(now - KEPT.quarantine),
    DB.prepare('DELETE FROM dead_letters WHERE at < ?').bind(now - KEPT.deadLetters),
    DB.prepare('DELETE FROM drift WHERE at < ?').bind(now - DRIFT_KEPT),
    DB.prepare("DELETE FROM held WHERE state <> 'held' AND decided_at < ?").bind(now - KEPT.held),
    DB.prepare("DELETE FROM reviews WHERE state <> 'open' AND decided_at < ?").bind(
      now - KEPT.consent,
    ),
  ]);
  const { journalRetention, recordingRetention } = readSettings(env);
  const forgotten = await pruneJournal(DB, journalRetention, now);
  const files = await pruneArchive(env, recordingRetention, now);
  const removed =
    (await pruneObjects(ARCHIVE, 'bodies/', now - KEPT.bodies, (keys) => notAwaited(keys, DB))) +
    (await pruneObjects(ARCHIVE, 'quarantine/', now - KEPT.quarantine)) +
    (await pruneObjects(ARCHIVE, 'consent/', now - KEPT.consent));
  console.log({ event: 'journal.pruned', objects: removed, decisions: forgotten, ...files });
}

/** Those of `bodies/<callback>…` that no held work and no dead letter needs any more. */
async function notAwaited(keys: readonly string[], DB: D1Database): Promise<string[]> {
  const callbackOf = (key: string): string => key.split('/')[1] ?? '';
  const { results } = await DB.prepare(
    `SELECT callback_id AS id FROM held WHERE state = 'held' AND callback_id IN (SELECT value FROM json_each(?1))
     UNION SELECT callback_id FROM dead_letters WHERE callback_id IN (SELECT value FROM json_each(?1))`,
  )
    .bind(JSON.stringify(keys.map(callbackOf)))
    .all<{ id: string }>();
  const awaited = new Set(results.map(({ id }) => id));
  return keys.filter((key) => !awaited.has(callbackOf(key)));
}

async function pruneObjects(
  bucket: R2Bucket,
  prefix: string,
  before: number,
  choose: (old: readonly string[]) => Promise<readonly string[]> = async (old) => old,
): Promise<number> {
  let removed = 0;
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix, ...(cursor ? { cursor } : {}) });
    const old = page.objects
      .filter(({ uploaded }) => uploaded.getTime() < before)
      .map(({ key }) => key);
    const gone = old.length > 0 ? [...(await choose(old))] : [];
    if (gone.length > 0) await bucket.delete(gone);
    removed += gone.length;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return removed;
}

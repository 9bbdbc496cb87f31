import { movePages } from '../journal/pages/move-pages.ts';
import { pruneDrift, pruneJournal } from '../journal/retention.ts';
import { readSettings } from '../settings/settings.ts';
import { pruneErasedBodies } from './bodies.ts';
import { backupTime } from './consent-backups/consent-backup.ts';
import { pruneArchive } from './recordings/archive.ts';

const DAY = 86_400_000;

/** Retention of each kind of record, in milliseconds. */
const RETENTION = {
  bodies: 14 * DAY,
  quarantine: 90 * DAY,
  deadLetters: 90 * DAY,
  held: 90 * DAY,
  drift: 90 * DAY,
  consent: 400 * DAY,
};

/** Returns the retention of journal entries of each class, in milliseconds. */
function journalRetentionOf(env: object): Parameters<typeof pruneJournal>[1] {
  const { journalRetention, consentJournalRetention } = readSettings(env);
  return { callback: journalRetention, consent: consentJournalRetention };
}

/** Removes expired journal entries, and moves older ones to R2. */
export async function pruneHourly(
  env: Pick<Env, 'JOURNAL_DB' | 'ARCHIVE'>,
  now: number,
): Promise<void> {
  const store = { DB: env.JOURNAL_DB, ARCHIVE: env.ARCHIVE };
  const decisions = await pruneJournal(store, journalRetentionOf(env), now);
  const pages = await movePages(store, now);
  // @event journal.pruned | Records past their retention are removed.
  console.log({ event: 'journal.pruned', decisions, moved: pages });
}

/** Removes all expired records, once a day. `now` in milliseconds since 1970. */
export async function prune(
  env: Pick<Env, 'DB' | 'JOURNAL_DB' | 'ARCHIVE'>,
  now: number,
): Promise<void> {
  const { DB, JOURNAL_DB, ARCHIVE } = env;
  await DB.batch([
    DB.prepare('DELETE FROM quarantine WHERE at < ?').bind(now - RETENTION.quarantine),
    DB.prepare('DELETE FROM dead_letters WHERE at < ?').bind(now - RETENTION.deadLetters),
    DB.prepare("DELETE FROM held WHERE state <> 'held' AND decided_at < ?").bind(
      now - RETENTION.held,
    ),
    DB.prepare("DELETE FROM reviews WHERE state <> 'open' AND decided_at < ?").bind(
      now - RETENTION.consent,
    ),
    DB.prepare('DELETE FROM unsupported WHERE at < ?').bind(
      now - readSettings(env).unsupportedRetention,
    ),
    DB.prepare('DELETE FROM erasures WHERE at < ?').bind(now - RETENTION.consent),
  ]);
  const { recordingRetention } = readSettings(env);
  const recordings = await pruneArchive(env, recordingRetention, now);
  const removed =
    (await pruneErasedBodies(env)) +
    (await pruneObjects(ARCHIVE, 'bodies/', now - RETENTION.bodies, (keys) => unneeded(keys, DB))) +
    (await pruneObjects(ARCHIVE, 'quarantine/', now - RETENTION.quarantine, (keys) =>
      unneeded(keys, DB),
    )) +
    (await pruneObjects(ARCHIVE, 'consent/', now - RETENTION.consent, undefined, ({ key }) =>
      backupTime(key),
    ));
  // Last: a journal that is away must not keep the rest from being pruned.
  await pruneDrift(JOURNAL_DB, now - RETENTION.drift);
  const decisions = await pruneJournal({ DB: JOURNAL_DB, ARCHIVE }, journalRetentionOf(env), now);
  console.log({ event: 'journal.pruned', objects: removed, decisions, recordings });
}

/** Returns the keys of bodies that neither held work nor a dead letter needs. A body is `bodies/<callback>…` or `quarantine/<id>`. */
async function unneeded(keys: readonly string[], DB: D1Database): Promise<string[]> {
  const callbackOf = (key: string): string => key.split('/')[1] ?? '';
  const { results } = await DB.prepare(
    `SELECT callback_id AS id FROM held WHERE state = 'held' AND callback_id IN (SELECT value FROM json_each(?1))
     UNION SELECT callback_id FROM dead_letters WHERE callback_id IN (SELECT value FROM json_each(?1))
     UNION SELECT body_key FROM dead_letters WHERE body_key IN (SELECT value FROM json_each(?2))`,
  )
    .bind(JSON.stringify(keys.map(callbackOf)), JSON.stringify(keys))
    .all<{ id: string }>();
  const needed = new Set(results.map(({ id }) => id));
  return keys.filter((key) => !needed.has(callbackOf(key)) && !needed.has(key));
}

async function pruneObjects(
  bucket: R2Bucket,
  prefix: string,
  before: number,
  choose: (old: readonly string[]) => Promise<readonly string[]> = async (old) => old,
  timeOf: (object: R2Object) => number = ({ uploaded }) => uploaded.getTime(),
): Promise<number> {
  let removed = 0;
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix, ...(cursor ? { cursor } : {}) });
    const old = page.objects.filter((object) => timeOf(object) < before).map(({ key }) => key);
    const gone = old.length > 0 ? [...(await choose(old))] : [];
    if (gone.length > 0) await bucket.delete(gone);
    removed += gone.length;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return removed;
}

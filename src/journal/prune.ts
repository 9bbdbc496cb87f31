const DAY = 86_400_000;

/** How long things are kept, in milliseconds. */
const KEPT = { bodies: 14 * DAY, quarantine: 90 * DAY, deadLetters: 90 * DAY };

/** Once a day: removes what has been kept long enough. `now` in milliseconds. */
export async function prune({ DB, ARCHIVE }: Pick<Env, 'DB' | 'ARCHIVE'>, now: number): Promise<void> {
  await DB.batch([
    DB.prepare('DELETE FROM quarantine WHERE at < ?').bind(now - KEPT.quarantine),
    DB.prepare('DELETE FROM dead_letters WHERE at < ?').bind(now - KEPT.deadLetters),
  ]);
  const removed =
    (await pruneObjects(ARCHIVE, 'bodies/', now - KEPT.bodies)) +
    (await pruneObjects(ARCHIVE, 'quarantine/', now - KEPT.quarantine));
  console.log({ event: 'journal.pruned', objects: removed });
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

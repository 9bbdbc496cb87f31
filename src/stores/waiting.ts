import * as v from 'valibot';

const Row = v.object({ n: v.number(), oldest: v.nullable(v.number()) });

/** What waits for a person: how much, and since when (milliseconds since 1970). */
export interface Waiting {
  readonly count: number;
  readonly oldest: number | undefined;
}

/** Counts open reviews, held work, dead letters and unread bodies. */
export async function countWaiting(DB: D1Database): Promise<{
  readonly reviews: Waiting;
  readonly held: Waiting;
  readonly deadLetters: Waiting;
  readonly quarantined: Waiting;
}> {
  const answers = await DB.batch([
    DB.prepare("SELECT count(*) AS n, min(at) AS oldest FROM reviews WHERE state = 'open'"),
    DB.prepare("SELECT count(*) AS n, min(at) AS oldest FROM held WHERE state = 'held'"),
    DB.prepare(
      'SELECT count(*) AS n, min(at) AS oldest FROM dead_letters WHERE redelivered_at IS NULL AND dropped IS NULL',
    ),
    DB.prepare(
      'SELECT count(*) AS n, min(at) AS oldest FROM quarantine WHERE redelivered_at IS NULL AND dropped IS NULL',
    ),
  ]);
  const [reviews, held, letters, quarantine] = answers.map(({ results }) => {
    const { n, oldest } = v.parse(Row, results[0]);
    return { count: n, oldest: oldest ?? undefined };
  });
  const none: Waiting = { count: 0, oldest: undefined };
  return {
    reviews: reviews ?? none,
    held: held ?? none,
    deadLetters: letters ?? none,
    quarantined: quarantine ?? none,
  };
}

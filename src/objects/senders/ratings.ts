/** A quality rating as a callback told it. `previous` only if Sinch said so. Times are milliseconds since 1970. */
export interface RatingNote {
  readonly rating: string;
  readonly previous?: string | undefined;
  readonly at: number;
  readonly callbackId: string;
}

/** The rating that was, if any. */
export interface RatingBefore {
  readonly previous?: string;
}

/** A sender's ratings: all are kept, the newest by event time is the rating. */
export interface Ratings {
  /** Keeps a rating. A repeated callback gets its first answer. */
  note(note: RatingNote): RatingBefore;
  /** What `note` would answer, without keeping anything. */
  before(note: RatingNote): RatingBefore;
  /** The rating, and since when it has been that without a break. */
  standing(): { readonly quality: string | null; readonly since: number | null };
  all(): readonly RatingNote[];
}

type Row = { callback_id: string; at: number; rating: string; previous: string | null };

/** The ratings in an object's storage. */
export function openRatings(sql: SqlStorage): Ratings {
  sql.exec(`CREATE TABLE IF NOT EXISTS ratings (
    callback_id TEXT PRIMARY KEY, at INTEGER NOT NULL, rating TEXT NOT NULL, previous TEXT) WITHOUT ROWID`);

  /** Newest first. Of the same moment the ids decide, so that the order of arrival does not. */
  const newest = () =>
    sql.exec<Row>('SELECT * FROM ratings ORDER BY at DESC, callback_id DESC').toArray();
  const before: Ratings['before'] = ({ previous, at, callbackId }) => {
    const [first] = sql.exec<Row>('SELECT * FROM ratings WHERE callback_id = ?', callbackId);
    const found = first
      ? first.previous
      : (previous ?? newest().find((row) => row.at < at)?.rating);
    return found ? { previous: found } : {};
  };

  return {
    before,
    note(note) {
      const answer = before(note);
      const { callbackId, at, rating } = note;
      sql.exec(
        'INSERT OR IGNORE INTO ratings VALUES (?, ?, ?, ?)',
        callbackId,
        at,
        rating,
        answer.previous ?? null,
      );
      return answer;
    },
    standing() {
      const [now, ...earlier] = newest();
      if (!now) return { quality: null, since: null };
      const changed = earlier.findIndex(({ rating }) => rating !== now.rating);
      const first = (changed === -1 ? earlier : earlier.slice(0, changed)).at(-1) ?? now;
      return { quality: now.rating, since: first.at };
    },
    all: () =>
      newest().map(({ callback_id, at, rating, previous }) => ({
        callbackId: callback_id,
        at,
        rating,
        ...(previous !== null && { previous }),
      })),
  };
}

/** A quality rating from a callback. `previous` only if Sinch states it. Times are milliseconds since 1970. */
export interface RatingNote {
  readonly rating: string;
  readonly previous?: string | undefined;
  readonly at: number;
  readonly callbackId: string;
}

/** The rating before it, if one is known. */
export interface RatingBefore {
  readonly previous?: string;
}

/** A sender's ratings: all are kept, the newest by event time counts. */
export interface Ratings {
  /** Stores a rating and returns the one before it. A repeated callback gets its first answer. */
  note(note: RatingNote): RatingBefore;
  /** Returns what `note` would return, and stores nothing. */
  before(note: RatingNote): RatingBefore;
  /** Returns the rating, and since when it has been the same without a break. */
  current(): { readonly quality: string | null; readonly since: number | null };
  all(): readonly RatingNote[];
}

type Row = { callback_id: string; at: number; rating: string; previous: string | null };

/** Opens the ratings in an object's storage. */
export function openRatings(sql: SqlStorage): Ratings {
  sql.exec(`CREATE TABLE IF NOT EXISTS ratings (
    callback_id TEXT PRIMARY KEY, at INTEGER NOT NULL, rating TEXT NOT NULL, previous TEXT) WITHOUT ROWID`);

  /** Newest first. At the same time the callback ids decide, so that the order of arrival does not. */
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
    current() {
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

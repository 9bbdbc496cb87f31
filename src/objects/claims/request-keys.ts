/** How long a key is known, in milliseconds. */
const RETENTION = 24 * 3_600_000;

/**
 * What is known of a request with an Idempotency-Key. `begun`: it is new, and the caller may act. `other`: the key was used for
 * another request. `open`: the first request is in progress. `unsure`: the first request ended without an answer on record.
 * `answered`: its answer.
 */
export type KeyState =
  | { readonly state: 'begun' | 'other' | 'open' | 'unsure' }
  | { readonly state: 'answered'; readonly answer: string };

/** The keys of one object. */
export interface RequestKeys {
  /** Begins the request of a key with the fingerprint `print`, or returns what is known. Times are in milliseconds. */
  readonly begin: (
    key: string,
    print: string,
    leaseMs: number,
    now: number,
    holder: string,
  ) => KeyState;
  readonly end: (key: string, holder: string, answer: string) => void;
  readonly free: (key: string, holder: string) => void;
  /** Deletes up to `most` expired keys and returns how many. */
  readonly prune: (now: number, most: number) => number;
  /** Returns when the first key expires, in milliseconds since 1970. */
  readonly next: () => number | undefined;
}

/** A key on record. A type, because the rows of SQL ask for an index signature that an interface lacks. */
type Row = { print: string; lease: number; answer: string | null };

/** Opens the keys in the database of an object. */
export function openRequestKeys(sql: SqlStorage): RequestKeys {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS request_keys (
      key TEXT PRIMARY KEY, print TEXT NOT NULL, lease INTEGER NOT NULL, holder TEXT NOT NULL, answer TEXT, until INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS request_keys_until ON request_keys (until);`);
  return {
    begin(key, print, leaseMs, now, holder) {
      const [known] = sql.exec<Row>(
        'SELECT print, lease, answer FROM request_keys WHERE key = ? AND until > ?',
        key,
        now,
      );
      if (known) return stateOf(known, print, now);
      sql.exec(
        'INSERT OR REPLACE INTO request_keys VALUES (?, ?, ?, ?, NULL, ?)',
        key,
        print,
        now + leaseMs,
        holder,
        now + RETENTION,
      );
      return { state: 'begun' };
    },
    end: (key, holder, answer) =>
      void sql.exec(
        'UPDATE request_keys SET answer = ? WHERE key = ? AND holder = ?',
        answer,
        key,
        holder,
      ),
    free: (key, holder) =>
      void sql.exec(
        'DELETE FROM request_keys WHERE key = ? AND holder = ? AND answer IS NULL',
        key,
        holder,
      ),
    prune: (now, most) =>
      sql
        .exec(
          'DELETE FROM request_keys WHERE key IN (SELECT key FROM request_keys WHERE until <= ? LIMIT ?) RETURNING 1',
          now,
          most,
        )
        .toArray().length,
    next: () =>
      sql.exec<{ at: number | null }>('SELECT min(until) AS at FROM request_keys').one().at ??
      undefined,
  };
}

function stateOf({ print: known, lease, answer }: Row, print: string, now: number): KeyState {
  if (known !== print) return { state: 'other' };
  if (answer !== null) return { state: 'answered', answer };
  return { state: lease > now ? 'open' : 'unsure' };
}

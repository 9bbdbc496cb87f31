import { type Capability, isCertain } from './capabilities.ts';

/** A capability check that may be needed. `requestId` is used if it starts. */
export interface CheckAsk {
  readonly person: string;
  readonly channel: string;
  readonly app: string;
  readonly requestId: string;
}

/** How old an answer may be (ms), and the time now (milliseconds since 1970). */
export interface CheckTerms {
  readonly maxAge: number;
  readonly now: number;
}

/** A check that starts, one that is under way, or the answer that makes it needless. */
export type CheckOutcome =
  | { readonly is: 'started' | 'under way'; readonly requestId: string }
  | { readonly is: 'cached'; readonly capability: Capability };

/** The capability checks that are under way. */
export interface Checks {
  /** Starts the checks that are needed: no answer is fresh and none is under way. */
  readonly start: (
    asks: readonly CheckAsk[],
    capabilities: ReadonlyMap<string, readonly Capability[]>,
    terms: CheckTerms,
  ) => CheckOutcome[];
  /** Ends a check: it was answered, or it could not be sent. */
  readonly end: (check: Pick<CheckAsk, 'person' | 'channel' | 'app'>) => void;
  /** Removes the checks of a person and returns how many there were. */
  readonly erase: (person: string) => number;
}

/** How long an answer is waited for, in milliseconds. Sinch answers in seconds, but a check may wait for its turn. */
const UNDER_WAY = 30 * 60_000;

/** How long after an unknown answer the next check may start, in milliseconds; each further one doubles it. */
const BACKOFF = 10 * 60_000;

/** Returns until when an answer makes a further check needless, in milliseconds since 1970. */
export function freshUntil({ status, at, unknown }: Capability, maxAge: number): number {
  const certain = isCertain(status) ? at + maxAge : 0;
  if (!unknown) return certain;
  return Math.max(certain, unknown.at + Math.min(maxAge, BACKOFF * 2 ** (unknown.times - 1)));
}

/** Opens the checks in an object's storage. */
export function openChecks(sql: SqlStorage): Checks {
  sql.exec(`CREATE TABLE IF NOT EXISTS checks (
    person TEXT NOT NULL, channel TEXT NOT NULL, app TEXT NOT NULL, request_id TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (person, channel, app)) WITHOUT ROWID`);
  sql.exec('CREATE INDEX IF NOT EXISTS checks_at ON checks (at)');
  return {
    start(asks, capabilities, { maxAge, now }) {
      sql.exec('DELETE FROM checks WHERE at < ?', now - UNDER_WAY);
      return asks.map(({ person, channel, app, requestId }) => {
        const capability = capabilities
          .get(person)
          ?.find((one) => one.channel === channel && (one.app ?? '') === app);
        if (capability && freshUntil(capability, maxAge) > now) return { is: 'cached', capability };
        const [known] = sql.exec<{ request_id: string }>(
          'SELECT request_id FROM checks WHERE person = ? AND channel = ? AND app = ?',
          ...[person, channel, app],
        );
        if (known) return { is: 'under way', requestId: known.request_id };
        sql.exec(
          'INSERT INTO checks VALUES (?, ?, ?, ?, ?)',
          ...[person, channel, app, requestId, now],
        );
        return { is: 'started', requestId };
      });
    },
    end: ({ person, channel, app }) =>
      void sql.exec(
        'DELETE FROM checks WHERE person = ? AND channel = ? AND app = ?',
        ...[person, channel, app],
      ),
    erase: (person) =>
      sql.exec('DELETE FROM checks WHERE person = ? RETURNING 1', person).toArray().length,
  };
}

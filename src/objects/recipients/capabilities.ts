/** What a channel told about whether a person can be reached on it. `at` is milliseconds since 1970. */
export interface Capability {
  readonly channel: string;
  readonly status: string;
  readonly at: number;
}

/** A capability as a callback told it. */
export interface CapabilityNote extends Capability {
  readonly person: string;
  readonly callbackId: string;
}

/** The status that was, if any. */
export interface CapabilityBefore {
  readonly previous?: string;
}

/** What is known of people's channels: the newest by event time counts. */
export interface Capabilities {
  /** Keeps a capability. A repeated callback gets its first answer. */
  note(note: CapabilityNote): CapabilityBefore;
  /** What `note` would answer, without keeping anything. */
  before(note: CapabilityNote): CapabilityBefore;
  /** The newest of each channel, of those people of whom any is known. */
  newest(persons: readonly string[]): ReadonlyMap<string, readonly Capability[]>;
  /** Forgets a person's, and says how many there were. */
  erase(person: string): number;
}

/** A day-old redelivery still gets its first answer; a month later nobody asks. */
const KEPT = 30 * 86_400_000;

type Row = {
  person: string;
  channel: string;
  callback_id: string;
  at: number;
  status: string;
  previous: string | null;
};

/** The capabilities in an object's storage. */
export function openCapabilities(sql: SqlStorage): Capabilities {
  sql.exec(`CREATE TABLE IF NOT EXISTS capabilities (
    person TEXT NOT NULL, channel TEXT NOT NULL, callback_id TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, previous TEXT,
    PRIMARY KEY (person, channel, callback_id)) WITHOUT ROWID`);

  /** One person's on one channel, newest first. Of the same moment the ids decide, so that the order of arrival does not. */
  const on = (person: string, channel: string): Row[] =>
    sql
      .exec<Row>(
        'SELECT * FROM capabilities WHERE person = ? AND channel = ? ORDER BY at DESC, callback_id DESC',
        person,
        channel,
      )
      .toArray();

  const before: Capabilities['before'] = ({ person, channel, callbackId, at }) => {
    const rows = on(person, channel);
    const first = rows.find((row) => row.callback_id === callbackId);
    const previous = first ? first.previous : rows.find((row) => row.at < at)?.status;
    return previous ? { previous } : {};
  };

  return {
    before,
    note(note) {
      const answer = before(note);
      const { person, channel, callbackId, at, status } = note;
      sql.exec(
        'INSERT OR IGNORE INTO capabilities VALUES (?, ?, ?, ?, ?, ?)',
        ...[person, channel, callbackId, at, status, answer.previous ?? null],
      );
      const [newest = note] = on(person, channel);
      sql.exec(
        'DELETE FROM capabilities WHERE person = ? AND channel = ? AND at < ?',
        person,
        channel,
        newest.at - KEPT,
      );
      return answer;
    },
    newest(persons) {
      const rows = sql.exec<Row>(
        'SELECT * FROM capabilities WHERE person IN (SELECT value FROM json_each(?)) ORDER BY at, callback_id',
        JSON.stringify(persons),
      );
      const known = new Map<string, Map<string, Capability>>();
      for (const { person, channel, status, at } of rows) {
        known.set(person, (known.get(person) ?? new Map()).set(channel, { channel, status, at }));
      }
      return new Map([...known].map(([person, channels]) => [person, [...channels.values()]]));
    },
    erase: (person) =>
      sql.exec('DELETE FROM capabilities WHERE person = ? RETURNING 1', person).toArray().length,
  };
}

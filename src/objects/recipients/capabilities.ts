import type { Address } from '../../callbacks/model.ts';

/** Whether a person can be reached on a channel, as a capability callback reported it. `at` is milliseconds since 1970. */
export interface Capability {
  readonly channel: string;
  readonly status: string;
  readonly at: number;
}

/** A capability to store. */
export interface CapabilityNote extends Capability {
  readonly person: string;
  readonly callbackId: string;
  /** For the feed of changes. */
  readonly address?: Address | undefined;
}

/** The status before it, if one is known. */
export interface CapabilityBefore {
  readonly previous?: string;
}

/** The capabilities of people: the newest by event time counts. */
export interface Capabilities {
  /** Stores a capability and returns the status before it. A repeated callback gets its first answer. */
  note(note: CapabilityNote): CapabilityBefore;
  /** Returns what `note` would return, and stores nothing. */
  before(note: CapabilityNote): CapabilityBefore;
  /** Returns the newest capability on each channel, for each person who has one. */
  newest(persons: readonly string[]): ReadonlyMap<string, readonly Capability[]>;
  /** Removes a person's capabilities and returns how many there were. */
  erase(person: string): number;
}

/** How long a capability is kept behind the newest one, in milliseconds: a redelivery gets its first answer for that long. */
const KEPT = 30 * 86_400_000;

type Row = {
  person: string;
  channel: string;
  callback_id: string;
  at: number;
  status: string;
  previous: string | null;
};

/** Opens the capabilities in an object's storage. */
export function openCapabilities(sql: SqlStorage): Capabilities {
  sql.exec(`CREATE TABLE IF NOT EXISTS capabilities (
    person TEXT NOT NULL, channel TEXT NOT NULL, callback_id TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, previous TEXT,
    PRIMARY KEY (person, channel, callback_id)) WITHOUT ROWID`);

  /** Newest first. At the same time the callback ids decide, so that the order of arrival does not. */
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

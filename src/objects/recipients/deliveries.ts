import type { ErasedPeople } from '../erased-people.ts';
import { openPeriods } from '../periods.ts';

/** A message that reached a person. `at` is milliseconds since 1970. */
export interface Delivery {
  readonly channel: string;
  readonly status: string;
  readonly at: number;
  readonly messageId: string;
}

/** The newest message that reached each person on each channel, by event time. */
export interface Deliveries {
  /** Stores a message that reached a person. Returns whether its table is new: then an alarm has to be set. */
  note(person: string, delivery: Delivery): boolean;
  /** Returns the newest deliveries of each person who has one. */
  newest(persons: readonly string[]): ReadonlyMap<string, readonly Delivery[]>;
  /** Removes a person's deliveries and returns how many there were. */
  erase(person: string): number;
  /** Removes what is old, and returns when more is. */
  prune(now: number): number | undefined;
}

const DAY = 86_400_000;
/** How long the span of one table is, in milliseconds. */
const QUARTER = 91 * DAY;
/** How long a delivery is kept after it was stored, in milliseconds: 13 months; its table goes up to a quarter later. */
const RETENTION = 396 * DAY;

type Row = { person: string; channel: string; status: string; at: number; message_id: string };

/** Opens the deliveries in an object's storage. Of a person who was erased since, nothing is stored. */
export function openDeliveries(sql: SqlStorage, isErased: ErasedPeople['isErased']): Deliveries {
  const tables = openPeriods(
    sql,
    'deliveries',
    'person TEXT NOT NULL, channel TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL, message_id TEXT NOT NULL, PRIMARY KEY (person, channel)',
  );

  /** The row in the newest table is the newest by event time too: `note` stores no older one. */
  function atOf(person: string, channel: string): number | undefined {
    for (const table of tables.all()) {
      const text = `SELECT at FROM ${table} WHERE person = ? AND channel = ?`;
      const [row] = sql.exec<{ at: number }>(text, person, channel).toArray();
      if (row) return row.at;
    }
    return undefined;
  }

  return {
    note(person, { channel, status, at, messageId }) {
      if (isErased(person, at)) return false;
      if ((atOf(person, channel) ?? Number.NEGATIVE_INFINITY) >= at) return false;
      const period = Math.max(tables.newest() ?? 0, Math.floor(Date.now() / QUARTER));
      const isNew = period !== tables.newest();
      sql.exec(
        `INSERT INTO ${tables.table(period)} VALUES (?, ?, ?, ?, ?) ON CONFLICT (person, channel) DO UPDATE
         SET status = excluded.status, at = excluded.at, message_id = excluded.message_id`,
        ...[person, channel, status, at, messageId],
      );
      return isNew;
    },
    newest(persons) {
      const asked = JSON.stringify(persons);
      const found = new Map<string, Map<string, Delivery>>();
      for (const table of tables.all()) {
        const text = `SELECT * FROM ${table} WHERE person IN (SELECT value FROM json_each(?)) ORDER BY channel`;
        for (const { person, channel, status, at, message_id } of sql.exec<Row>(text, asked)) {
          const own = found.get(person) ?? new Map<string, Delivery>();
          found.set(person, own);
          if (!own.has(channel)) own.set(channel, { channel, status, at, messageId: message_id });
        }
      }
      const byChannel = (a: Delivery, b: Delivery): number => (a.channel < b.channel ? -1 : 1);
      return new Map(
        [...found].map(([person, own]) => [person, [...own.values()].sort(byChannel)]),
      );
    },
    erase(person) {
      const channels = new Set<unknown>();
      for (const table of tables.all()) {
        const text = `DELETE FROM ${table} WHERE person = ? RETURNING channel`;
        for (const { channel } of sql.exec(text, person)) channels.add(channel);
      }
      return channels.size;
    },
    prune(now) {
      tables.drop(Math.floor((now - RETENTION) / QUARTER));
      const oldest = tables.oldest();
      return oldest === undefined ? undefined : (oldest + 1) * QUARTER + RETENTION;
    },
  };
}

/** A message that reached a person. `at` is milliseconds since 1970. */
export interface Delivery {
  readonly channel: string;
  readonly status: string;
  readonly at: number;
  readonly messageId: string;
}

/** The newest message that reached each person on each channel, by event time. */
export interface Deliveries {
  note(person: string, delivery: Delivery): void;
  /** Returns the newest deliveries of each person who has one. */
  newest(persons: readonly string[]): ReadonlyMap<string, readonly Delivery[]>;
  /** Removes a person's deliveries and returns how many there were. */
  erase(person: string): number;
}

type Row = { person: string; channel: string; status: string; at: number; message_id: string };

/** Opens the deliveries in an object's storage. */
export function openDeliveries(sql: SqlStorage): Deliveries {
  sql.exec(`CREATE TABLE IF NOT EXISTS deliveries (
    person TEXT NOT NULL, channel TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL, message_id TEXT NOT NULL,
    PRIMARY KEY (person, channel)) WITHOUT ROWID`);
  return {
    note(person, { channel, status, at, messageId }) {
      sql.exec(
        `INSERT INTO deliveries VALUES (?, ?, ?, ?, ?) ON CONFLICT (person, channel) DO UPDATE
         SET status = excluded.status, at = excluded.at, message_id = excluded.message_id WHERE excluded.at > at`,
        ...[person, channel, status, at, messageId],
      );
    },
    newest(persons) {
      const rows = sql
        .exec<Row>(
          'SELECT * FROM deliveries WHERE person IN (SELECT value FROM json_each(?)) ORDER BY channel',
          JSON.stringify(persons),
        )
        .toArray();
      const known = Map.groupBy(rows, ({ person }) => person);
      return new Map(
        [...known].map(([person, own]) => [
          person,
          own.map(({ channel, status, at, message_id }) => ({
            channel,
            status,
            at,
            messageId: message_id,
          })),
        ]),
      );
    },
    erase: (person) =>
      sql.exec('DELETE FROM deliveries WHERE person = ? RETURNING 1', person).toArray().length,
  };
}

import type { ErasedPeople } from '../erased-people.ts';
import { openPeriods } from '../periods.ts';
import { openLeaves } from './leaves.ts';
import type { ChannelUse } from './preferences.ts';
import { combined, type Reached } from './reached.ts';

/** A message that reached a person. `at` is milliseconds since 1970. */
export interface Delivery {
  readonly channel: string;
  readonly status: string;
  readonly at: number;
  readonly messageId: string;
}

/** A delivery to store. `person`: the keyed hash; `app`: the app that sent it. */
export interface ReachedNote {
  readonly person: string;
  readonly app: string;
  readonly delivery: Delivery;
}

/** The newest message that reached each person on each channel, and the newest that the person read there, by event time. */
export interface Deliveries {
  /** Stores messages that reached people. Returns whether a table is new: then an alarm has to be set. Call it in a transaction. */
  note(reached: readonly ReachedNote[]): boolean;
  /** Returns the newest deliveries of each person who has one. */
  newest(persons: readonly string[]): ReadonlyMap<string, readonly Delivery[]>;
  /** Returns when each person read a message last, for each channel and app. */
  reads(persons: readonly string[]): ReadonlyMap<string, readonly ChannelUse[]>;
  /** Removes a person's deliveries and returns on how many channels there were some. */
  erase(person: string): number;
  /** Removes what is old, and returns when more is. */
  prune(now: number): number | undefined;
  /** Reads again what there is, after a transaction that was rolled back. */
  reload(): void;
}

const DAY = 86_400_000;
/** How long the span of one table is, in milliseconds. */
const QUARTER = 91 * DAY;
/** How long a delivery is kept after it was stored, in milliseconds: 13 months; its table goes up to a quarter later. */
const RETENTION = 396 * DAY;
/** How many rows and entries wait at most before they are merged. */
const ROWS = 1_000;
const ENTRIES = 20_000;

/**
 * Opens the deliveries in an object's storage. Of a person who was erased since, nothing is stored.
 *
 * A row is billed by its number, not by its size, so a person has none: what arrives together waits as one row, and is merged now and
 * then into leaves, rows that hold many people in the order of their hashes.
 */
export function openDeliveries(sql: SqlStorage, { erasedAt }: ErasedPeople): Deliveries {
  const recent = openPeriods(sql, 'reached', 'place INTEGER PRIMARY KEY, people TEXT NOT NULL');
  const leaves = openLeaves(sql);
  /** What waits, in the order of its arrival; undefined: it has to be read. */
  let waiting: { rows: number; readonly entries: Reached[] } | undefined;

  const quarterAt = (now: number): number =>
    Math.max(leaves.newest() ?? 0, recent.newest() ?? 0, Math.floor(now / QUARTER));

  function waitingNow(): NonNullable<typeof waiting> {
    if (waiting) return waiting;
    const rows = recent
      .all()
      .flatMap((table) =>
        sql.exec<{ people: string }>(`SELECT people FROM ${table} ORDER BY place`).toArray(),
      );
    // `note` wrote them.
    const entries = rows.flatMap(({ people }) => JSON.parse(people) as Reached[]);
    waiting = { rows: rows.length, entries };
    return waiting;
  }

  /** Moves what waits into the leaves of its quarter. */
  function merge(): void {
    const quarter = recent.newest();
    if (quarter === undefined) return;
    leaves.merge(quarter, combined(waitingNow().entries));
    recent.drop(quarter + 1);
    waiting = { rows: 0, entries: [] };
  }

  /** Returns all that is stored of people, the oldest first. */
  function entriesOf(persons: readonly string[]): readonly Reached[] {
    const asked = new Set(persons);
    return combined([
      ...leaves.read([...asked]),
      ...waitingNow().entries.filter(([person]) => asked.has(person)),
    ]);
  }

  return {
    note(reached) {
      const erased = erasedAt(reached.map(({ person }) => person));
      const entries = combined(
        reached
          .filter(
            ({ person, delivery }) =>
              (erased.get(person) ?? Number.NEGATIVE_INFINITY) < delivery.at,
          )
          .map(({ person, app, delivery: { channel, status, at, messageId } }) => {
            const readAt = status === 'READ' ? at : null;
            return [person, channel, app, status, at, messageId, readAt] as const;
          }),
      );
      if (entries.length === 0) return false;
      const quarter = quarterAt(Date.now());
      if ((recent.newest() ?? quarter) < quarter) merge();
      const own = waitingNow();
      const isNew = recent.newest() === undefined;
      const table = recent.table(quarter);
      sql.exec(
        `INSERT INTO ${table} SELECT coalesce(max(place), 0) + 1, ? FROM ${table}`,
        JSON.stringify(entries),
      );
      own.rows += 1;
      for (const entry of entries) own.entries.push(entry);
      if (own.rows >= ROWS || own.entries.length >= ENTRIES) merge();
      return isNew;
    },
    newest(persons) {
      const found = new Map<string, Map<string, Delivery>>();
      for (const [person, channel, , status, at, messageId] of entriesOf(persons)) {
        const own = found.get(person) ?? new Map<string, Delivery>();
        found.set(person, own);
        if ((own.get(channel)?.at ?? Number.NEGATIVE_INFINITY) < at)
          own.set(channel, { channel, status, at, messageId });
      }
      const byChannel = (a: Delivery, b: Delivery): number => (a.channel < b.channel ? -1 : 1);
      return new Map(
        [...found].map(([person, own]) => [person, [...own.values()].sort(byChannel)]),
      );
    },
    reads(persons) {
      const found = new Map<string, ChannelUse[]>();
      for (const [person, channel, app, , , , at] of entriesOf(persons)) {
        if (at === null) continue;
        const own = found.get(person) ?? [];
        found.set(person, own);
        own.push({ channel, ...(app && { app }), kind: 'read', at });
      }
      return found;
    },
    erase(person) {
      const channels = new Set(leaves.erase(person));
      for (const table of recent.all()) {
        const rows = sql
          .exec<{ place: number; people: string }>(
            `SELECT place, people FROM ${table} WHERE instr(people, ?) > 0`,
            JSON.stringify(person),
          )
          .toArray();
        for (const { place, people } of rows) {
          // `note` wrote it.
          const all = JSON.parse(people) as Reached[];
          for (const [who, channel] of all) if (who === person) channels.add(channel);
          const others = JSON.stringify(all.filter(([who]) => who !== person));
          sql.exec(`UPDATE ${table} SET people = ? WHERE place = ?`, others, place);
        }
      }
      waiting = undefined;
      return channels.size;
    },
    prune(now) {
      if ((recent.newest() ?? Number.POSITIVE_INFINITY) < Math.floor(now / QUARTER)) merge();
      leaves.drop(Math.floor((now - RETENTION) / QUARTER));
      const oldest = leaves.oldest();
      const due = [
        ...(recent.newest() === undefined ? [] : [(quarterAt(now) + 1) * QUARTER]),
        ...(oldest === undefined ? [] : [(oldest + 1) * QUARTER + RETENTION]),
      ];
      return due.length > 0 ? Math.min(...due) : undefined;
    },
    reload() {
      recent.reload();
      leaves.reload();
      waiting = undefined;
    },
  };
}

import { openPeriods } from '../periods.ts';
import { combined, type Reached } from './reached.ts';

/** How many entries a leaf has after it was divided; it is divided at twice as many. */
const LEAF = 500;

/**
 * Entries of people in the order of their hashes, some hundred in a row: changing one is one row written, and changing many that are
 * spread over all rows is as many as there are rows. Each quarter has a table of its own.
 */
export interface Leaves {
  /** Adds entries to the leaves of a quarter. */
  merge(quarter: number, entries: readonly Reached[]): void;
  /** Returns the entries of people from all quarters, the oldest quarter first. */
  read(persons: readonly string[]): readonly Reached[];
  /** Removes the entries of a person and returns their channels. */
  erase(person: string): readonly string[];
  newest(): number | undefined;
  oldest(): number | undefined;
  /** Drops the tables of the quarters before this one. */
  drop(before: number): void;
  reload(): void;
}

/** Opens the leaves in an object's storage. */
export function openLeaves(sql: SqlStorage): Leaves {
  const tables = openPeriods(sql, 'leaves', 'first TEXT PRIMARY KEY, people TEXT NOT NULL');

  /** Returns the key of the leaf in which a person belongs. The first one has the key of no person. */
  const keyFor = (table: string, person: string): string =>
    sql
      .exec<{ first: string | null }>(
        `SELECT max(first) AS first FROM ${table} WHERE first <= ?`,
        person,
      )
      .one().first ?? '';

  /** Returns the same for many people, with one statement. */
  function keysFor(table: string): (person: string) => string {
    const firsts = sql
      .exec<{ first: string }>(`SELECT first FROM ${table} ORDER BY first`)
      .toArray()
      .map(({ first }) => first);
    return (person) => {
      let [from, to] = [0, firsts.length];
      while (from < to) {
        const middle = (from + to) >> 1;
        if ((firsts[middle] ?? '') <= person) from = middle + 1;
        else to = middle;
      }
      return firsts[from - 1] ?? '';
    };
  }

  function leafAt(table: string, first: string): readonly Reached[] {
    const text = `SELECT people FROM ${table} WHERE first = ?`;
    const [row] = sql.exec<{ people: string }>(text, first).toArray();
    // `write` wrote it.
    return row ? (JSON.parse(row.people) as Reached[]) : [];
  }

  const write = (table: string, first: string, entries: readonly Reached[]): void =>
    void sql.exec(
      `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (first) DO UPDATE SET people = excluded.people`,
      ...[first, JSON.stringify(entries)],
    );

  return {
    merge(quarter, entries) {
      const table = tables.table(quarter);
      const keyOf = keysFor(table);
      const places = Map.groupBy(entries, ([person]) => keyOf(person));
      for (const [first, added] of places) {
        const all = combined([...leafAt(table, first), ...added]).toSorted(byPerson);
        for (const [at, part] of divided(all).entries())
          write(table, at === 0 ? first : (part[0]?.[0] ?? first), part);
      }
    },
    read(persons) {
      return tables
        .all()
        .toReversed()
        .flatMap((table) =>
          [...Map.groupBy(persons, (person) => keyFor(table, person))].flatMap(([first, some]) => {
            const asked = new Set(some);
            return leafAt(table, first).filter(([person]) => asked.has(person));
          }),
        );
    },
    erase: (person) =>
      tables.all().flatMap((table) => {
        const first = keyFor(table, person);
        const all = leafAt(table, first);
        const others = all.filter(([who]) => who !== person);
        if (others.length === all.length) return [];
        write(table, first, others);
        return all.filter(([who]) => who === person).map(([, channel]) => channel);
      }),
    newest: tables.newest,
    oldest: tables.oldest,
    drop: tables.drop,
    reload: tables.reload,
  };
}

const byPerson = ([a]: Reached, [b]: Reached): number => (a < b ? -1 : a > b ? 1 : 0);

/** Divides the entries of a leaf that is full. The entries of a person stay together. */
function divided(entries: readonly Reached[]): readonly (readonly Reached[])[] {
  if (entries.length <= 2 * LEAF) return [entries];
  const parts: Reached[][] = [];
  for (const entry of entries) {
    const last = parts.at(-1);
    if (!last || (last.length >= LEAF && last.at(-1)?.[0] !== entry[0])) parts.push([entry]);
    else last.push(entry);
  }
  return parts;
}

import { openPeriods, PERIOD } from '../periods.ts';

/** Where a submitted message is stored: until a time in milliseconds since 1970. `person`: the keyed hash of its recipient. */
export interface SubmittedPlace {
  readonly person: string;
  readonly until: number;
}

/** What is known of a message, as `lineage-rows.ts` stores it. Null: another table has it. */
export interface RowBeside {
  readonly round: number;
  readonly counted: string | null;
  readonly lineage: string | null;
}

/** A submitted message that is removed, with what is known of it. */
export interface Removed extends RowBeside {
  readonly id: string;
}

/** A submitted message of a round of counting, and the table that has it. */
export interface InRound {
  readonly id: string;
  readonly person: string;
  readonly period: number;
}

/**
 * The submitted messages of a shard, encrypted, each with what is known of it: until its first status a message is this one row. A
 * table holds those that end within six hours. Who received them is listed beside it when the figures are counted, many in a row, so
 * that an erasure finds them without an index entry for each.
 */
export interface SubmittedRows {
  put(id: string, place: SubmittedPlace, beside: RowBeside, sealed: string): void;
  /** Replaces a message; one that was removed stays so. */
  replace(id: string, place: SubmittedPlace, sealed: string): void;
  read(id: string, place: SubmittedPlace): string | undefined;
  /** Returns what is known of a message, and the table that has it. */
  find(id: string): { readonly beside: RowBeside; readonly period: number } | undefined;
  /** Returns the messages that were stored in a round, by a scan of all tables. */
  inRound(round: number): readonly InRound[];
  /** Lists the recipients of the messages of a round. */
  list(messages: readonly InRound[], round: number): void;
  /** Removes the messages to these people; those that are not listed stay. */
  take(people: readonly string[]): readonly Removed[];
  /**
   * Removes what has ended at `now`, in portions, and returns when more does.
   * @param keep is given what is known of the messages before they are removed, with the period of their table
   */
  prune(
    now: number,
    isFull: boolean,
    keep: (rows: readonly Removed[], period: number) => void,
  ): number | undefined;
  reload(): void;
}

/** How many messages are read at a time before a table is dropped, and how often one call reads. */
const PORTION = 1_000;
const PORTIONS = 10;
/** How many recipients a row lists: a row holds 2 MB. */
const LISTED = 5_000;

type Row = { id: string; round: number; counted: string | null; lineage: string | null };

/** The period at whose beginning a message that ends at `until` goes: at most six hours later. */
export const periodOf = ({ until }: SubmittedPlace): number => Math.ceil(until / PERIOD);

/** Opens the submitted messages in an object's storage. */
export function openSubmitted(sql: SqlStorage): SubmittedRows {
  const tables = openPeriods(
    sql,
    'submitted',
    'id TEXT PRIMARY KEY, person TEXT NOT NULL, round INTEGER NOT NULL, counted TEXT, lineage TEXT, sealed TEXT NOT NULL',
  );
  const lists = openPeriods(
    sql,
    'recipients',
    'round INTEGER NOT NULL, part INTEGER NOT NULL, people TEXT NOT NULL, PRIMARY KEY (round, part)',
  );
  const nameOf = (period: number): string => `submitted_${period}`;
  const exists = (place: SubmittedPlace): boolean => tables.periods().includes(periodOf(place));
  /** After which message of which table the next portion begins. */
  let cursor = { period: 0, after: '' };

  /** Returns the ids of the listed messages to these people, from one table of lists. */
  function listed(table: string, people: readonly string[]): readonly string[] {
    const those = new Set(people);
    const text = `SELECT people FROM ${table} WHERE EXISTS (SELECT 1 FROM json_each(?) WHERE instr(people, value) > 0)`;
    return sql
      .exec<{ people: string }>(text, JSON.stringify(people))
      .toArray()
      .flatMap(({ people: list }) =>
        // `list` wrote it.
        (JSON.parse(list) as [person: string, id: string][]).flatMap(([person, id]) =>
          those.has(person) ? [id] : [],
        ),
      );
  }

  return {
    put(id, place, { round, counted, lineage }, sealed) {
      sql.exec(
        `INSERT INTO ${tables.table(periodOf(place))} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
         person = excluded.person, round = excluded.round, counted = excluded.counted, lineage = excluded.lineage, sealed = excluded.sealed`,
        ...[id, place.person, round, counted, lineage, sealed],
      );
    },
    replace(id, place, sealed) {
      if (!exists(place)) return;
      sql.exec(`UPDATE ${nameOf(periodOf(place))} SET sealed = ? WHERE id = ?`, sealed, id);
    },
    read(id, place) {
      if (!exists(place)) return undefined;
      const text = `SELECT sealed FROM ${nameOf(periodOf(place))} WHERE id = ?`;
      return sql.exec<{ sealed: string }>(text, id).toArray()[0]?.sealed;
    },
    find(id) {
      for (const period of tables.periods()) {
        const text = `SELECT id, round, counted, lineage FROM ${nameOf(period)} WHERE id = ? AND lineage IS NOT NULL`;
        const [beside] = sql.exec<Row>(text, id).toArray();
        if (beside) return { beside, period };
      }
      return undefined;
    },
    inRound: (round) =>
      tables.periods().flatMap((period) =>
        sql
          .exec<{ id: string; person: string }>(
            `SELECT id, person FROM ${nameOf(period)} WHERE round = ?`,
            round,
          )
          .toArray()
          .map((row) => ({ ...row, period })),
      ),
    list(messages, round) {
      for (const [period, own] of Map.groupBy(messages, (one) => one.period)) {
        const named = own.filter(({ person }) => person !== '');
        for (let at = 0; at < named.length; at += LISTED) {
          const people = named.slice(at, at + LISTED).map(({ person, id }) => [person, id]);
          const text = `INSERT INTO ${lists.table(period)} VALUES (?, ?, ?)`;
          sql.exec(text, round, at, JSON.stringify(people));
        }
      }
    },
    take: (people) =>
      lists.periods().flatMap((period) => {
        const ids = listed(`recipients_${period}`, people);
        if (ids.length === 0 || !tables.periods().includes(period)) return [];
        return sql
          .exec<Row>(
            `DELETE FROM ${nameOf(period)} WHERE id IN (SELECT value FROM json_each(?))
             AND person IN (SELECT value FROM json_each(?)) RETURNING id, round, counted, lineage`,
            ...[JSON.stringify(ids), JSON.stringify(people)],
          )
          .toArray();
      }),
    prune(now, isFull, keep) {
      const [oldestKept = 0, newest = 0] = [tables.oldest(), tables.newest()];
      const early = isFull && oldestKept < newest ? oldestKept : 0;
      const ended = Math.max(Math.floor(now / PERIOD), early);
      for (let portions = 0; portions < PORTIONS; portions++) {
        const period = tables.oldest();
        if (period === undefined || period > ended) break;
        if (cursor.period !== period) cursor = { period, after: '' };
        const rows = sql
          .exec<Row>(
            `SELECT id, round, counted, lineage FROM ${nameOf(period)} WHERE id > ? ORDER BY id LIMIT ?`,
            ...[cursor.after, PORTION],
          )
          .toArray();
        keep(
          rows.filter(({ lineage }) => lineage !== null),
          period,
        );
        cursor = { period, after: rows.at(-1)?.id ?? '' };
        if (rows.length < PORTION) tables.drop(period + 1);
      }
      const oldest = tables.oldest();
      lists.drop(Math.min(oldest ?? ended + 1, ended + 1));
      return oldest === undefined ? undefined : oldest <= ended ? now : oldest * PERIOD;
    },
    reload() {
      tables.reload();
      lists.reload();
      cursor = { period: 0, after: '' };
    },
  };
}

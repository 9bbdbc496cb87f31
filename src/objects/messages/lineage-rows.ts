import { openPeriods, PERIOD } from '../periods.ts';
import {
  countedOf,
  isFailed,
  type Lineage,
  packCounted,
  packLineage,
  unpackCounted,
  unpackLineage,
} from './stored-lineage.ts';
import { type InRound, openSubmitted, periodOf, type SubmittedPlace } from './submitted.ts';
import { type Changed, type Uncounted, uncountedOf } from './uncounted.ts';

const DAY = 86_400_000;
/** How long a lineage is kept after it was changed last, in milliseconds; its table goes up to six hours later. */
const LINEAGE_RETENTION = 7 * DAY;

/** A lineage with its submitted message; without `sealed`, the message that is stored stays. */
export interface Submitted {
  readonly lineage: Lineage;
  readonly place: SubmittedPlace;
  readonly sealed?: string | undefined;
}

/** The lineages of a shard. */
export interface LineageRows {
  read(id: string): Lineage | undefined;
  /** Returns the submitted message of a lineage, encrypted. */
  submitted(id: string, lineage: Lineage): string | undefined;
  /** Stores what `change` returns; without a difference nothing is written. Call it in a transaction. */
  change(id: string, change: (before: Lineage) => Lineage): Lineage;
  /** Stores a submission; a message that is new is one row with it. Undefined: nothing is stored. Call it in a transaction. */
  submit(id: string, submit: (before: Lineage) => Submitted | undefined): void;
  /** Returns what the lineages add to the figures and is not counted there. */
  uncounted(): Uncounted;
  /** Records that all was counted at `now`. Call it in the transaction that counts. */
  setCounted(now: number): void;
  /** Whether a change is the first in a new period: the figures have to be counted before it. */
  isNewPeriod(now: number): boolean;
  /** Returns the roots of a batch that failed and were neither delivered nor read. */
  failedOf(batchId: string, limit: number): readonly string[];
  /** Removes the submitted messages to these people and returns how many. Count the figures before it, in the same transaction. */
  forget(people: readonly string[]): number;
  /** Removes what is old, and returns when more is. `isFull`: also the oldest table, so that the newest can grow. */
  prune(now: number, isFull: boolean): number | undefined;
  reload(): void;
}

interface Found {
  readonly round: number;
  readonly counted: string | null;
  readonly lineage: string;
  /** The table of submitted messages that has it. */
  readonly period?: number | undefined;
}

const EMPTY: Lineage = { since: 0, statuses: [], attempts: [] };

/**
 * Opens the lineages in an object's storage. Each change writes one row, and the figures are counted later: a row has the round of
 * counting in which it was changed, and what the figures contained of it before.
 */
export function openLineages(sql: SqlStorage): LineageRows {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS counting (one INTEGER PRIMARY KEY, round INTEGER NOT NULL, period INTEGER NOT NULL)',
  );
  const tables = openPeriods(
    sql,
    'lineages',
    'id TEXT PRIMARY KEY, round INTEGER NOT NULL, counted TEXT, lineage TEXT NOT NULL',
  );
  const failed = openPeriods(
    sql,
    'failed',
    'batch_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (batch_id, id)',
  );
  const submitted = openSubmitted(sql);
  /** The round of counting, and the period in which it began. */
  const storedCounting = (): { round: number; period: number } =>
    sql
      .exec<{ round: number; period: number }>('SELECT round, period FROM counting')
      .toArray()[0] ?? {
      ...{ round: 0, period: 0 },
    };
  let counting = storedCounting();
  /** What changed in this round; undefined: the object was started since, and the tables have to be scanned for it. */
  let changed: { readonly ids: Set<string>; readonly submitted: Map<string, InRound> } | undefined;

  /** Returns the newest row of a message. Table by table: the runtime allows five parts in a compound SELECT. */
  function find(id: string): Found | undefined {
    for (const name of tables.all()) {
      const text = `SELECT round, counted, lineage FROM ${name} WHERE id = ?`;
      const [row] = sql.exec<Row>(text, id).toArray();
      if (row) return row;
    }
    const first = submitted.find(id);
    return first && { ...first.beside, lineage: first.beside.lineage ?? '', period: first.period };
  }

  const periodAt = (now: number): number =>
    Math.max(tables.newest() ?? 0, Math.floor(now / PERIOD));

  function write(period: number, id: string, { round: own, counted, lineage }: Row): void {
    sql.exec(
      `INSERT INTO ${tables.table(period)} VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET round = excluded.round, counted = excluded.counted, lineage = excluded.lineage`,
      ...[id, own, counted, lineage],
    );
  }

  /** Returns the row of a changed lineage. */
  function rowOf(id: string, found: Found | undefined, before: Lineage, after: Lineage): Row {
    const isChangedAgain = found?.round === counting.round;
    const known =
      isChangedAgain && found.counted !== null
        ? unpackCounted(found.counted, before)
        : countedOf(before);
    // A message that is new in this round is not in the figures at all.
    const isNew = !found || (isChangedAgain && found.counted === null);
    return {
      round: counting.round,
      counted: isNew ? null : packCounted(known, after),
      lineage: packLineage(id, after),
    };
  }

  function writeChange(id: string, found: Found | undefined, before: Lineage, after: Lineage) {
    if (after === before) return;
    const period = periodAt(Date.now());
    write(period, id, rowOf(id, found, before, after));
    if (after.batchId !== undefined && isFailed(after))
      sql.exec(
        `INSERT OR IGNORE INTO ${failed.table(period)} VALUES (?, ?)`,
        ...[after.batchId, id],
      );
    changed?.ids.add(id);
  }

  const lineageOf = (id: string, found: Found | undefined): Lineage =>
    found ? unpackLineage(id, found.lineage) : { ...EMPTY, since: Date.now() };

  /** Returns what changed in this round. The newest table has all changed lineages: the figures are counted before there is a newer one. */
  function changedNow(): NonNullable<typeof changed> {
    if (changed) return changed;
    const [newest] = tables.all();
    const ids = newest
      ? sql
          .exec<{ id: string }>(`SELECT id FROM ${newest} WHERE round = ?`, counting.round)
          .toArray()
      : [];
    const sent = submitted.inRound(counting.round);
    changed = {
      ids: new Set([...ids, ...sent].map(({ id }) => id)),
      submitted: new Map(sent.map((one) => [one.id, one])),
    };
    return changed;
  }

  function* rowsOfRound(): Generator<Changed> {
    for (const id of changedNow().ids) {
      const found = find(id);
      if (found?.round === counting.round) yield { id, ...found };
    }
  }

  return {
    uncounted: () => uncountedOf(rowsOfRound()),
    read(id) {
      const found = find(id);
      return found && unpackLineage(id, found.lineage);
    },
    submitted: (id, { submitted: place }) =>
      place && place.until > Date.now() ? submitted.read(id, place) : undefined,
    change(id, change) {
      const found = find(id);
      const before = lineageOf(id, found);
      const after = change(before);
      writeChange(id, found, before, after);
      return after;
    },
    submit(id, submit) {
      const found = find(id);
      const before = lineageOf(id, found);
      const made = submit(before);
      if (!made) return;
      const { lineage: after, place, sealed } = made;
      const isBeside = found !== undefined && found.period === undefined;
      if (sealed === undefined) return writeChange(id, found, before, after);
      if (!isBeside) submitted.put(id, place, rowOf(id, found, before, after), sealed);
      else {
        if (place === before.submitted) submitted.replace(id, place, sealed);
        else
          submitted.put(id, place, { round: counting.round, counted: null, lineage: null }, sealed);
        writeChange(id, found, before, after);
      }
      changed?.ids.add(id);
      changed?.submitted.set(id, { id, person: place.person, period: periodOf(place) });
    },
    setCounted(now) {
      const { ids, submitted: sent } = changedNow();
      const period = periodAt(now);
      if (ids.size === 0) {
        counting = { ...counting, period };
        return;
      }
      submitted.list([...sent.values()], counting.round);
      const next = { round: counting.round + 1, period };
      sql.exec('INSERT OR REPLACE INTO counting VALUES (0, ?, ?)', next.round, period);
      counting = next;
      changed = { ids: new Set(), submitted: new Map() };
    },
    isNewPeriod: (now) => periodAt(now) > Math.max(counting.period, tables.newest() ?? 0),
    failedOf(batchId, limit) {
      const ids = failed.all().flatMap((name) =>
        sql
          .exec<{ id: string }>(`SELECT id FROM ${name} WHERE batch_id = ? ORDER BY id`, batchId)
          .toArray()
          .map(({ id }) => id),
      );
      const found: string[] = [];
      for (const id of new Set(ids.sort())) {
        if (found.length >= limit) break;
        const row = find(id);
        const own = row && unpackLineage(id, row.lineage);
        if (own && own.batchId === batchId && isFailed(own)) found.push(id);
      }
      return found;
    },
    forget(people) {
      const removed = submitted.take(people);
      for (const { id, lineage, ...row } of removed)
        if (lineage !== null && !find(id)) write(periodAt(Date.now()), id, { ...row, lineage });
      return removed.length;
    },
    prune(now, isFull) {
      const [newest, oldestKept] = [tables.newest() ?? 0, tables.oldest() ?? 0];
      const old = Math.floor((now - LINEAGE_RETENTION) / PERIOD);
      const before = isFull ? Math.max(old, Math.min(oldestKept + 1, newest)) : old;
      tables.drop(before);
      failed.drop(before);
      const ends = submitted.prune(now, isFull, (rows, period) => {
        for (const { id, lineage, ...row } of rows) {
          // A status that came since has moved it; one that never came leaves it here.
          if (lineage === null || find(id)?.period !== period) continue;
          const since = Math.floor(unpackLineage(id, lineage).since / PERIOD);
          if (since >= before) write(since, id, { ...row, lineage });
        }
      });
      const oldest = tables.oldest();
      const due = [
        ends,
        oldest === undefined ? undefined : (oldest + 1) * PERIOD + LINEAGE_RETENTION,
      ];
      const known = due.filter((at) => at !== undefined);
      return known.length > 0 ? Math.min(...known) : undefined;
    },
    reload() {
      tables.reload();
      failed.reload();
      submitted.reload();
      counting = storedCounting();
      changed = undefined;
    },
  };
}

type Row = { round: number; counted: string | null; lineage: string };

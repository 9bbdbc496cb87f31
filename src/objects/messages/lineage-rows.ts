import { openPeriods, PERIOD } from '../periods.ts';
import { type Contribution, differenceOf } from './figures.ts';
import {
  countedOf,
  isFailed,
  type Lineage,
  packCounted,
  packLineage,
  type Share,
  shareOf,
  unpackCounted,
  unpackLineage,
} from './stored-lineage.ts';

const DAY = 86_400_000;
/** How long a lineage is kept after it was changed last, in milliseconds; its table goes up to six hours later. */
const LINEAGE_RETENTION = 7 * DAY;

/** What has to be added to the figures. */
export interface Uncounted {
  readonly figures: readonly Contribution[];
  readonly batches: readonly {
    readonly batchId: string;
    readonly firstAt: number;
    readonly contributions: readonly Contribution[];
  }[];
}

/** The lineages of a shard. */
export interface LineageRows {
  read(id: string): Lineage | undefined;
  /** Stores what `change` returns; without a difference nothing is written. Call it in a transaction. */
  change(id: string, change: (before: Lineage) => Lineage): Lineage;
  /** Returns what the lineages add to the figures and is not counted there. */
  uncounted(): Uncounted;
  /** Records that all was counted. Call it in the transaction that counts. */
  setCounted(): void;
  /** Whether a change is the first in a new table: the figures have to be counted before it. */
  isNewPeriod(now: number): boolean;
  /** Returns the roots of a batch that failed and were neither delivered nor read. */
  failedOf(batchId: string, limit: number): readonly string[];
  /** Removes what is old, and returns when more is. `isFull`: also the oldest table, so that the newest can grow. */
  prune(now: number, isFull: boolean): number | undefined;
  reload(): void;
}

type Row = { round: number; counted: string | null; lineage: string };

const EMPTY: Lineage = { since: 0, statuses: [], attempts: [] };

/**
 * Opens the lineages in an object's storage. Each change writes one row, and the figures are counted later: a row has the round of
 * counting in which it was changed, and what the figures contained of it before.
 */
export function openLineages(sql: SqlStorage): LineageRows {
  sql.exec('CREATE TABLE IF NOT EXISTS counting (one INTEGER PRIMARY KEY, round INTEGER NOT NULL)');
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
  const storedRound = (): number =>
    sql.exec<{ round: number }>('SELECT round FROM counting').toArray()[0]?.round ?? 0;
  let round = storedRound();
  /** Returns the newest row of a message. Table by table: the runtime allows five parts in a compound SELECT. */
  function find(id: string): Row | undefined {
    for (const name of tables.all()) {
      const text = `SELECT round, counted, lineage FROM ${name} WHERE id = ?`;
      const [row] = sql.exec<Row>(text, id).toArray();
      if (row) return row;
    }
    return undefined;
  }

  const periodAt = (now: number): number =>
    Math.max(tables.newest() ?? 0, Math.floor(now / PERIOD));

  function uncounted(): Uncounted {
    const [newest] = tables.all();
    const figures: Contribution[][] = [];
    const batches: { batchId: string; firstAt: number; contributions: readonly Contribution[] }[] =
      [];
    const rows = newest
      ? sql.exec<Omit<Row, 'round'> & { id: string }>(
          `SELECT id, counted, lineage FROM ${newest} WHERE round = ?`,
          round,
        )
      : [];
    for (const { id, counted, lineage } of rows) {
      const own = unpackLineage(id, lineage);
      const before: Share =
        counted === null ? { figures: [] } : shareOf(own, unpackCounted(counted, own));
      const after = shareOf(own, countedOf(own));
      figures.push([...differenceOf(before.figures, after.figures)]);
      const isSame = before.batchId === after.batchId;
      const add = (batchId: string | undefined, contributions: readonly Contribution[]): void => {
        if (batchId !== undefined && contributions.length > 0)
          batches.push({ batchId, firstAt: own.since, contributions });
      };
      if (!isSame) add(before.batchId, differenceOf(before.figures, []));
      add(after.batchId, differenceOf(isSame ? before.figures : [], after.figures));
    }
    return { figures: differenceOf([], figures.flat()), batches };
  }

  return {
    uncounted,
    read(id) {
      const found = find(id);
      return found && unpackLineage(id, found.lineage);
    },
    change(id, change) {
      const found = find(id);
      const now = Date.now();
      const before = found ? unpackLineage(id, found.lineage) : { ...EMPTY, since: now };
      const after = change(before);
      if (after === before) return before;
      const isChangedAgain = found?.round === round;
      const known =
        isChangedAgain && found.counted !== null
          ? unpackCounted(found.counted, before)
          : countedOf(before);
      // A message that is new in this round is not in the figures at all.
      const isNew = !found || (isChangedAgain && found.counted === null);
      const counted = isNew ? null : packCounted(known, after);
      const period = periodAt(now);
      sql.exec(
        `INSERT INTO ${tables.table(period)} VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
         SET round = excluded.round, counted = excluded.counted, lineage = excluded.lineage`,
        ...[id, round, counted, packLineage(id, after)],
      );
      if (after.batchId !== undefined && isFailed(after))
        sql.exec(
          `INSERT OR IGNORE INTO ${failed.table(period)} VALUES (?, ?)`,
          ...[after.batchId, id],
        );
      return after;
    },
    setCounted() {
      round += 1;
      sql.exec('INSERT OR REPLACE INTO counting VALUES (0, ?)', round);
    },
    isNewPeriod: (now) => {
      const newest = tables.newest();
      return newest !== undefined && periodAt(now) > newest;
    },
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
    prune(now, isFull) {
      const [newest, oldestKept] = [tables.newest() ?? 0, tables.oldest() ?? 0];
      const old = Math.floor((now - LINEAGE_RETENTION) / PERIOD);
      const before = isFull ? Math.max(old, Math.min(oldestKept + 1, newest)) : old;
      tables.drop(before);
      failed.drop(before);
      const oldest = tables.oldest();
      return oldest === undefined ? undefined : (oldest + 1) * PERIOD + LINEAGE_RETENTION;
    },
    reload() {
      tables.reload();
      failed.reload();
      round = storedRound();
    },
  };
}

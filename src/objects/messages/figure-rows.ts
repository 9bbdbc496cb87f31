import { addCounts, type Contribution, type Counts } from './figures.ts';

const DAY = 86_400_000;
/** How long figures are kept, in milliseconds. */
const FIGURE_RETENTION = 400 * DAY;

/** The counts of a step of time, an app and a channel. */
export interface FigureRow {
  /** The place of the step among those that were asked for. */
  readonly step: number;
  readonly appId: string;
  readonly channel: string;
  readonly counts: Counts;
}

/** The counts of a batch in this shard. `firstAt`: when its first message was heard of. */
export interface BatchRow {
  readonly batchId: string;
  readonly firstAt: number;
  readonly counts: Counts;
}

/** The figures of a shard: one row for each quarter of an hour, app and channel, and one for each batch. */
export interface FigureRows {
  /** Adds counts. `now` in milliseconds since 1970 removes rows past their retention. */
  add(contributions: readonly Contribution[], now: number): void;
  /** Adds counts to a batch. `firstAt`: when a message of it was heard of first. */
  addToBatch(batchId: string, counts: Counts, firstAt: number, now: number): void;
  /**
   * Returns the sums of each step.
   * @param bounds where each step begins, and the end of the last
   * @param uncounted what is not stored and belongs to them
   */
  sums(bounds: readonly number[], uncounted: readonly Contribution[]): readonly FigureRow[];
  batch(batchId: string): BatchRow | undefined;
  /** Returns at most `limit` batches, the newest first, whose first message was heard of in a span of time. */
  batches(since: number, until: number, limit: number): readonly BatchRow[];
}

/** Opens the figures in an object's storage. */
export function openFigureRows(sql: SqlStorage): FigureRows {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS figures (
      slot INTEGER NOT NULL, app_id TEXT NOT NULL, channel TEXT NOT NULL, counts TEXT NOT NULL,
      PRIMARY KEY (slot, app_id, channel)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS batch_figures (
      batch_id TEXT PRIMARY KEY, first_at INTEGER NOT NULL, counts TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS batch_figures_first ON batch_figures (first_at);`);
  // The code below wrote it.
  const parse = (text: string): Counts => JSON.parse(text) as Counts;

  const batch = (batchId: string): BatchRow | undefined =>
    sql
      .exec<BatchSql>('SELECT * FROM batch_figures WHERE batch_id = ?', batchId)
      .toArray()
      .map(batchOf)[0];
  const batchOf = ({ batch_id, first_at, counts }: BatchSql): BatchRow => ({
    batchId: batch_id,
    firstAt: first_at,
    counts: parse(counts),
  });

  return {
    batch,
    add(contributions, now) {
      const oldest = now - FIGURE_RETENTION;
      sql.exec('DELETE FROM figures WHERE slot < ?', oldest);
      for (const { slot, appId, channel, counts } of contributions) {
        if (slot < oldest) continue;
        const key = [slot, appId, channel];
        const [row] = sql.exec<{ counts: string }>(
          'SELECT counts FROM figures WHERE slot = ? AND app_id = ? AND channel = ?',
          ...key,
        );
        const sum = addCounts(row ? parse(row.counts) : {}, counts);
        if (Object.keys(sum).length === 0)
          sql.exec('DELETE FROM figures WHERE slot = ? AND app_id = ? AND channel = ?', ...key);
        else
          sql.exec(
            'INSERT OR REPLACE INTO figures VALUES (?, ?, ?, ?)',
            ...key,
            JSON.stringify(sum),
          );
      }
    },
    addToBatch(batchId, counts, firstAt, now) {
      sql.exec('DELETE FROM batch_figures WHERE first_at < ?', now - FIGURE_RETENTION);
      if (firstAt < now - FIGURE_RETENTION) return;
      const row = batch(batchId);
      const sum = addCounts(row?.counts ?? {}, counts);
      sql.exec(
        `INSERT INTO batch_figures VALUES (?, ?, ?) ON CONFLICT (batch_id) DO UPDATE
         SET counts = excluded.counts, first_at = min(first_at, excluded.first_at)`,
        ...[batchId, firstAt, JSON.stringify(sum)],
      );
    },
    sums(bounds, uncounted) {
      const sums = new Map<string, FigureRow>();
      const add = (step: number, appId: string, channel: string, counts: Counts): void => {
        const key = JSON.stringify([step, appId, channel]);
        const sum = addCounts(sums.get(key)?.counts ?? {}, counts);
        sums.set(key, { step, appId, channel, counts: sum });
      };
      let step = 0;
      const rows = sql.exec<FigureSql>(
        'SELECT * FROM figures WHERE slot >= ? AND slot < ? ORDER BY slot',
        ...[bounds[0] ?? 0, bounds.at(-1) ?? 0],
      );
      for (const { slot, app_id: appId, channel, counts } of rows) {
        while (slot >= (bounds[step + 1] ?? Number.POSITIVE_INFINITY)) step++;
        add(step, appId, channel, parse(counts));
      }
      for (const { slot, appId, channel, counts } of uncounted) {
        const own = bounds.findLastIndex((bound) => slot >= bound);
        if (own >= 0 && own < bounds.length - 1) add(own, appId, channel, counts);
      }
      return [...sums.values()];
    },
    batches: (since, until, limit) =>
      sql
        .exec<BatchSql>(
          'SELECT * FROM batch_figures WHERE first_at >= ? AND first_at < ? ORDER BY first_at DESC LIMIT ?',
          ...[since, until, limit],
        )
        .toArray()
        .map(batchOf),
  };
}

type FigureSql = { slot: number; app_id: string; channel: string; counts: string };
type BatchSql = { batch_id: string; first_at: number; counts: string };

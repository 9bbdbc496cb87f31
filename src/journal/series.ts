import * as v from 'valibot';

const Row = v.object({ step: v.number(), name: v.string(), n: v.number() });

/** Counts by name: one number for each step. */
export type SeriesCounts = Readonly<Record<string, number[]>>;

/** Counts over time. Times and `step` are milliseconds. */
export interface Series {
  readonly times: readonly number[];
  readonly callbacks: SeriesCounts;
  readonly firings: SeriesCounts;
}

/** Counts callbacks by trigger and firings by rule in steps from `since` to `until`. What a rulebook in shadow decided is left out. */
export async function countSeries(
  { since, until, step }: { readonly since: number; readonly until: number; readonly step: number },
  DB: D1Database,
): Promise<Series> {
  const start = Math.floor(since / step) * step;
  const times = Array.from(
    { length: Math.floor((until - start) / step) + 1 },
    (_, at) => start + at * step,
  );
  const [callbacks, firings] = await DB.batch([
    DB.prepare(
      `SELECT (at - CAST(?1 AS INTEGER)) / CAST(?2 AS INTEGER) AS step, trigger AS name, count(*) AS n FROM decisions
       WHERE at >= ?1 AND at <= ?3 AND shadow = 0 GROUP BY 1, 2`,
    ).bind(start, step, until),
    DB.prepare(
      `SELECT (at - CAST(?1 AS INTEGER)) / CAST(?2 AS INTEGER) AS step, rule AS name, count(*) AS n FROM decided_rules
       WHERE at >= ?1 AND at <= ?3 AND outcome = 'fired' GROUP BY 1, 2`,
    ).bind(start, step, until),
  ]);
  return {
    times,
    callbacks: countsOf(callbacks?.results, times.length),
    firings: countsOf(firings?.results, times.length),
  };
}

function countsOf(rows: unknown, length: number): SeriesCounts {
  const counts: Record<string, number[]> = {};
  for (const { step, name, n } of v.parse(v.array(Row), rows ?? [])) {
    const own = counts[name] ?? Array.from({ length }, () => 0);
    counts[name] = own;
    if (step < length) own[step] = n;
  }
  return counts;
}

import * as v from 'valibot';

const Row = v.object({ step: v.number(), kind: v.string(), name: v.string(), n: v.number() });

/** Counts by name: one number for each step. */
export type SeriesCounts = Readonly<Record<string, number[]>>;

/** Counts over time. Times and `step` are milliseconds. */
export interface Series {
  readonly times: readonly number[];
  readonly callbacks: SeriesCounts;
  readonly firings: SeriesCounts;
}

/** Counts callbacks by trigger and firings by rule in steps of whole hours from `since` to `until`. What a rulebook in shadow decided is left out. */
export async function countSeries(
  { since, until, step }: { readonly since: number; readonly until: number; readonly step: number },
  DB: D1Database,
): Promise<Series> {
  const start = Math.floor(since / step) * step;
  const times = Array.from(
    { length: Math.floor((until - start) / step) + 1 },
    (_, at) => start + at * step,
  );
  const { results } = await DB.prepare(
    `SELECT (hour - CAST(?1 AS INTEGER)) / CAST(?2 AS INTEGER) AS step, kind, name, sum(n) AS n FROM counts
     WHERE hour >= ?1 AND hour <= ?3 AND kind IN ('trigger', 'fired') GROUP BY 1, 2, 3`,
  )
    .bind(start, step, until)
    .all();
  const rows = v.parse(v.array(Row), results);
  const of = (wanted: string) =>
    countsOf(
      rows.filter(({ kind }) => kind === wanted),
      times.length,
    );
  return { times, callbacks: of('trigger'), firings: of('fired') };
}

function countsOf(rows: readonly v.InferOutput<typeof Row>[], length: number): SeriesCounts {
  const counts: Record<string, number[]> = {};
  for (const { step, name, n } of rows) {
    const own = counts[name] ?? Array.from({ length }, () => 0);
    counts[name] = own;
    if (step < length) own[step] = n;
  }
  return counts;
}

/** A metric that `/metrics` reports, and that is counted in the `Metrics` object. Its labels never change. */
export interface Metric<L extends string = string> {
  /**
   * `counter` only grows, `histogram` counts observations in buckets, `latest` is the newest of the times that were noted, in
   * seconds since 1970.
   */
  readonly kind: 'counter' | 'histogram' | 'latest';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  /** The upper bounds of a histogram, ascending, without infinity. */
  readonly buckets?: readonly number[];
}

export type Labels<L extends string> = Readonly<Record<L, string>>;

/** Defines a metric and keeps the names of its labels. */
export const defineMetric = <const L extends string>(metric: Metric<L>): Metric<L> => metric;

/** The longest value of a label, in characters. */
const LONGEST = 100;

/** A series as the object stores it: its sample name and the values of its labels. A histogram has several. */
export const seriesKey = <L extends string>(
  { labels }: Metric<L>,
  sample: string,
  values: Labels<L>,
  bound?: number,
): string =>
  JSON.stringify([
    sample,
    ...labels.map((label) => values[label].slice(0, LONGEST)),
    ...(bound === undefined ? [] : [bound]),
  ]);

/** The keys to which an observation is added, with what is added: its bucket, the sum and the count. */
export function observed<L extends string>(
  metric: Metric<L>,
  values: Labels<L>,
  value: number,
): readonly (readonly [key: string, n: number])[] {
  const bound = metric.buckets?.find((one) => value <= one);
  return [
    ...(bound === undefined
      ? []
      : [[seriesKey(metric, `${metric.name}_bucket`, values, bound), 1] as const]),
    [seriesKey(metric, `${metric.name}_sum`, values), value],
    [seriesKey(metric, `${metric.name}_count`, values), 1],
  ];
}

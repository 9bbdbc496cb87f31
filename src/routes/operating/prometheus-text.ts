import { metrics } from '../../objects/metrics/definitions.ts';
import type { Metric } from '../../objects/metrics/metric.ts';

/** One sample: its name, its labels and its value. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly n: number;
}

/** A metric family of Prometheus. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

/** A gauge. */
export const gauge = (
  name: string,
  help: string,
  values: readonly { readonly labels: Readonly<Record<string, string>>; readonly n: number }[],
): Family => ({
  name,
  help,
  type: 'gauge',
  samples: values.map(({ labels, n }) => ({ name, labels, n })),
});

/** Returns the families of all counted metrics. `totals`: as the `Metrics` object returns them. */
export function countedFamilies(totals: Readonly<Record<string, number>>): readonly Family[] {
  const series = Object.entries(totals)
    .toSorted()
    .map(([key, n]) => {
      // As `seriesKey` wrote it.
      const [sample, ...values]: (string | number)[] = JSON.parse(key);
      return { sample, values, n };
    });
  return metrics.map((metric) => {
    const own = series.filter(
      ({ sample }) =>
        sample === metric.name ||
        (metric.kind === 'histogram' && String(sample).startsWith(`${metric.name}_`)),
    );
    return {
      name: metric.name,
      help: metric.help,
      type: metric.kind === 'latest' ? 'gauge' : metric.kind,
      samples:
        metric.kind === 'histogram' ? histogram(metric, own) : own.map((one) => plain(metric, one)),
    };
  });
}

interface Series {
  readonly sample: string | number | undefined;
  readonly values: readonly (string | number)[];
  readonly n: number;
}

const labelled = ({ labels }: Metric, values: Series['values']): Record<string, string> =>
  Object.fromEntries(labels.map((label, index) => [label, String(values[index] ?? '')]));

const plain = (metric: Metric, { values, n }: Series): Sample => ({
  name: metric.name,
  labels: labelled(metric, values),
  n,
});

/** A histogram is stored by bucket; Prometheus wants each bucket to hold those below it. */
function histogram(metric: Metric, series: readonly Series[]): readonly Sample[] {
  const { name, labels, buckets = [] } = metric;
  const groups = Map.groupBy(series, ({ values }) =>
    JSON.stringify(values.slice(0, labels.length)),
  );
  return [...groups.values()].flatMap((group) => {
    const own = labelled(metric, group[0]?.values ?? []);
    const of = (sample: string, bound?: number): number =>
      group.find((one) => one.sample === sample && one.values[labels.length] === bound)?.n ?? 0;
    let below = 0;
    const bounds = buckets.map((le) => {
      below += of(`${name}_bucket`, le);
      return { name: `${name}_bucket`, labels: { ...own, le: String(le) }, n: below };
    });
    const count = of(`${name}_count`);
    return [
      ...bounds,
      { name: `${name}_bucket`, labels: { ...own, le: '+Inf' }, n: count },
      { name: `${name}_sum`, labels: own, n: of(`${name}_sum`) },
      { name: `${name}_count`, labels: own, n: count },
    ];
  });
}

/** Returns metrics in Prometheus's text format; families of the same name are one. Source: Prometheus, "Text-based format". */
export const prometheusText = (families: readonly Family[]): string =>
  [...Map.groupBy(families, ({ name }) => name)]
    .flatMap(([name, parts]) => [
      `# HELP ${name} ${parts[0]?.help}`,
      `# TYPE ${name} ${parts[0]?.type}`,
      ...parts
        .flatMap(({ samples }) => samples)
        .map((sample) => `${sample.name}${labelsOf(sample.labels)} ${sample.n}`),
    ])
    .join('\n')
    .concat('\n');

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([key, value]) =>
      `${key}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`,
  );
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

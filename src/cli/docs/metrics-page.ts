import { code, table } from './markdown.ts';
import type { ReferencePage } from './page.ts';

/** A metric as the source defines it: its kind if it is counted, its name, its help text; behind them are its labels. */
const METRIC =
  /(?:kind: '(\w+)',\s*)?(?:name: |gauge\(\s*)'(signalbox_\w+)',\s*(?:help:\s*)?'((?:[^'\\]|\\.)*)'/g;

/** The labels of a metric, as SQL, samples or definitions write them. */
const LABELS = /json_object\(([^)]*)\)|labels: \{([^}]*)\}|labels: \[([^\]]*)\]/;

/** All metrics of `/metrics`, read from where the source defines them. */
export const metricsPage: ReferencePage = {
  name: 'metrics',
  title: 'Metrics',
  intro: `\`GET /metrics\` responds in the Prometheus text format to a token with the role \`read\`. \`ops/\` has a Grafana dashboard and alert rules for these metrics.

**Counters and histograms survive isolates and deployments**, so \`rate()\` and \`increase()\` work. An isolate counts in memory and reports once in \`METRICS_INTERVAL\` (ten seconds) to one Durable Object, which stores its totals every ten seconds: some calls a second for a busy deployment, and no call on the path of a callback. They are approximate at the edges: what an isolate has counted since its last report ends with it, a report that fails is dropped (nothing is counted twice), and a redelivered callback counts again. For exact figures ask the journal (\`signalbox stats\`).

The labels of a metric never change. A gauge whose state is empty has the value 0, so that you can tell it from a failed scrape; its help text states where a sample is missing instead. Where a store cannot be read, its metrics are missing and the log has \`metrics.incomplete\`.`,
  body: ({ sources }) => {
    const rows = [...sources.values()].flatMap((text) =>
      [...text.matchAll(METRIC)].map((match) => {
        const rest = text.slice(match.index + match[0].length);
        const [, kind = 'gauge', name = '', help = ''] = match;
        return [
          code(name),
          kind === 'latest' ? 'gauge' : kind,
          labelsIn(rest.split(METRIC)[0] ?? ''),
          help,
        ];
      }),
    );
    return table(['metric', 'type', 'labels', 'meaning'], rows);
  },
};

function labelsIn(definition: string): string {
  const [, sql, object, list] = LABELS.exec(definition) ?? [];
  const names =
    sql !== undefined || list !== undefined
      ? [...(sql ?? list ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '')
      : (object ?? '').split(',').map((name) => name.trim().split(':')[0] ?? '');
  const labels = names.filter((name) => name !== '').map(code);
  return labels.length === 0 ? 'none' : labels.join(', ');
}

import { code, table } from './markdown.ts';
import type { ReferencePage } from './page.ts';

/** A metric as the source defines it: its name, its help text, and behind them the labels of its samples. */
const METRIC = /name: '(signalbox_\w+)',\s*help: '((?:[^'\\]|\\.)*)'/g;

/** The labels of a sample, as SQL or TypeScript writes them. */
const LABELS = /json_object\(([^)]*)\)|labels: \{([^}]*)\}/;

/** All metrics of `/metrics`, read from where the source defines them. */
export const metricsPage: ReferencePage = {
  name: 'metrics',
  title: 'Metrics',
  intro: `\`GET /metrics\` responds in the Prometheus text format to a token with the role \`read\`. All metrics are gauges. A state that is empty has the value 0, so that you can tell it from a failed scrape. Metrics that end in \`_last_hour\` come from the journal; they are empty with \`JOURNAL=off\`.`,
  body: ({ sources }) => {
    const rows = [...sources.values()].flatMap((text) =>
      [...text.matchAll(METRIC)].map((match) => {
        const rest = text.slice(match.index + match[0].length);
        return [code(match[1] ?? ''), labelsIn(rest.split(METRIC)[0] ?? ''), match[2] ?? ''];
      }),
    );
    return table(['metric', 'labels', 'meaning'], rows);
  },
};

function labelsIn(definition: string): string {
  const [, sql, object] = LABELS.exec(definition) ?? [];
  const names = sql
    ? [...sql.matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '')
    : (object ?? '').split(',').map((name) => name.trim().split(':')[0] ?? '');
  const labels = names.filter((name) => name !== '').map(code);
  return labels.length === 0 ? 'none' : labels.join(', ');
}

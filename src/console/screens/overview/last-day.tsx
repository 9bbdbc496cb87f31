import { useMemo, useState } from 'preact/hooks';
import type { SeriesAnswer } from '../../../api/operating/overview.ts';
import { Plot, type Series } from '../../parts/plot.tsx';
import { Empty } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';

/** How many lines a plot shows by themselves; the rest are one. */
const LINES = 5;

function seriesOf(rows: Readonly<Record<string, readonly number[]>>): readonly Series[] {
  const sorted = Object.entries(rows)
    .map(([label, values]) => ({ label, values, total: values.reduce((a, b) => a + b, 0) }))
    .toSorted((a, b) => b.total - a.total);
  const rest = sorted.slice(LINES);
  const others = rest[0]?.values.map((_, at) =>
    rest.reduce((total, { values }) => total + (values[at] ?? 0), 0),
  );
  return [...sorted.slice(0, LINES), ...(others ? [{ label: 'others', values: others }] : [])];
}

const VIEWS = ['Callbacks by trigger', 'Firings by rule'] as const;

/** Callbacks by trigger and firings by rule, an hour each. */
export function LastDay({ answer }: { answer: SeriesAnswer }) {
  const [view, setView] = useState<(typeof VIEWS)[number]>(VIEWS[0]);
  const times = useMemo(() => answer.times.map((at) => Date.parse(at) / 1000), [answer]);
  const rows = view === VIEWS[0] ? answer.callbacks : answer.firings;
  const series = useMemo(() => seriesOf(rows), [rows]);
  return (
    <Tabs label="What is counted" names={VIEWS} selected={view} select={setView}>
      {series.length === 0 ? (
        <Empty>
          {view === VIEWS[0]
            ? 'No callback came in the last 24 hours.'
            : 'No rule fired in the last 24 hours.'}
        </Empty>
      ) : (
        <Plot label={`${view}, an hour each, over 24 hours`} times={times} series={series} />
      )}
    </Tabs>
  );
}

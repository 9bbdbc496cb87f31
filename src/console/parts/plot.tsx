import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { ScrollTable } from './scroll-table.tsx';
import 'uplot/dist/uPlot.min.css';
import './plot.css';

/** A line of a plot. */
export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

interface PlotProps {
  /** What the plot shows, for people who do not see it. */
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly stepped?: boolean;
  readonly unit?: string;
}

const HOUR = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A time as the viewer's language writes it. */
const moment = (seconds: number): string => {
  const at = new Date(seconds * 1000);
  return `${DATE.format(at)}, ${HOUR.format(at)}`;
};

/** The label of a tick: the hour, with the day below it at the first tick and at midnight. */
function tick(seconds: number, first: boolean): string {
  const at = new Date(seconds * 1000);
  const midnight = at.getHours() === 0 && at.getMinutes() === 0;
  return first || midnight ? `${HOUR.format(at)}\n${DATE.format(at)}` : HOUR.format(at);
}

const COLOURS = ['--accent', '--link', '--unknown', '--warning', '--danger', '--ink-soft'];

/** A plot over time. The same numbers are in a table below it. */
export function Plot({ label, times, series, stepped = false, unit = '' }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--ink-soft'),
      grid: { stroke: colour('--border'), width: 1 },
      ticks: { stroke: colour('--border'), width: 1 },
    };
    const paths = stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 220,
        cursor: { drag: { x: false, y: false } },
        legend: { live: true },
        scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] } },
        axes: [
          { ...axis, values: (_, at) => at.map((time) => tick(time, at[0] === time)) },
          { ...axis, size: 56 },
        ],
        series: [
          {
            label: 'Time',
            value: (_: uPlot, time: number | null | undefined) =>
              time == null ? 'point at the plot' : moment(time),
          },
          ...series.map(({ label: name }, index) => ({
            label: name,
            stroke: colour(COLOURS[index % COLOURS.length] ?? '--accent'),
            width: 2,
            points: { show: times.length < 3 },
            value: (_: uPlot, value: number | null | undefined) =>
              value == null ? '' : `${value}${unit}`,
            ...(paths ? { paths } : {}),
          })),
        ],
      },
      [[...times], ...series.map(({ values }) => [...values])],
      element,
    );
    const resize = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: 220 }),
    );
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [times, series, stepped, unit]);
  return (
    <figure class="plot">
      <div ref={host} role="img" aria-label={label} />
      <details>
        <summary class="small">Numbers</summary>
        <ScrollTable label={`Numbers: ${label}`}>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map((one) => (
                <th key={one.label} scope="col" class="number">
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((time, at) => (
              <tr key={time}>
                <td>{new Date(time * 1000).toLocaleString()}</td>
                {series.map((one) => (
                  <td key={one.label} class="number">
                    {one.values[at] ?? '–'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      </details>
    </figure>
  );
}

import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { AlertSummary } from '../../api/alerts.ts';
import type { OverviewAnswer, SeriesAnswer } from '../../api/overview.ts';
import { call } from '../api.ts';
import type { ScreenProps } from '../app.tsx';
import { Page } from '../parts/page.tsx';
import { Plot, type Series } from '../parts/plot.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Empty, Failure, Loading, Shown } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Time } from '../parts/time.tsx';
import { useLoad } from '../state/load.ts';
import { to, withQuery } from '../state/router.ts';
import { ago, count, counted } from '../state/time.ts';

interface Health {
  readonly ok: boolean;
  readonly troubles: readonly string[];
}

/** `/console/overview`: how Signalbox is, and what waits for a person. Every figure leads to its list. */
export function Overview(_: ScreenProps) {
  const overview = useLoad('overview', (signal) =>
    call<OverviewAnswer>('GET', '/v1/overview', { signal }),
  );
  const alerts = useLoad('alerts', (signal) =>
    call<{ alerts: readonly AlertSummary[] }>('GET', '/v1/alerts', {
      query: { state: 'firing', limit: '100' },
      signal,
    }),
  );
  const series = useLoad('series', (signal) =>
    call<SeriesAnswer>('GET', '/v1/stats/series', { query: { since: '1d' }, signal }),
  );
  return (
    <Page title="Overview">
      <HealthWords health={overview.value?.health} />
      {overview.error && <Failure error={overview.error} again={overview.again} />}
      {alerts.error && <Failure error={alerts.error} again={alerts.again} />}
      <Figures overview={overview.value} open={alerts.value?.alerts.length} series={series.value} />
      <section class="stack tight">
        <h2>The last 24 hours</h2>
        <Shown loaded={series} what="the last 24 hours">
          {(answer) => <Last24 answer={answer} />}
        </Shown>
      </section>
      {overview.value && overview.value.delivery.length > 0 && (
        <Delivery rows={overview.value.delivery} />
      )}
    </Page>
  );
}

function HealthWords({ health }: { health: Health | undefined }) {
  if (!health) return <Loading what="the state of Signalbox" />;
  if (health.ok) {
    return (
      <p class="note good" role="status">
        All is well.
      </p>
    );
  }
  return (
    <div class="note bad" role="status">
      <p>
        <strong>{counted(health.troubles.length, 'problem')}:</strong>
      </p>
      <ul>
        {health.troubles.map((trouble) => (
          <li key={trouble} class="verbatim">
            {trouble}
          </li>
        ))}
      </ul>
    </div>
  );
}

const sum = (rows: Readonly<Record<string, readonly number[]>>): number =>
  Object.values(rows)
    .flat()
    .reduce((total, value) => total + value, 0);

function Figures(props: {
  overview: OverviewAnswer | undefined;
  open: number | undefined;
  series: SeriesAnswer | undefined;
}) {
  const { overview, open, series } = props;
  const day = { since: '1d' };
  const delivered = overview?.delivery.reduce((total, row) => total + row.delivered, 0) ?? 0;
  const failed = overview?.delivery.reduce((total, row) => total + row.failed, 0) ?? 0;
  const share = delivered + failed === 0 ? undefined : delivered / (delivered + failed);
  return (
    <ul class="figures">
      <Figure
        name="Callbacks"
        href={withQuery(to('decisions'), day)}
        value={series && count(sum(series.callbacks))}
      >
        in 24 hours
      </Figure>
      <Figure
        name="Firings"
        href={withQuery(to('decisions'), { ...day, outcome: 'fired' })}
        value={series && count(sum(series.firings))}
      >
        of rules in 24 hours
      </Figure>
      <Figure
        name="Delivered"
        href={withQuery(to('decisions'), { ...day, trigger: 'MESSAGE_DELIVERY' })}
        value={overview && (share === undefined ? '–' : `${Math.round(share * 1000) / 10} %`)}
      >
        {overview && `${count(delivered)} delivered, ${count(failed)} failed in 24 hours`}
      </Figure>
      <Figure
        name="Open alerts"
        href={to('alerts')}
        value={open === undefined ? undefined : count(open)}
      >
        that last now
      </Figure>
      <Figure
        name="Reviews waiting"
        href={to('reviews')}
        value={overview && count(overview.reviews.waiting)}
      >
        {overview &&
          (overview.reviews.oldest_at === null
            ? 'nothing waits'
            : `the oldest came ${ago(overview.reviews.oldest_at)}`)}
      </Figure>
      <Figure
        name="Held"
        href={to('operate', 'held')}
        value={overview && count(overview.held.waiting)}
      >
        actions wait for a person
      </Figure>
      <Figure
        name="Dead letters"
        href={to('operate', 'dead-letters')}
        value={overview && count(overview.dead_letters)}
      >
        could not be done
      </Figure>
      <Figure
        name="Limits"
        href={to('operate', 'throttles')}
        value={overview && count(overview.limits.length)}
      >
        {overview?.limits
          .slice(0, 2)
          .map(({ channel, limit }) => `${channel} ${limit.content} ${limit.to}`)
          .join('; ') || 'in force'}
      </Figure>
      <Figure name="In force" href={to('publish')} value={overview?.rulebook.version.slice(0, 8)}>
        {overview &&
          (overview.rulebook.since === null ? (
            'came with the deployment'
          ) : (
            <>
              since <Time at={overview.rulebook.since} /> by {overview.rulebook.actor}
            </>
          ))}
      </Figure>
    </ul>
  );
}

const isNumber = (value = ''): boolean => /^[\d.,\s%]*$/.test(value);

/** A figure whose name is its link. */
const Figure = (props: {
  name: string;
  href: string;
  value: string | undefined;
  children: ComponentChildren;
}) => (
  <li class="card figure">
    <a href={props.href}>{props.name}</a>
    <span class={`value ${isNumber(props.value) ? '' : 'word'}`}>{props.value ?? '…'}</span>
    <span class="soft small verbatim">{props.children}</span>
  </li>
);

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

function Last24({ answer }: { answer: SeriesAnswer }) {
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

const Delivery = ({ rows }: { rows: OverviewAnswer['delivery'] }) => (
  <section class="stack tight">
    <h2>Delivery by channel, 24 hours</h2>
    <ScrollTable label="Delivery by channel">
      <thead>
        <tr>
          <th scope="col">Channel</th>
          <th scope="col" class="number">
            Delivered
          </th>
          <th scope="col" class="number">
            Failed
          </th>
          <th scope="col" class="number">
            Success
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ channel, delivered, failed }) => (
          <tr key={channel}>
            <th scope="row">
              <a
                href={withQuery(to('decisions'), {
                  since: '1d',
                  trigger: 'MESSAGE_DELIVERY',
                  channel,
                })}
              >
                {channel}
              </a>
            </th>
            <td class="number">{count(delivered)}</td>
            <td class="number">{count(failed)}</td>
            <td class="number">
              {delivered + failed === 0
                ? '–'
                : `${Math.round((delivered / (delivered + failed)) * 1000) / 10} %`}
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  </section>
);

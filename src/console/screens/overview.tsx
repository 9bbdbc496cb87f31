import type { AlertSummary } from '../../api/alerts/alerts.ts';
import type { OverviewAnswer, SeriesAnswer } from '../../api/operating/overview.ts';
import { call } from '../api.ts';
import type { ScreenProps } from '../app.tsx';
import { Page } from '../parts/page.tsx';
import { Failure, Loading, Shown } from '../parts/states.tsx';
import { useLoad } from '../state/load.ts';
import { to } from '../state/router.ts';
import { counted } from '../state/time.ts';
import { Delivery } from './overview/delivery.tsx';
import { Figures } from './overview/figures.tsx';
import { LastDay } from './overview/last-day.tsx';

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
          {(answer) => <LastDay answer={answer} />}
        </Shown>
      </section>
      {overview.value && overview.value.delivery.length > 0 && (
        <Delivery rows={overview.value.delivery} />
      )}
    </Page>
  );
}

function HealthWords({ health }: { health: Health | undefined }) {
  if (!health) return <Loading what="the state of Signalbox" line />;
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
            <Trouble text={trouble} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Screens that show what a command of the same name lists. */
const SHOWN_AT: Readonly<Record<string, readonly string[]>> = {
  'dead-letters': ['operate', 'dead-letters'],
  quarantine: ['operate', 'quarantine'],
  held: ['operate', 'held'],
  reviews: ['reviews'],
  decisions: ['decisions'],
  drift: ['alerts'],
};

/** A problem, which names a command of the terminal. Where a screen shows the same, it has the link in its place. */
function Trouble({ text }: { text: string }) {
  const named = /[:;,]? see signalbox ([a-z-]+)$/.exec(text);
  const path = SHOWN_AT[named?.[1] ?? ''];
  if (!named || !path) return <>{text}</>;
  return (
    <>
      {text.slice(0, named.index)}. <a href={to(...path)}>Show</a>
    </>
  );
}

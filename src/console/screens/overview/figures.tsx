import type { ComponentChildren } from 'preact';
import type { OverviewAnswer, SeriesAnswer } from '../../../api/operating/overview.ts';
import { limitWords } from '../../parts/limit-words.ts';
import { Time } from '../../parts/time.tsx';
import { to, withQuery } from '../../state/router.ts';
import { ago, count } from '../../state/time.ts';
import './figures.css';

const sum = (rows: Readonly<Record<string, readonly number[]>>): number =>
  Object.values(rows)
    .flat()
    .reduce((total, value) => total + value, 0);

/** What happened in a day and what waits now. The name of each figure links to its list. */
export function Figures(props: {
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
        ongoing
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
          .map(({ channel, limit }) => `${channel} ${limitWords(limit)}`)
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

import { useState } from 'preact/hooks';
import type { ScreenProps } from '../app.tsx';
import { DecisionRows } from '../parts/decision-rows.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Pages, usePages } from '../parts/more.tsx';
import { Page } from '../parts/page.tsx';
import { Empty } from '../parts/states.tsx';
import { CHANNELS } from '../state/channels.ts';
import { loadDecisions } from '../state/decisions.ts';
import { go, place, setQuery, to } from '../state/router.ts';
import { useStore } from '../state/store.ts';
import { DecisionPage } from './decision.tsx';

const SINCE = [
  ['', 'any time'],
  ['1h', 'the last hour'],
  ['1d', 'the last day'],
  ['7d', 'the last 7 days'],
  ['30d', 'the last 30 days'],
] as const;
const OUTCOMES = [
  ['', 'any'],
  ...(
    [
      'fired',
      'shadow',
      'erred',
      'none',
      'queued',
      'done',
      'retried',
      'waiting',
      'skipped',
      'failed',
      'noted',
    ] as const
  ).map((one) => [one, one] as const),
] as const;
const FILTERS = ['since', 'rule', 'trigger', 'channel', 'outcome', 'app_id', 'action'] as const;

/** Values that the listed decisions have: proposed for the filters. */
const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();

/** `/console/decisions`: what was decided; `/console/decisions/<id>`: the history of one callback. */
export function Decisions({ path }: ScreenProps) {
  const [id] = path;
  return id === undefined ? <AllDecisions /> : <DecisionPage key={id} id={id} />;
}

function AllDecisions() {
  const { query } = useStore(place);
  const filters = Object.fromEntries(
    FILTERS.map((name) => [name, query.get(name) ?? '']),
  ) as Record<(typeof FILTERS)[number], string>; // built from the very names
  // A person's address is looked for, and never put into the address of the page.
  const [identity, setIdentity] = useState('');
  const [id, setId] = useState('');
  const set = (name: (typeof FILTERS)[number]) => (value: string) =>
    setQuery({ ...filters, [name]: value });
  const key = JSON.stringify([filters, identity]);
  const pages = usePages(key, (cursor) =>
    loadDecisions({ ...filters, identity: identity.trim(), ...(cursor ? { cursor } : {}) }),
  );
  return (
    <Page title="Decisions">
      <form class="card" onSubmit={(event) => event.preventDefault()}>
        <div class="fields compact">
          <SelectField
            label="Since"
            value={filters.since}
            options={SINCE}
            onChange={set('since')}
          />
          <TextField
            label="Rule"
            value={filters.rule}
            onInput={set('rule')}
            list={distinct(pages.items.flatMap(({ rules }) => rules.map(({ rule }) => rule)))}
          />
          <SelectField
            label="Outcome"
            value={filters.outcome}
            options={OUTCOMES}
            onChange={set('outcome')}
          />
          <TextField
            label="Trigger"
            value={filters.trigger}
            onInput={set('trigger')}
            list={distinct(pages.items.map(({ trigger }) => trigger))}
          />
          <TextField
            label="Channel"
            value={filters.channel}
            onInput={set('channel')}
            list={CHANNELS}
          />
          <TextField label="App" value={filters.app_id} onInput={set('app_id')} />
          <TextField
            label="Recipient"
            value={identity}
            onInput={setIdentity}
            hint="A number or address; it is compared as a hash."
          />
          <TextField
            label="Decision"
            value={id}
            onInput={(next) => {
              setId(next);
              if (/^[0-9A-Z]{26}$/.test(next.trim())) go(to('decisions', next.trim()));
            }}
            hint="An id from an alert leads to its page."
          />
        </div>
      </form>
      <Pages
        pages={pages}
        what="decisions"
        empty={<Empty>No decision on record fits these filters.</Empty>}
      >
        {(items) => <DecisionRows decisions={items} />}
      </Pages>
    </Page>
  );
}

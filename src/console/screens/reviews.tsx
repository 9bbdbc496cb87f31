import { useEffect, useRef, useState } from 'preact/hooks';
import type { Review } from '../../api/consent/reviews.ts';
import { call, part } from '../api.ts';
import type { ScreenProps } from '../app.tsx';
import { type Confirmation, ConfirmDialog } from '../parts/dialog.tsx';
import { SelectField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Shown, WithRole } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { useLoad } from '../state/load.ts';
import { place, setQuery, to } from '../state/router.ts';
import { session } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { counted } from '../state/time.ts';
import './reviews.css';

const STATES = [
  ['open', 'waiting'],
  ['suppressed', 'suppressed'],
  ['dismissed', 'dismissed'],
] as const;

/** `/console/reviews`: what a person has to decide; `/console/reviews/<id>`: one of them, in front. */
export function Reviews({ path }: ScreenProps) {
  return (
    <Page title="Reviews">
      <WithRole needed="admin" what="Reviews name people and change their consent: this screen">
        <Worklist wanted={path[0]} />
      </WithRole>
    </Page>
  );
}

type Verdict = 'suppress' | 'dismiss';

function Worklist({ wanted }: { wanted: string | undefined }) {
  const state = useStore(place).query.get('state') ?? 'open';
  const reviews = useLoad(`reviews ${state}`, (signal) =>
    call<{ reviews: readonly Review[] }>('GET', '/v1/reviews', {
      query: { state, limit: '200' },
      signal,
    }),
  );
  const [asked, setAsked] = useState<Confirmation>();
  const list = useRef<HTMLUListElement>(null);
  const [scope, setScope] = useState('all');
  const ask = (review: Review, decision: Verdict) => {
    const verb = decision === 'suppress' ? 'Suppress' : 'Dismiss';
    setScope('all');
    setAsked({
      verb,
      danger: decision === 'suppress',
      title: decision === 'suppress' ? 'Suppress: it was a STOP' : 'Dismiss: it was no STOP',
      children: <p class="verbatim bubble">{review.text ?? review.reason}</p>,
      confirm: async (reason) => {
        await call('POST', `/v1/reviews/${part(review.id)}`, {
          body: { decision, scope: chosenScope.current, actor: session.get()?.name, reason },
        });
        reviews.again();
      },
    });
  };
  const chosenScope = useRef(scope);
  chosenScope.current = scope;
  useEffect(() => {
    if (wanted !== undefined) document.getElementById(wanted)?.focus();
  }, [wanted, reviews.value]);
  const onKey = (event: KeyboardEvent) => {
    if (asked || event.ctrlKey || event.metaKey || event.altKey) return;
    const items = [...(list.current?.querySelectorAll<HTMLElement>(':scope > li') ?? [])];
    const at = items.findIndex((item) => item.contains(document.activeElement));
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      items[Math.max(0, Math.min(items.length - 1, at + step))]?.focus();
      return;
    }
    const decision = { s: 'suppress', d: 'dismiss' }[event.key.toLowerCase()];
    const review = reviews.value?.reviews[Math.max(at, 0)];
    if (!decision || !review || review.state !== 'open') return;
    event.preventDefault();
    ask(review, decision === 'suppress' ? 'suppress' : 'dismiss');
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target;
      const typing = target instanceof HTMLElement && target.closest('input, select, textarea');
      if (!typing) onKey(event);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  });
  return (
    <>
      <div class="row">
        <SelectField
          label="Show"
          value={state}
          options={STATES}
          onChange={(next) => setQuery({ state: next === 'open' ? '' : next })}
        />
      </div>
      <p class="soft small">
        Keys: <kbd>↓</kbd> <kbd>↑</kbd> choose, <kbd>S</kbd> suppress, <kbd>D</kbd> dismiss,{' '}
        <kbd>Enter</kbd> confirms, <kbd>Esc</kbd> cancels.
      </p>
      <Shown loaded={reviews} what="reviews">
        {({ reviews: all }) =>
          all.length === 0 ? (
            <Empty>
              {state === 'open' ? 'Nothing waits for a decision.' : 'Nothing was decided so yet.'}
            </Empty>
          ) : (
            <>
              <p class="soft small" role="status">
                {counted(all.length, 'review')}
              </p>
              <ul class="rows" aria-label="Reviews" ref={list}>
                {all.map((review) => (
                  <ReviewItem key={review.id} review={review} ask={ask} />
                ))}
              </ul>
            </>
          )
        }
      </Shown>
      {asked && (
        <ConfirmDialog
          asked={{
            ...asked,
            children: (
              <>
                {asked.children}
                {asked.verb === 'Suppress' && (
                  <SelectField
                    label="Scope"
                    value={scope}
                    options={['all', 'marketing', 'notification']}
                    onChange={setScope}
                  />
                )}
              </>
            ),
          }}
          close={() => {
            setAsked(undefined);
            (list.current?.querySelector<HTMLElement>(':scope > li') ?? undefined)?.focus();
          }}
        />
      )}
    </>
  );
}

const KINDS: Readonly<Record<string, string>> = {
  'near-miss': 'may be a STOP',
  'consents-differ': 'one person, differing consents',
  duplicate: 'contacts that share an address',
};

function ReviewItem(props: { review: Review; ask: (review: Review, verdict: Verdict) => void }) {
  const { review, ask } = props;
  const { id, at, kind, reason, rule, decision, text, people, state } = review;
  return (
    <li id={id} tabIndex={-1} class="review">
      <div class="row">
        <span class="badge warn">{KINDS[kind] ?? kind}</span>
        <Time at={at} relative />
        <a href={to('decisions', decision)}>Decision</a>
        <a href={to('rules', rule)}>{rule}</a>
      </div>
      {text !== null && <p class="bubble verbatim">{text}</p>}
      <p class="soft small verbatim">{reason}</p>
      <ul class="people">
        {people.map((person, index) => (
          <li key={`${index} ${person.identity}`} class="small verbatim">
            {person.channel} {person.identity}: {receives(person.now ?? flagsOf(person))}
          </li>
        ))}
      </ul>
      {state === 'open' ? (
        <div class="row">
          <button type="button" class="danger" onClick={() => ask(review, 'suppress')}>
            Suppress
          </button>
          <button type="button" onClick={() => ask(review, 'dismiss')}>
            Dismiss
          </button>
        </div>
      ) : (
        <p class="small">
          {state} by {review.decided_by}
          {review.decided_at && (
            <>
              {' '}
              <Time at={review.decided_at} />
            </>
          )}
          : {review.decision_reason}
        </p>
      )}
    </li>
  );
}

interface Flags {
  readonly all: boolean;
  readonly marketing: boolean;
  readonly notification: boolean;
}

const flagsOf = (person: Review['people'][number]): Flags => ({
  all: person.suppressed,
  marketing: person.marketing,
  notification: person.notification,
});

/** What a person may receive now, in words. */
function receives({ all, marketing, notification }: Flags): string {
  if (all) return 'receives nothing';
  if (marketing && notification) return 'receives neither marketing nor notifications';
  if (marketing) return 'receives no marketing';
  return notification ? 'receives no notifications' : 'receives everything';
}

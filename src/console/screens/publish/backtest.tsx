import { useEffect, useRef, useState } from 'preact/hooks';
import { emptyTally, headWords, merge, type Tally } from '../../../rules/prove/backtest.ts';
import { call } from '../../api.ts';
import { SelectField } from '../../parts/field.tsx';
import { Empty, Failure, NeedsRole } from '../../parts/states.tsx';
import type { Draft } from '../../state/draft.ts';
import { rulebookOf } from '../../state/publishing.ts';
import { to } from '../../state/router.ts';
import { draftTexts } from '../../state/rulebook.ts';
import { may } from '../../state/session.ts';
import { count, counted } from '../../state/time.ts';
import './backtest.css';

const SINCE = [
  ['1d', 'the last day'],
  ['7d', 'the last 7 days'],
  ['14d', 'the last 14 days'],
] as const;

/** What the bars show, and what the action of each is. */
const BARS = [
  ['alert', 'Alerts'],
  ['suppress', 'Suppressions'],
  ['retry', 'Retries'],
] as const;

/** What the draft would have done with the callbacks on record. Nothing is done. */
export function Backtest({ kept }: { kept: Draft }) {
  const [since, setSince] = useState('7d');
  const [tally, setTally] = useState<Tally>();
  const [total, setTotal] = useState<number>();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Error>();
  const running = useRef<AbortController>(null);
  // A result of another draft would be taken for one of this.
  // The draft is what it is about
  useEffect(() => {
    setTally(undefined);
    return () => running.current?.abort();
  }, [kept.changes]);
  const run = async () => {
    const stop = new AbortController();
    running.current?.abort();
    running.current = stop;
    setBusy(true);
    setFault(undefined);
    setTally(emptyTally());
    try {
      const { callbacks } = await call<{ callbacks: number }>('GET', '/v1/stats', {
        query: { since },
        signal: stop.signal,
      });
      setTotal(callbacks);
      await look(since, stop.signal, (sum) => setTally(structuredClone(sum)));
    } catch (error) {
      if (!stop.signal.aborted) setFault(error instanceof Error ? error : new Error(String(error)));
    }
    if (!stop.signal.aborted) setBusy(false);
  };
  return (
    <section class="stack tight">
      <h2>Backtest</h2>
      {!may('author') ? (
        <NeedsRole needed="author" what="A backtest" />
      ) : (
        <>
          <p class="soft small">
            Decides the callbacks on record once more, by the rules in force and by your draft.
            Nothing is done.
          </p>
          <div class="row">
            <div class="backtest-since">
              <SelectField label="Since" value={since} options={SINCE} onChange={setSince} />
            </div>
            <button type="button" onClick={run} disabled={busy}>
              {busy ? 'Running …' : 'Run backtest'}
            </button>
          </div>
        </>
      )}
      {fault && <Failure error={fault} again={run} />}
      {busy && tally && (
        <p role="status" class="row small">
          <progress
            value={tally.callbacks}
            max={Math.max(total ?? 0, tally.callbacks, 1)}
            aria-label="Callbacks looked at"
          />
          {count(tally.callbacks)} of {total === undefined ? '…' : count(total)} callbacks
        </p>
      )}
      {tally && <Report tally={tally} finished={!busy} />}
    </section>
  );
}

async function look(since: string, signal: AbortSignal, tell: (sum: Tally) => void): Promise<void> {
  const sum = emptyTally();
  const { files: _, ...rulebook } = Object(rulebookOf(draftTexts()));
  let cursor: string | undefined;
  do {
    const answer: { tally: Tally; next: string | null } = await call(
      'POST',
      '/v1/rulebooks/backtest',
      { body: { ...rulebook, since, ...(cursor === undefined ? {} : { cursor }) }, signal },
    );
    merge(sum, answer.tally);
    tell(sum);
    cursor = answer.next ?? undefined;
  } while (cursor !== undefined);
}

function Report({ tally, finished }: { tally: Tally; finished: boolean }) {
  const unknown = tally.unknown.reduce((sum, one) => sum + one.count, 0);
  if (finished && tally.callbacks === 0)
    return <Empty>No callback of this time is on record.</Empty>;
  const known = BARS.map(([action, label]) => {
    const counts = tally.actions.find((one) => one.action === action);
    return { action, label, before: counts?.before ?? 0, after: counts?.after ?? 0 };
  });
  const most = Math.max(1, unknown, ...known.flatMap(({ before, after }) => [before, after]));
  return (
    <div class="card stack">
      <p>
        {counted(tally.callbacks, 'callback')}: {headWords(tally)}
      </p>
      {known.map(({ action, label, before, after }) => (
        <div key={action} class="bars">
          <h3>{label}</h3>
          <Bar name="before" value={before} most={most} kind="before" />
          <Bar name="after" value={after} most={most} kind="after" />
          <Callbacks tally={tally} action={action} />
        </div>
      ))}
      {unknown > 0 && (
        <div class="bars">
          <h3>Unknown</h3>
          <Bar name="not known" value={unknown} most={most} kind="unknown" />
          {tally.unknown.map(({ rule, count: times, reason, examples }) => (
            <p key={rule} class="small verbatim">
              {rule}: {count(times)} callbacks, because {reason.join(', ')} was not kept.{' '}
              <Ids ids={examples} />
            </p>
          ))}
          <p class="soft small">
            Texts and metadata are on record with the setting JOURNAL_PAYLOAD=keep, from then on. A
            file of callbacks has everything: <code>signalbox backtest --file</code>.
          </p>
        </div>
      )}
    </div>
  );
}

/** A bar as SVG: its width is an attribute, because the policy allows no inline style. */
const Bar = (props: { name: string; value: number; most: number; kind: string }) => (
  <div class="bar">
    <span class="small soft">{props.name}</span>
    <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect
        class={`fill ${props.kind}`}
        width={props.value === 0 ? 0 : Math.max(0.8, (props.value / props.most) * 100)}
        height="10"
      />
    </svg>
    <span class="number">{count(props.value)}</span>
  </div>
);

const Callbacks = ({ tally, action }: { tally: Tally; action: string }) => (
  <>
    {tally.changes
      .filter((change) => change.action === action)
      .map(({ rule, was, message, differs, count: times, examples }) => (
        <p key={`${rule} ${was} ${message}`} class="small verbatim">
          {rule}:{' '}
          {was === message
            ? `${message}, with another ${differs.join(', ')}`
            : `${was} → ${message}`}
          . {count(times)} changed (<Ids ids={examples} />)
        </p>
      ))}
    {tally.shifts
      .filter((shift) => shift.action === action)
      .map(({ rule, message, more, fewer, moreFor, fewerFor }) => (
        <p key={`${rule} ${message}`} class="small verbatim">
          {rule}: {message}.{' '}
          {more > 0 && (
            <>
              {count(more)} more (<Ids ids={moreFor} />){' '}
            </>
          )}
          {fewer > 0 && (
            <>
              {count(fewer)} fewer (<Ids ids={fewerFor} />)
            </>
          )}
        </p>
      ))}
  </>
);

const Ids = ({ ids }: { ids: readonly string[] }) => (
  <>
    {ids.map((id, index) => (
      <span key={id}>
        {index > 0 && ', '}
        <a href={to('decisions', id)} class="mono">
          {id.slice(0, 8)}
        </a>
      </span>
    ))}
  </>
);

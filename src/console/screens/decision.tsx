import { useState } from 'preact/hooks';
import type { ExplainedDecision } from '../../api/decisions/decisions.ts';
import { call, part } from '../api.ts';
import { Outcome } from '../parts/decision-rows.tsx';
import { ConfirmButton } from '../parts/dialog.tsx';
import { GoButton } from '../parts/go-button.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Failure, Shown } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { useLoad } from '../state/load.ts';
import { go, to, withQuery } from '../state/router.ts';
import { may } from '../state/session.ts';
import { startingCallback } from '../state/starting-callback.ts';

/** `/console/decisions/<id>`: what arrived, what each rule made of it, what was done and what became of that. */
export function DecisionPage({ id }: { id: string }) {
  const decision = useLoad(id, (signal) =>
    call<ExplainedDecision>('GET', `/v1/decisions/${part(id)}`, { signal }),
  );
  const [said, setSaid] = useState<string>();
  const redeliver = async (reason: string) => {
    await call('POST', `/v1/decisions/${part(id)}/redeliver`, {
      query: { reason },
    });
    setSaid('The callback is on the queue again. What was done is not done twice.');
  };
  return (
    <Page
      title={`Decision ${id.slice(0, 8)}`}
      actions={
        <>
          <GoButton to={withQuery(to('try'), { decision: id })}>Try</GoButton>
          {may('admin') && (
            <ConfirmButton
              verb="Redeliver"
              title="Redeliver this callback"
              danger
              confirm={redeliver}
            >
              <p>
                It is decided once more by the rules in force now. What was done is not done again;
                only what other rules want now. Needs that callbacks are kept.
              </p>
            </ConfirmButton>
          )}
        </>
      }
    >
      {said && (
        <p class="note good" role="status">
          {said}
        </p>
      )}
      <Shown loaded={decision} what="the decision">
        {(one) => <History decision={one} />}
      </Shown>
    </Page>
  );
}

function History({ decision }: { decision: ExplainedDecision }) {
  const { facts, notes, explanation, actions, not_kept: notKept } = decision;
  return (
    <>
      {notes.map((note) => (
        <p key={note} class="note warn">
          {note}
        </p>
      ))}
      <section class="card">
        <h2>What arrived</h2>
        <dl class="pairs">
          <dt>Callback</dt>
          <dd class="mono">{decision.id}</dd>
          <dt>Trigger</dt>
          <dd>{decision.trigger}</dd>
          <dt>Received</dt>
          <dd>
            <Time at={decision.received_at} />
          </dd>
          <dt>Happened</dt>
          <dd>
            <Time at={decision.event_time} />
          </dd>
          {decision.channel && (
            <>
              <dt>Channel</dt>
              <dd>{decision.channel}</dd>
            </>
          )}
          <dt>App</dt>
          <dd class={decision.app_id ? 'mono' : ''}>{decision.app_id || 'none'}</dd>
          <dt>Rulebook</dt>
          <dd class="mono">{decision.rulebook}</dd>
        </dl>
      </section>
      <section class="card">
        <h2>Facts</h2>
        <dl class="pairs facts">
          {Object.entries(decision.contact_ids ?? {}).map(([name, ids]) => (
            <FactRow key={name} name={name} value={ids} />
          ))}
          {Object.entries(facts)
            .filter(([name]) => !SHOWN_ABOVE.has(name))
            .map(([name, value]) => (
              <FactRow key={name} name={name} value={value} />
            ))}
          {notKept.length > 0 && (
            <>
              <dt>Not kept</dt>
              <dd>{notKept.join(', ')}</dd>
            </>
          )}
        </dl>
      </section>
      {may('admin') && <Callback id={decision.id} trigger={decision.trigger} />}
      <section class="stack tight">
        <h2>What was done</h2>
        {actions.length === 0 ? (
          <Empty>No rule wanted anything done.</Empty>
        ) : (
          <ul class="rows">
            {actions.map(({ rule, action, outcome, detail, at }, index) => (
              <li key={`${index} ${rule} ${action}`}>
                <div class="row">
                  <strong>{action}</strong> by <a href={to('rules', rule)}>{rule}</a>
                  <Outcome outcome={outcome} />
                  {at && <Time at={at} />}
                </div>
                {detail && <p class="soft small verbatim">{detail}</p>}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section class="stack tight">
        <h2>What each rule made of it</h2>
        <ul class="rows" aria-label="Results">
          {explanation.map(({ rule, outcome, sentence }) => (
            <li key={rule}>
              <div class="row">
                <a href={to('rules', rule)}>{rule}</a>
                <Outcome outcome={outcome} />
              </div>
              <p class="soft small verbatim">{sentence}</p>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** Facts that "What arrived" states in words. */
const SHOWN_ABOVE: ReadonlySet<string> = new Set(['trigger', 'app_id', 'channel', 'event_time']);

const FactRow = ({ name, value }: { name: string; value: unknown }) => (
  <>
    <dt class="mono">{name}</dt>
    <dd class="verbatim">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
  </>
);

/** The callback itself, where it is kept. It may name a person, so it is shown when it is asked for. */
function Callback({ id, trigger }: { id: string; trigger: string }) {
  const [body, setBody] = useState<Record<string, unknown>>();
  const [fault, setFault] = useState<Error>();
  const show = () => {
    setFault(undefined);
    call<Record<string, unknown>>('GET', `/v1/decisions/${part(id)}/callback`).then(
      setBody,
      setFault,
    );
  };
  return (
    <section class="stack tight">
      <h2>The callback</h2>
      {fault && <Failure error={fault} />}
      {body ? (
        <>
          <pre class="card verbatim">{JSON.stringify(body, undefined, 2)}</pre>
          <div>
            <button
              type="button"
              onClick={() => {
                startingCallback.set({ trigger, callback: body });
                go(withQuery(to('rules', 'new'), { from: 'decision' }));
              }}
            >
              New rule from this
            </button>
          </div>
        </>
      ) : (
        <div>
          <button type="button" onClick={show}>
            Show callback
          </button>
        </div>
      )}
    </section>
  );
}

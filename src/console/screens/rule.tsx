import { useState } from 'preact/hooks';
import { call } from '../api.ts';
import { DecisionRows } from '../parts/decision-rows.tsx';
import { ConfirmButton } from '../parts/dialog.tsx';
import { SelectField } from '../parts/field.tsx';
import { GoButton } from '../parts/go-button.tsx';
import { Page } from '../parts/page.tsx';
import { RuleBadges } from '../parts/rule-badges.tsx';
import { Clauses, Examples, Findings, Texts, Ways } from '../parts/rule-parts.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { loadActivity } from '../state/activity.ts';
import { loadDecisions } from '../state/decisions.ts';
import { useLoad } from '../state/load.ts';
import { to, withQuery } from '../state/router.ts';
import { may, session } from '../state/session.ts';
import { counted } from '../state/time.ts';
import { useRules } from '../state/use-rules.ts';
import { RuleVersions } from './rule-versions.tsx';

const SPANS = [
  ['30m', '30 minutes'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['1d', '1 day'],
  ['7d', '7 days'],
] as const;

/** `/console/rules/<name>`: a rule, what it does, what proves it, and what can be done about it. */
export function RulePage({ name }: { name: string }) {
  const rule = useRules('rule', name, { side: 'draft', name });
  const activity = useLoad('activity', loadActivity);
  const decisions = useLoad(`decisions ${name}`, (signal) =>
    loadDecisions({ rule: name, limit: '10' }, signal),
  );
  const [span, setSpan] = useState('2h');
  const actor = session.get()?.name ?? '';
  const paused = activity.value?.paused.has(name) ?? false;
  const acted = activity.value?.rules.get(name);
  const pause = (reason: string) =>
    call('POST', '/v1/pauses', { body: { kind: 'rule', name, actor, reason } }).then(
      activity.again,
    );
  const silence = (reason: string) =>
    call('POST', '/v1/silences', { body: { match: { rule: name }, for: span, actor, reason } });
  return (
    <Page
      title={name}
      actions={
        <>
          <GoButton to={to('rules', name, 'edit')}>Edit</GoButton>
          <GoButton to={withQuery(to('try'), { rule: name })}>Try</GoButton>
          {may('author') && (
            <ConfirmButton verb="Silence" title={`Silence the alerts of ${name}`} confirm={silence}>
              <SelectField label="For" value={span} onChange={setSpan} options={SPANS} />
              <p class="soft small">
                The alerts are counted meanwhile; the silence ends by itself.
              </p>
            </ConfirmButton>
          )}
          {may('admin') && !paused && (
            <ConfirmButton verb="Pause" title={`Pause ${name}`} confirm={pause} danger>
              <p>
                The rule goes on deciding. What it would do is held until the pause ends (Operate,
                Pauses). STOP is never held.
              </p>
            </ConfirmButton>
          )}
        </>
      }
    >
      <Shown loaded={rule} what="the rule">
        {(detail) =>
          detail === null ? (
            <Empty>
              No rule is called {name}. <a href={to('rules')}>See all rules.</a>
            </Empty>
          ) : (
            <>
              <div class="stack tight">
                <p class="lead verbatim">
                  {detail.summary.sentence || 'This rule has errors and does not decide.'}
                </p>
                <div class="row">
                  <RuleBadges rule={detail.summary} paused={paused} />
                  <span class="soft small">
                    {activity.value
                      ? `Fired ${counted(acted?.fired ?? 0, 'time')} in 7 days`
                      : 'Firings are being loaded …'}
                    {acted?.lastFired && (
                      <>
                        , last <Time at={acted.lastFired} relative />
                      </>
                    )}
                  </span>
                </div>
              </div>
              <dl class="pairs">
                <dt>Why</dt>
                <dd class="verbatim">{detail.summary.why}</dd>
                <dt>Owner</dt>
                <dd>{detail.summary.owner}</dd>
                <dt>Listens to</dt>
                <dd>{detail.summary.on.join(', ')}</dd>
                {detail.lists.length > 0 && (
                  <>
                    <dt>Lists</dt>
                    <dd class="row">
                      {detail.lists.map((list) => (
                        <a key={list} href={to('lists', list)}>
                          {list}
                        </a>
                      ))}
                    </dd>
                  </>
                )}
              </dl>
              {detail.findings.length > 0 && (
                <section class="stack tight">
                  <h2>Findings</h2>
                  <Findings findings={detail.findings} />
                </section>
              )}
              {(detail.texts.length > 0 || detail.alerts.length > 0) && (
                <section class="stack tight">
                  <h2>Texts</h2>
                  <Texts texts={detail.texts} />
                  {detail.alerts.length > 0 && (
                    <>
                      <h3>Alerts as they will look</h3>
                      <Ways ways={detail.alerts} />
                    </>
                  )}
                </section>
              )}
              <section class="stack tight">
                <h2>Examples</h2>
                <Examples results={detail.examples} />
              </section>
              {detail.clauses.length > 0 && (
                <section class="stack tight">
                  <h2>Conditions and what the examples show of them</h2>
                  <Clauses clauses={detail.clauses} />
                </section>
              )}
            </>
          )
        }
      </Shown>
      {rule.value !== undefined && (
        <>
          <section class="stack tight">
            <h2>Last decisions</h2>
            <Shown loaded={decisions} what="decisions">
              {({ items }) =>
                items.length === 0 ? (
                  <Empty>This rule has decided nothing that is on record.</Empty>
                ) : (
                  <DecisionRows decisions={items} rule={name} />
                )
              }
            </Shown>
          </section>
          <RuleVersions name={name} />
        </>
      )}
    </Page>
  );
}

import { useState } from 'preact/hooks';
import type { AlertDetail, AlertSummary } from '../../../api/alerts/alerts.ts';
import type { Silence } from '../../../api/alerts/silences.ts';
import { call, part } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useLoad } from '../../state/load.ts';
import { to } from '../../state/router.ts';
import { may, session } from '../../state/session.ts';
import { counted } from '../../state/time.ts';

const STATES = [
  ['firing', 'Ongoing'],
  ['resolved', 'Past'],
] as const;

/** Groups of alerts, ongoing or past, each with its history in words. */
export function AlertGroups({ wanted }: { wanted: string | undefined }) {
  const [state, setState] = useState('firing');
  const groups = useLoad(`alerts ${state}`, (signal) =>
    call<{ alerts: readonly AlertSummary[] }>('GET', '/v1/alerts', {
      query: { state, limit: '100' },
      signal,
    }),
  );
  return (
    <section class="stack tight">
      <div class="page-head">
        <h2>{state === 'firing' ? 'Ongoing' : 'Past'}</h2>
        <SelectField label="Show alerts" quiet value={state} options={STATES} onChange={setState} />
      </div>
      <Shown loaded={groups} what="alerts">
        {({ alerts }) =>
          alerts.length === 0 ? (
            <Empty>{state === 'firing' ? 'No ongoing alerts.' : 'No past alerts.'}</Empty>
          ) : (
            <ul class="rows" aria-label="Alerts">
              {alerts.map((group) => (
                <Group key={group.id} group={group} open={group.id === wanted} />
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

const SEVERITY: Readonly<Record<string, string>> = { critical: 'bad', high: 'warn', low: '' };

function Group({ group, open }: { group: AlertSummary; open: boolean }) {
  const [shown, setShown] = useState(open);
  const [first] = group.members;
  return (
    <li>
      <div class="row">
        <strong class="verbatim">{first?.title ?? group.route}</strong>
        {first && <span class={`badge ${SEVERITY[first.severity] ?? ''}`}>{first.severity}</span>}
        <span class="badge">{counted(group.count, 'time')}</span>
        {group.muted && <span class="badge warn">not sent</span>}
      </div>
      <p class="soft small">
        Route {group.route}, first <Time at={group.first_at} />, last{' '}
        <Time at={group.last_at} relative />
        {first && (
          <>
            {' '}
            by <RuleLink rule={first.rule} />
          </>
        )}
      </p>
      {group.muted && <p class="small verbatim">{group.muted}</p>}
      <div class="row">
        <button type="button" class="small" aria-expanded={shown} onClick={() => setShown(!shown)}>
          History
        </button>
        {first && may('author') && group.state === 'firing' && <SilenceButton rule={first.rule} />}
      </div>
      {shown && <History id={group.id} />}
    </li>
  );
}

/** The rule of alerts that Signalbox raises about itself. It is in no rulebook. */
const OWN_RULE = 'signalbox';

const RuleLink = ({ rule }: { rule: string }) =>
  rule === OWN_RULE ? <>Signalbox itself</> : <a href={to('rules', rule)}>{rule}</a>;

function History({ id }: { id: string }) {
  const detail = useLoad(`alert ${id}`, (signal) =>
    call<AlertDetail>('GET', `/v1/alerts/${part(id)}`, { signal }),
  );
  return (
    <Shown loaded={detail} what="the history">
      {({ message, trail, members, more_members: more }) => (
        <div class="stack tight">
          <p>{message}</p>
          {members.length > 1 && (
            <ul class="trail" aria-label="Alerts of the group">
              {members.map(({ rule, title, about = '', count = 1 }, index) => (
                <li key={`${index} ${title}`} class="small verbatim">
                  {title.includes(about) ? title : `${title}: ${about}`} <RuleLink rule={rule} />,{' '}
                  {counted(count, 'time')}
                </li>
              ))}
              {more > 0 && <li class="small">and {more} earlier ones</li>}
            </ul>
          )}
          <ol class="trail">
            {trail.map((step, index) => (
              <li key={`${index} ${step.at}`} class="small verbatim">
                <Time at={step.at} /> {step.message}
              </li>
            ))}
          </ol>
          <p class="soft small">
            Rules: {[...new Set(members.map(({ rule }) => rule))].join(', ')}
          </p>
        </div>
      )}
    </Shown>
  );
}

const SPANS = ['30m', '2h', '8h', '1d', '7d'];

function SilenceButton({ rule }: { rule: string }) {
  const [span, setSpan] = useState('2h');
  const silence = (reason: string) =>
    call('POST', '/v1/silences', {
      body: { match: { rule }, for: span, actor: session.get()?.name, reason },
    });
  return (
    <ConfirmButton
      verb="Silence"
      title={`Silence the alerts of ${rule}`}
      class="small"
      confirm={silence}
    >
      <SelectField label="For" value={span} options={SPANS} onChange={setSpan} />
    </ConfirmButton>
  );
}

/** The silences in force. */
export function Silences() {
  const silences = useLoad('silences', (signal) =>
    call<{ silences: readonly Silence[] }>('GET', '/v1/silences', { signal }),
  );
  const end = (id: string) => async () => {
    await call('DELETE', `/v1/silences/${part(id)}`);
    silences.again();
  };
  return (
    <section class="stack tight">
      <h2>Silences</h2>
      <Shown loaded={silences} what="silences">
        {({ silences: all }) =>
          all.length === 0 ? (
            <Empty>Nothing is silenced.</Empty>
          ) : (
            <ul class="rows" aria-label="Silences">
              {all.map(({ id, match, until, actor, reason }) => (
                <li key={id}>
                  <p class="verbatim">
                    <strong>{matchWords(match)}</strong> until <Time at={until} />
                  </p>
                  <p class="soft small verbatim">
                    {actor}: {reason}
                  </p>
                  {may('author') && (
                    <div>
                      <ConfirmButton
                        verb="End silence"
                        title="End this silence"
                        class="small"
                        optional
                        confirm={end(id)}
                      />
                    </div>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

const matchWords = (match: object): string =>
  Object.entries(match)
    .map(([key, value]) =>
      typeof value === 'object' && !Array.isArray(value)
        ? matchWords(value)
        : `${key} ${[value].flat().join(' or ')}`,
    )
    .join(' and ');

import { useMemo, useState } from 'preact/hooks';
import type { OverviewAnswer } from '../../../api/operating/overview.ts';
import type { Sender } from '../../../api/operating/senders.ts';
import { call, part } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { limitWords } from '../../parts/limit-words.ts';
import { Plot } from '../../parts/plot.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { CHANNELS } from '../../state/channels.ts';
import { useLoad } from '../../state/load.ts';
import { to as link } from '../../state/router.ts';
import { may, session } from '../../state/session.ts';
import { timelineOf } from './timeline.ts';

const CONTENTS = ['marketing', 'notification', 'other'];

/** Limits in force, and the timeline of a sender. */
export function Throttles() {
  const overview = useLoad('overview', (signal) =>
    call<OverviewAnswer>('GET', '/v1/overview', { signal }),
  );
  const [app, setApp] = useState('');
  const [channel, setChannel] = useState('WHATSAPP');
  const [chosen, setChosen] = useState<{ app: string; channel: string }>();
  return (
    <>
      <h2>Throttles</h2>
      <Shown loaded={overview} what="limits">
        {({ limits }) =>
          limits.length === 0 ? (
            <Empty>No sender is limited.</Empty>
          ) : (
            <ul class="rows" aria-label="Throttles">
              {limits.map(({ app_id, channel: on, limit }) => (
                <li key={`${app_id} ${on} ${limit.reason}`}>
                  <div class="row">
                    <strong>
                      {on} <span class="mono">{app_id}</span>
                    </strong>
                    <span>{limitWords(limit)}</span>
                    <span>
                      until <Time at={limit.until} />
                    </span>
                    <span class="soft small">
                      <LimitedBy reason={limit.reason} />
                    </span>
                    <button
                      type="button"
                      class="small"
                      onClick={() => setChosen({ app: app_id, channel: on })}
                    >
                      Timeline
                    </button>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          if (app.trim() !== '') setChosen({ app: app.trim(), channel });
        }}
      >
        <TextField label="App of the sender" value={app} onInput={setApp} />
        <TextField
          label="Channel of the sender"
          value={channel}
          onInput={setChannel}
          list={CHANNELS}
        />
        <button type="submit" disabled={app.trim() === ''}>
          Show sender
        </button>
      </form>
      {chosen && (
        <SenderTimeline
          key={`${chosen.app} ${chosen.channel}`}
          {...chosen}
          changed={overview.again}
        />
      )}
    </>
  );
}

/** What set a limit: a rule, with a link, or a person ("by hand", which no rule can be called). */
const LimitedBy = ({ reason }: { reason: string }) =>
  /^[a-z0-9-]+$/.test(reason) ? (
    <>
      by <a href={link('rules', reason)}>{reason}</a>
    </>
  ) : (
    <span>{reason}</span>
  );

function SenderTimeline(props: { app: string; channel: string; changed: () => void }) {
  const { app, channel, changed } = props;
  const path = `/v1/senders/${part(app)}/${part(channel)}`;
  const sender = useLoad(path, (signal) => call<Sender>('GET', path, { signal }));
  const [to, setTo] = useState('10/minute');
  const [span, setSpan] = useState('1d');
  const [content, setContent] = useState('marketing');
  const done = () => {
    sender.again();
    changed();
  };
  const actor = session.get()?.name;
  const throttle = (reason: string) =>
    call('PUT', `${path}/throttle`, { body: { to, for: span, content, actor, reason } }).then(done);
  const lift = (reason: string) =>
    call('DELETE', `${path}/throttle`, { query: { actor, reason } }).then(done);
  return (
    <div class="card stack">
      <div class="page-head">
        <h3>
          {channel} {app}
        </h3>
        {may('admin') && (
          <div class="row">
            <ConfirmButton verb="Throttle" title={`Throttle ${channel} ${app}`} confirm={throttle}>
              <TextField
                label="To"
                value={to}
                onInput={setTo}
                list={['10/minute', '100/minute', '0']}
              />
              <TextField label="For" value={span} onInput={setSpan} list={['1h', '1d', '7d']} />
              <SelectField
                label="Content"
                value={content}
                options={CONTENTS}
                onChange={setContent}
              />
            </ConfirmButton>
            <ConfirmButton
              verb="Lift limits"
              title={`Lift every limit of ${channel} ${app}`}
              danger
              confirm={lift}
            >
              <p>Those that rules set, too. A rule that fires again sets its limit again.</p>
            </ConfirmButton>
          </div>
        )}
      </div>
      <Shown loaded={sender} what="the sender">
        {(found) => <Timeline sender={found} />}
      </Shown>
    </div>
  );
}

function Timeline({ sender }: { sender: Sender }) {
  const line = useMemo(() => timelineOf(sender.history, Date.now()), [sender]);
  return (
    <>
      <p>
        Quality {sender.quality ?? 'not known'}
        {sender.since && (
          <>
            {' '}
            since <Time at={sender.since} />
          </>
        )}
        ;{' '}
        {sender.throttle
          ? `limited to ${sender.throttle.to} (${sender.throttle.content})`
          : 'not limited'}
        .
      </p>
      {line.times.length > 1 && (
        <Plot
          label="Limit of the sender over time, in messages a minute"
          times={line.times}
          series={line.series}
          stepped
          unit="/min"
        />
      )}
      <ol class="trail">
        {sender.history.toReversed().map(({ at, event, ...rest }, index) => (
          <li key={`${index} ${at}`} class="small verbatim">
            <Time at={at} /> {event}: {words(rest, event)}
            {'decision' in rest && typeof rest.decision === 'string' && (
              <>
                {' '}
                (<a href={link('decisions', rest.decision)}>Decision</a>)
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

const words = (rest: object, event: string): string =>
  Object.entries(rest)
    .filter(([key, value]) => key !== 'decision' && value !== null && value !== undefined)
    .map(([key, value]) => {
      const said = typeof value === 'object' ? JSON.stringify(value) : String(value);
      return key === event ? said : `${key} ${said}`;
    })
    .join(', ');

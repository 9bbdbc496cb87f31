import type { OverviewAnswer } from '../../../api/operating/overview.ts';
import { formatDuration } from '../../../rules/model/values.ts';
import { call } from '../../api.ts';
import { Empty, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useLoad } from '../../state/load.ts';

type Heartbeat = OverviewAnswer['heartbeats'][number];

/** What must not be silent for long, and triggers that rules listen to and no callback ever brought. */
export function Heartbeats() {
  const overview = useLoad('overview', (signal) =>
    call<OverviewAnswer>('GET', '/v1/overview', { signal }),
  );
  return (
    <>
      <h2>Heartbeats</h2>
      <Shown loaded={overview} what="heartbeats">
        {({ heartbeats, unseen_triggers: unseen }) => (
          <>
            {heartbeats.length === 0 ? (
              <Empty>
                No heartbeats. In alerts.json, "heartbeats" names callbacks that must keep coming;
                an alert is raised when they do not.
              </Empty>
            ) : (
              <ul class="rows" aria-label="Heartbeats">
                {heartbeats.map((beat) => (
                  <Item key={nameOf(beat)} beat={beat} />
                ))}
              </ul>
            )}
            {unseen.length > 0 && (
              <p class="note warn verbatim">
                Rules listen to these triggers, and no callback of them ever came. Check that the
                webhook subscribes to them: {unseen.join(', ')}
              </p>
            )}
          </>
        )}
      </Shown>
    </>
  );
}

const Item = ({ beat }: { beat: Heartbeat }) => (
  <li>
    <div class="row">
      <strong class="verbatim">{nameOf(beat)}</strong>
      {beat.silent ? (
        <span class="badge bad">Silent</span>
      ) : beat.last_at === null ? (
        <span class="badge unknown">Not begun</span>
      ) : (
        <span class="badge good">Alive</span>
      )}
    </div>
    <p class="soft small">
      At least every {formatDuration(beat.quiet_for)}, else an alert ({beat.severity}).{' '}
      {beat.last_at === null ? (
        'No callback has come yet: it begins with the first.'
      ) : (
        <>
          Last callback <Time at={beat.last_at} relative />.
        </>
      )}
    </p>
  </li>
);

/** "MESSAGE_INBOUND on WHATSAPP of app 01J…". */
const nameOf = ({ trigger, channel, app_id: app }: Heartbeat): string =>
  [trigger, channel && `on ${channel}`, app && `of app ${app}`].filter(Boolean).join(' ');

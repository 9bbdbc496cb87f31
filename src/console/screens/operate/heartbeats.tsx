import type { OverviewAnswer } from '../../../api/overview.ts';
import { call } from '../../api.ts';
import { Empty, Shown } from '../../parts/states.tsx';
import { useLoad } from '../../state/load.ts';
import { useRules } from '../../state/use-rules.ts';

/** What must not be silent for long, and triggers that rules listen to and no callback ever brought. */
export function Heartbeats() {
  const beats = useRules('heartbeats', 'base', 'base');
  const overview = useLoad('overview', (signal) =>
    call<OverviewAnswer>('GET', '/v1/overview', { signal }),
  );
  return (
    <>
      <h2>Heartbeats</h2>
      <Shown loaded={beats} what="heartbeats">
        {(all) =>
          all.length === 0 ? (
            <Empty>
              No heartbeats. In alerts.json, "heartbeats" names callbacks that must keep coming; an
              alert is raised when they do not.
            </Empty>
          ) : (
            <ul class="rows" aria-label="Heartbeats">
              {all.map((words) => (
                <li key={words} class="verbatim">
                  {words}
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      {overview.value && overview.value.unseen_triggers.length > 0 && (
        <p class="note warn verbatim">
          Rules listen to these triggers, and no callback of them ever came. Check that the webhook
          subscribes to them: {overview.value.unseen_triggers.join(', ')}
        </p>
      )}
    </>
  );
}

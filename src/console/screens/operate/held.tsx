import { useState } from 'preact/hooks';
import type { HeldItem } from '../../../api/operating/pauses.ts';
import { call } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useLoad } from '../../state/load.ts';
import { to } from '../../state/router.ts';
import { may, session } from '../../state/session.ts';
import { counted } from '../../state/time.ts';

interface Answer {
  readonly held: readonly HeldItem[];
  readonly total: number;
}
type Which = Readonly<Record<string, string>>;

/** What was decided and waits for a person: by a pause, or because a budget was used up. */
export function Held() {
  const [state, setState] = useState('held');
  const held = useLoad(`held ${state}`, (signal) =>
    call<Answer>('GET', '/v1/held', { query: { state }, signal }),
  );
  const settle = (verb: 'release' | 'drop', which: Which) => async (reason: string) => {
    const body = { ...which, actor: session.get()?.name, reason };
    let more = true;
    while (more) more = (await call<{ more: boolean }>('POST', `/v1/held/${verb}`, { body })).more;
    held.again();
  };
  return (
    <>
      <div class="page-head">
        <h2>Held</h2>
        <SelectField
          label="Show held work"
          quiet
          value={state}
          options={[
            ['held', 'Waiting'],
            ['settled', 'Settled'],
          ]}
          onChange={setState}
        />
      </div>
      <Shown loaded={held} what="held work">
        {({ held: all, total }) =>
          all.length === 0 ? (
            <Empty>{state === 'held' ? 'Nothing is held.' : 'Nothing was settled yet.'}</Empty>
          ) : (
            <>
              {state === 'held' && (
                <p class="soft small">
                  {counted(total, 'action')} wait{total === 1 ? 's' : ''}
                  {total > all.length && `; the oldest ${all.length} are listed`}.
                </p>
              )}
              {state === 'held' && may('admin') && <ByRule items={all} settle={settle} />}
              <ul class="rows" aria-label="Held work">
                {all.map((item) => (
                  <li key={item.id}>
                    <div class="row">
                      <strong>{item.action}</strong> by{' '}
                      <a href={to('rules', item.rule)}>{item.rule}</a>
                      <span class="badge warn">{item.cause}</span>
                      <Time at={item.at} />
                      <a href={to('decisions', item.decision)}>Decision</a>
                    </div>
                    <p class="soft small verbatim">{item.reason}</p>
                    {item.state === 'held' && may('admin') && (
                      <Buttons
                        which={{ id: item.id }}
                        what={`${item.action} of ${item.rule}`}
                        settle={settle}
                      />
                    )}
                    {item.state !== 'held' && (
                      <p class="small verbatim">
                        {item.state} by {item.decided_by}: {item.decision_reason}
                      </p>
                    )}
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Shown>
    </>
  );
}

interface SettleProps {
  readonly settle: (verb: 'release' | 'drop', which: Which) => (reason: string) => Promise<void>;
}

/** All of a rule at once. */
function ByRule({ items, settle }: SettleProps & { items: readonly HeldItem[] }) {
  const rules = [...new Set(items.map(({ rule }) => rule))];
  return (
    <ul class="stack tight">
      {rules.map((rule) => (
        <li key={rule} class="row">
          All of {rule}
          <Buttons which={{ rule }} what={`everything of ${rule}`} settle={settle} />
        </li>
      ))}
    </ul>
  );
}

const Buttons = ({ which, what, settle }: SettleProps & { which: Which; what: string }) => (
  <div class="row">
    <ConfirmButton
      verb="Release"
      title={`Release ${what}`}
      class="small"
      confirm={settle('release', which)}
    >
      <p>It is done now, whatever else is paused.</p>
    </ConfirmButton>
    <ConfirmButton
      verb="Drop"
      title={`Drop ${what}`}
      danger
      class="danger small"
      confirm={settle('drop', which)}
    >
      <p>It is never done.</p>
    </ConfirmButton>
  </div>
);

import { useState } from 'preact/hooks';
import type { Pause } from '../../../api/operating/pauses.ts';
import { call, part } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useLoad } from '../../state/load.ts';
import { may, session } from '../../state/session.ts';

interface Answer {
  readonly pauses: readonly Pause[];
  readonly past: readonly (Pause & { ended_at: string; ended_by: string; ended_reason: string })[];
}
const KINDS = ['rule', 'action', 'app', 'destination', 'everything'];

/** What is paused: what its rules and actions would do is held. */
export function Pauses() {
  const pauses = useLoad('pauses', (signal) => call<Answer>('GET', '/v1/pauses', { signal }));
  return (
    <>
      <div class="page-head">
        <h2>Pauses</h2>
        {may('admin') && <NewPause done={pauses.again} />}
      </div>
      <Shown loaded={pauses} what="pauses">
        {({ pauses: all, past }) => (
          <>
            {all.length === 0 ? (
              <Empty>Nothing is paused.</Empty>
            ) : (
              <ul class="rows" aria-label="Pauses">
                {all.map((pause) => (
                  <li key={pause.id}>
                    <p>
                      <strong>
                        {pause.kind} {pause.name}
                      </strong>{' '}
                      since <Time at={pause.since} />
                    </p>
                    <p class="soft small verbatim">
                      {pause.actor}: {pause.reason}
                    </p>
                    {may('admin') && (
                      <div>
                        <ConfirmButton
                          verb="Resume"
                          title={`Resume ${pause.kind} ${pause.name}`}
                          class="small"
                          confirm={(reason) => resume(pause, reason).then(pauses.again)}
                        >
                          <p>What was held by this pause goes on.</p>
                        </ConfirmButton>
                      </div>
                    )}
                  </li>
                ))}
              </ul>
            )}
            {past.length > 0 && (
              <details>
                <summary>Pauses that ended</summary>
                <ul class="rows">
                  {past.map((pause) => (
                    <li key={pause.id} class="small">
                      <span>
                        {pause.kind} {pause.name}: <Time at={pause.since} /> to{' '}
                        <Time at={pause.ended_at} />, ended by {pause.ended_by}:{' '}
                        {pause.ended_reason}
                      </span>
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </>
        )}
      </Shown>
    </>
  );
}

/** Ends a pause; held work goes on in parts, until none is left. */
async function resume({ id }: Pause, reason: string): Promise<void> {
  const query = { actor: session.get()?.name, reason };
  let more = true;
  while (more)
    more = (await call<{ more: boolean }>('DELETE', `/v1/pauses/${part(id)}`, { query })).more;
}

function NewPause({ done }: { done: () => void }) {
  const [kind, setKind] = useState('rule');
  const [name, setName] = useState('');
  const pause = (reason: string) =>
    call('POST', '/v1/pauses', {
      body: {
        kind,
        ...(kind === 'everything' ? {} : { name: name.trim() }),
        actor: session.get()?.name,
        reason,
      },
    }).then(done);
  return (
    <ConfirmButton verb="Pause" title="Pause" danger confirm={pause}>
      <SelectField label="What" value={kind} options={KINDS} onChange={setKind} />
      {kind !== 'everything' && <TextField label="Name" value={name} onInput={setName} required />}
      <p class="soft small">
        Callbacks are still decided and on record. What they would do waits under Held. STOP is
        never held.
      </p>
    </ConfirmButton>
  );
}

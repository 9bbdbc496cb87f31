import { useState } from 'preact/hooks';
import type * as v from 'valibot';
import type { Erasures as Answer, Erased } from '../../../api/consent/erase.ts';
import { call } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Pages, usePages } from '../../parts/more.tsx';
import { Empty, NeedsRole } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { CHANNELS } from '../../state/channels.ts';
import { may, session } from '../../state/session.ts';
import { counted } from '../../state/time.ts';

/** Who or which rule had people erased, and erasing a person. */
export function Erasures() {
  if (may('admin')) return <List />;
  return (
    <>
      <h2>Erasures</h2>
      <NeedsRole needed="admin" what="Erasing people: this list" />
    </>
  );
}

function List() {
  const pages = usePages('erasures', async (cursor) => {
    const { erasures: items, next } = await call<v.InferOutput<typeof Answer>>(
      'GET',
      '/v1/erasures',
      { query: { ...(cursor && { cursor }) } },
    );
    return { items, next };
  });
  const [report, setReport] = useState<v.InferOutput<typeof Erased>>();
  return (
    <div class="stack tight">
      <div class="page-head">
        <h2>Erasures</h2>
        <EraseButton
          done={(next) => {
            setReport(next);
            pages.again();
          }}
        />
      </div>
      {report && (
        <div class="note good" role="status">
          {report.stores.map(({ store, removed, stays }) => (
            <p key={store} class="small verbatim">
              {store}: {counted(removed, 'record')} removed{stays && `; ${stays}`}
            </p>
          ))}
        </div>
      )}
      <Pages pages={pages} what="erasures" empty={<Empty>No person was erased yet.</Empty>}>
        {(all) => (
          <ul class="rows" aria-label="Erasures">
            {all.map(({ id, at, named, state, removed, actor, reason }) => (
              <li key={id}>
                <p>
                  <Time at={at} />: {named}, {counted(removed, 'record')} removed
                  {state === 'started' && ', not complete'}
                </p>
                <p class="soft small verbatim">
                  {actor}: {reason}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Pages>
    </div>
  );
}

function EraseButton({ done }: { done: (report: v.InferOutput<typeof Erased>) => void }) {
  const [channel, setChannel] = useState('SMS');
  const [identity, setIdentity] = useState('');
  const [app, setApp] = useState('');
  const erase = async (reason: string) => {
    done(
      await call('POST', '/v1/erase', {
        body: {
          channel,
          identity: identity.trim(),
          app_id: app.trim(),
          actor: session.get()?.name,
          reason,
        },
      }),
    );
  };
  return (
    <ConfirmButton verb="Erase" title="Erase a person" danger confirm={erase}>
      <p>
        What is kept about the person goes from every store. This cannot be undone. Their consent
        survives as a hash.
      </p>
      <SelectField label="Channel" value={channel} options={CHANNELS} onChange={setChannel} />
      <TextField label="Identity" value={identity} onInput={setIdentity} required />
      <TextField
        label="App"
        value={app}
        onInput={setApp}
        hint="Where identities belong to an app."
      />
    </ConfirmButton>
  );
}

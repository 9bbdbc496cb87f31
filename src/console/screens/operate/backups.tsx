import { useState } from 'preact/hooks';
import type { Backup, Restored } from '../../../api/consent/consent.ts';
import { call } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { Empty, Failure, NeedsRole, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useLoad } from '../../state/load.ts';
import { may } from '../../state/session.ts';
import { count, counted } from '../../state/time.ts';

const SHARDS = 16;

/** The backups of consent. */
export function Backups() {
  if (may('admin')) return <List />;
  return (
    <>
      <h2>Backups</h2>
      <NeedsRole needed="admin" what="The backups of consent: this list" />
    </>
  );
}

function List() {
  const backups = useLoad('backups', (signal) =>
    call<{ backups: readonly Backup[] }>('GET', '/v1/consent/backups', { signal }),
  );
  const [said, setSaid] = useState<string>();
  const [fault, setFault] = useState<Error>();
  const backUp = () => {
    setFault(undefined);
    call('POST', '/v1/consent/backups').then(backups.again, setFault);
  };
  const restore = (backup: string) => async () => {
    let missing = 0;
    const lost: string[] = [];
    for (let shard = 0; shard < SHARDS; shard++) {
      const answer = await call<Restored>('POST', '/v1/consent/restore', {
        body: { backup, shard },
      });
      missing += answer.missing;
      lost.push(...answer.lost.map(({ file }) => file));
    }
    setSaid(
      `${counted(missing, 'missing change')} put back${lost.length > 0 ? `; lost: ${lost.join(', ')}` : ''}.`,
    );
  };
  return (
    <div class="stack tight">
      <div class="page-head">
        <h2>Backups</h2>
        <button type="button" onClick={backUp}>
          Back up now
        </button>
      </div>
      {fault && <Failure error={fault} />}
      {said && (
        <p class="note good" role="status">
          {said}
        </p>
      )}
      <Shown loaded={backups} what="backups">
        {({ backups: all }) =>
          all.length === 0 ? (
            <Empty>No backup yet. One is made every night.</Empty>
          ) : (
            <ul class="rows" aria-label="Backups">
              {all.map(({ name, at, rows, fullest }) => (
                <li key={name}>
                  <div class="row">
                    <Time at={at} />
                    <span>{count(rows)} changes of consent</span>
                    {fullest.rows > rows && (
                      <span class="badge bad">fewer than {fullest.name}</span>
                    )}
                    <ConfirmButton
                      verb="Restore"
                      title={`Restore ${name}`}
                      danger
                      class="danger small"
                      confirm={restore(name)}
                    >
                      <p>What is missing is put back; what is there stays.</p>
                    </ConfirmButton>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </div>
  );
}

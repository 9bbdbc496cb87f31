import type { Quarantined } from '../../../api/operating/quarantine.ts';
import { call } from '../../api.ts';
import { Time } from '../../parts/time.tsx';
import { count, counted } from '../../state/time.ts';
import { FailedWork } from './failed-work.tsx';

async function load(before: string | undefined) {
  const answer = await call<{ quarantine: readonly Quarantined[]; next: string | null }>(
    'GET',
    '/v1/quarantine',
    { query: { before } },
  );
  return { items: answer.quarantine, next: answer.next };
}

/** Signed bodies that cannot be read. They may name people, so they are not shown. */
export const Quarantine = () => (
  <FailedWork<Quarantined>
    title="Quarantine"
    path="/v1/quarantine"
    redelivers="What the version that runs now can read takes the path of a callback; the rest stays."
    empty="Every signed callback could be read."
    load={load}
    nameOf={({ code, id }) => `${code} ${id.slice(0, 8)}`}
  >
    {(body) => (
      <>
        <div class="row">
          <span class="mono">{body.code}</span>
          <Time at={body.at} />
          <span class="badge">{counted(body.times, 'time')}</span>
          <span class="soft small">{count(body.bytes)} bytes</span>
        </div>
        <p class="soft small verbatim">{body.reason}</p>
      </>
    )}
  </FailedWork>
);

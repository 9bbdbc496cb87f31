import type * as v from 'valibot';
import type { Quarantined } from '../../../api/quarantine.ts';
import { call, part } from '../../api.ts';
import { Pages, usePages } from '../../parts/more.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { count, counted } from '../../state/time.ts';
import { Bulk } from './bulk.tsx';

type Body = v.InferOutput<typeof Quarantined>;

/** Signed bodies that cannot be read. They may name people, so they are not shown. */
export function Quarantine() {
  const bodies = usePages<Body>('quarantine', async (before) => {
    const answer = await call<{ quarantine: readonly Body[]; next: string | null }>(
      'GET',
      '/v1/quarantine',
      { query: { before } },
    );
    return { items: answer.quarantine, next: answer.next };
  });
  return (
    <>
      <h2>Quarantine</h2>
      <Pages
        pages={bodies}
        what="the quarantine"
        empty={<Empty>Every signed callback could be read.</Empty>}
      >
        {(items) => (
          <Bulk
            label="Quarantine"
            items={items}
            done={bodies.again}
            nameOf={({ code, id }) => `${code} ${id.slice(0, 8)}`}
            isOpen={({ redelivered_at, dropped }) => redelivered_at === null && dropped === null}
            operations={[
              {
                verb: 'Redeliver',
                does: 'It takes the path of a callback if the version that runs now can read it; else it stays.',
                run: ({ id }, reason) =>
                  call('POST', `/v1/quarantine/${part(id)}/redeliver`, {
                    query: { reason },
                  }),
              },
            ]}
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
                {body.redelivered_at && (
                  <p class="small">
                    Redelivered <Time at={body.redelivered_at} />
                  </p>
                )}
              </>
            )}
          </Bulk>
        )}
      </Pages>
    </>
  );
}

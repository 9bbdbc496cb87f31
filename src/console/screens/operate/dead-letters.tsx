import type * as v from 'valibot';
import type { DeadLetter } from '../../../api/dead-letters.ts';
import { call, part } from '../../api.ts';
import { Pages, usePages } from '../../parts/more.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { to } from '../../state/router.ts';
import { session } from '../../state/session.ts';
import { Bulk } from './bulk.tsx';

type Letter = v.InferOutput<typeof DeadLetter>;

/** What could not be done, and why. */
export function DeadLetters() {
  const letters = usePages<Letter>('dead letters', async (before) => {
    const answer = await call<{ dead_letters: readonly Letter[]; next: string | null }>(
      'GET',
      '/v1/dead-letters',
      { query: { before } },
    );
    return { items: answer.dead_letters, next: answer.next };
  });
  return (
    <>
      <h2>Dead letters</h2>
      <Pages pages={letters} what="dead letters" empty={<Empty>No dead letters.</Empty>}>
        {(items) => (
          <Bulk
            label="Dead letters"
            items={items}
            done={letters.again}
            nameOf={({ action, rule, queue }) => `${action ?? queue} ${rule ?? ''}`}
            isOpen={({ redelivered_at, dropped }) => redelivered_at === null && dropped === null}
            operations={[
              {
                verb: 'Redeliver',
                does: 'It goes back to its queue and is tried again.',
                run: ({ id }, reason) =>
                  call('POST', `/v1/dead-letters/${part(id)}/redeliver`, {
                    query: { reason },
                  }),
              },
              {
                verb: 'Drop',
                danger: true,
                does: 'It stays on record and is counted no longer.',
                run: ({ id }, reason) =>
                  call('POST', `/v1/dead-letters/${part(id)}/drop`, {
                    body: { actor: session.get()?.name, reason },
                  }),
              },
            ]}
          >
            {(letter) => (
              <>
                <div class="row">
                  <strong>{letter.action ?? letter.queue}</strong>
                  {letter.rule && <a href={to('rules', letter.rule)}>{letter.rule}</a>}
                  <span class="mono small">{letter.code}</span>
                  <Time at={letter.at} />
                  {letter.callback && <a href={to('decisions', letter.callback)}>Decision</a>}
                </div>
                <p class="soft small verbatim">
                  {letter.reason} (after {letter.attempts} attempts)
                </p>
                {letter.redelivered_at && (
                  <p class="small">
                    Redelivered <Time at={letter.redelivered_at} />
                  </p>
                )}
                {letter.dropped && <p class="small verbatim">Dropped: {letter.dropped}</p>}
              </>
            )}
          </Bulk>
        )}
      </Pages>
    </>
  );
}

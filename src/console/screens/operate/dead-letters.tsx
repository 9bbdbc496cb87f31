import type * as v from 'valibot';
import type { DeadLetter } from '../../../api/operating/dead-letters.ts';
import { call } from '../../api.ts';
import { Time } from '../../parts/time.tsx';
import { to } from '../../state/router.ts';
import { FailedWork } from './failed-work.tsx';

type Letter = v.InferOutput<typeof DeadLetter>;

async function load(before: string | undefined) {
  const answer = await call<{ dead_letters: readonly Letter[]; next: string | null }>(
    'GET',
    '/v1/dead-letters',
    { query: { before } },
  );
  return { items: answer.dead_letters, next: answer.next };
}

/** What could not be done, and why. */
export const DeadLetters = () => (
  <FailedWork<Letter>
    title="Dead letters"
    path="/v1/dead-letters"
    redelivers="It goes back to its queue and is tried again."
    empty="No dead letters."
    load={load}
    nameOf={({ action, rule, queue }) => `${action ?? queue} ${rule ?? ''}`}
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
      </>
    )}
  </FailedWork>
);

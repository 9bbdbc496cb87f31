import { toldIn } from './alerts.ts';
import type { Invariant, Observed } from './observed.ts';

/** A receiver that is gone is asked until it is known to be paused: a few seconds, and what is on its way, in milliseconds. */
const UNTIL_PAUSED = 60_000;

/** A receiver that is gone is not asked again until an operator resumes it. */
export const gone: Invariant = {
  name: 'gone',
  demands:
    'a receiver that answered 410 is paused: an operator is told, nothing is sent to it until it is resumed, and then all that was held arrives',
  check: (observed) => {
    if (observed.isLossy) return [];
    const refused = observed.reached.filter(
      ({ host, isAnswered }) => host === 'gone' && isAnswered,
    );
    if (refused.length === 0) return [];
    const isTold = toldIn(observed).some(
      ({ title }) => title === 'Signalbox: destination moving is paused',
    );
    return [
      ...(isTold ? [] : ['nobody was told that a destination is paused']),
      ...asked(observed),
    ];
  },
};

function asked({ reached, called, healedAt }: Observed): readonly string[] {
  const resumed = called
    .filter(({ operation }) => operation.kind === 'resume' && operation.which === 'moving')
    .map(({ sentAt }) => sentAt);
  const refused = reached.filter(({ host, isAnswered }) => host === 'gone' && isAnswered);
  return refused.flatMap(({ at: since }) => {
    const until = Math.min(healedAt, ...resumed.filter((at) => at > since - UNTIL_PAUSED));
    const again = reached.filter(
      ({ url, sentAt }) =>
        new URL(url).host === 'moving.sim' && sentAt > since + UNTIL_PAUSED && sentAt < until,
    );
    return again.length > 0
      ? [`a receiver that was gone was asked ${again.length} times more before it was resumed`]
      : [];
  });
}

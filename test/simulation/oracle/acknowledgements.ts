import { type Expected, editionsBetween, expectedOf } from './expected.ts';
import type { Acknowledged, Invariant, Observed, ObservedCallback } from './observed.ts';

/**
 * Every callback is taken in the end, under one id, and the answer says what the rulebook states.
 */
export const acknowledgements: Invariant = {
  name: 'acknowledged',
  demands:
    'every signed callback is taken, always under the same id, and its answer names exactly the rules and actions that the rulebook states',
  check: (observed) => observed.callbacks.flatMap((callback) => faultsOf(callback, observed)),
};

function faultsOf(callback: ObservedCallback, observed: Observed): readonly string[] {
  const { name, state, answers, told } = callback;
  const faults: string[] = [];
  if (state !== 'taken')
    faults.push(`${name}: ${state === 'waits' ? 'was never taken' : 'was refused'}`);
  const taken = answers.filter(({ status }) => status === 200);
  const ids = new Set(taken.map(({ id }) => id));
  if (ids.size > 1) faults.push(`${name}: was taken under ${ids.size} ids`);
  for (const answer of taken) {
    if (answer.isQuarantined !== (told === undefined))
      faults.push(`${name}: ${told ? 'was quarantined' : 'was not quarantined'}`);
    if (!told || answer.isDeferred) continue;
    const admissible = editionsBetween(observed, answer.sentAt, answer.at).map((edition) =>
      wordsOf(expectedOf(told, edition)),
    );
    const found = wordsOf(answer.fired);
    if (!admissible.includes(found))
      faults.push(`${name}: fired ${found}, expected ${admissible.join(' or ')}`);
  }
  for (const { status } of answers)
    if (status !== 200 && status !== 503) faults.push(`${name}: was answered ${status}`);
  return faults;
}

const wordsOf = (fired: readonly Expected[] | Acknowledged['fired']): string =>
  fired
    .map(({ rule, actions }) => `${rule}(${actions.join(',')})`)
    .toSorted()
    .join(' ');

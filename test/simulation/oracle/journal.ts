import { idOf } from './expected.ts';
import { isErasedWhileHeld } from './kept.ts';
import type { Invariant, Observed, ObservedAction } from './observed.ts';

/** Outcomes that are not the end of an action. */
const UNENDED: ReadonlySet<string> = new Set(['queued', 'retried', 'waiting']);

/**
 * What the journal says is what happened; where nothing could lose a record, it says everything.
 */
export const journal: Invariant = {
  name: 'journal',
  demands:
    'no record contradicts what happened; where no fault could lose a record, each callback has one and each action its end',
  check: (observed) => [...contradictions(observed), ...gaps(observed)],
};

function contradictions(observed: Observed): readonly string[] {
  const forwarded = new Set(
    observed.reached
      .filter(({ host }) => host === 'forwards')
      .map(({ headers }) => headers.get('webhook-id')),
  );
  const known = new Set(observed.callbacks.map(idOf));
  return observed.decisions.flatMap(({ id, actions }) => {
    if (!known.has(id)) return [`a decision ${id} belongs to no callback`];
    return actions.flatMap((action) => {
      const about = `${action.rule}/${action.action} of ${id}`;
      if (action.action === 'forward' && action.outcome === 'done' && !forwarded.has(id))
        return [`${about}: is on record as done, and did not arrive`];
      return action.action === 'retry' ? retryFaults(action, about, observed) : [];
    });
  });
}

/** A retry that is on record as sent names the message. */
function retryFaults(
  { outcome, detail = '' }: ObservedAction,
  about: string,
  { campaigns }: Observed,
): readonly string[] {
  const sentAs = / as (\S+)/.exec(detail)?.[1];
  if (outcome !== 'done' || sentAs === undefined) return [];
  const isSent = campaigns.some(({ resent }) =>
    resent.some(({ messageId }) => messageId === sentAs),
  );
  return isSent ? [] : [`${about}: is on record as sent as ${sentAs}, which Sinch never took`];
}

function gaps(observed: Observed): readonly string[] {
  const { callbacks, decisions, isLossy, held, deadLetters } = observed;
  if (isLossy) return [];
  const byId = Map.groupBy(decisions, ({ id }) => id);
  return callbacks.flatMap((callback) => {
    const id = idOf(callback);
    if (id === undefined) return [];
    const found = byId.get(id);
    if (!found) return [`${callback.name}: is not in the journal`];
    // Work that is erased while it waits has no end.
    if (isErasedWhileHeld(callback, observed)) return [];
    const unended = found.flatMap(({ actions }) =>
      actions.filter(
        ({ rule, action, outcome }) =>
          UNENDED.has(outcome) &&
          !held.some(
            (one) =>
              one.decision === id &&
              one.rule === rule &&
              one.action === action &&
              one.state === 'held',
          ) &&
          // Work that is resumed and fails at once, elsewhere, where the clock is behind: the record is older than "queued".
          !deadLetters.some(
            (one) => one.callback === id && one.rule === rule && one.action === action,
          ),
      ),
    );
    return unended.map(
      ({ rule, action, outcome }) =>
        `${callback.name}: ${rule}/${action} is still ${outcome} in the journal`,
    );
  });
}

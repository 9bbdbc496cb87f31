import type { Reached } from '../house.ts';
import { REPEATS } from './alerts.ts';
import { editionsBetween, expectedOf, idOf } from './expected.ts';
import { isErasedWhileHeld } from './kept.ts';
import type { Invariant, Observed, ObservedCallback } from './observed.ts';

/**
 * A place in a line is given up after so long, in milliseconds: order ends there, and not the
 * callback.
 */
const PATIENCE = 6 * 3_600_000;

/** A callback that is to be forwarded arrives, unchanged, under its id, and in its order. */
export const forwards: Invariant = {
  name: 'forwards',
  demands:
    'each callback that is to be forwarded arrives as it came, under its own id, unless it is held or a dead letter; those with one ordering key arrive in the order in which they were taken; nothing else arrives',
  check(observed) {
    const arrived = Map.groupBy(
      observed.reached.filter(({ host }) => host === 'forwards'),
      ({ headers }) => headers.get('webhook-id') ?? '',
    );
    return [
      ...missing(observed, arrived),
      ...strange(observed, arrived),
      ...disordered(observed, arrived),
      ...paused(observed),
    ];
  },
};

type Arrivals = ReadonlyMap<string, readonly Reached[]>;

const isForwarded = (
  callback: ObservedCallback,
  observed: Observed,
  by: 'some' | 'every',
): boolean => {
  const { told, answers, firstAt } = callback;
  if (!told || (told.text === 'CLOSED' && by === 'some')) return false;
  const until = Math.max(
    firstAt,
    ...answers.map(({ at }) => at),
    ...(answers.some(({ isDeferred }) => isDeferred) ? [observed.quietAt ?? 0] : []),
  );
  return editionsBetween(observed, firstAt, until)[by]((edition) =>
    expectedOf(told, edition).some(({ actions }) => actions.includes('forward')),
  );
};

function missing(observed: Observed, arrived: Arrivals): readonly string[] {
  return observed.callbacks.flatMap((callback) => {
    const id = idOf(callback);
    if (id === undefined || arrived.has(id) || !isForwarded(callback, observed, 'every')) return [];
    const isKept =
      isErasedWhileHeld(callback, observed) ||
      observed.deadLetters.some(
        (letter) => letter.callback === id && letter.action === 'forward',
      ) ||
      observed.held.some(
        (held) => held.decision === id && held.action === 'forward' && held.state === 'held',
      );
    return isKept
      ? []
      : [`${callback.name}: was not forwarded, and is neither held nor a dead letter`];
  });
}

function strange(observed: Observed, arrived: Arrivals): readonly string[] {
  const byId = new Map(observed.callbacks.map((callback) => [idOf(callback), callback]));
  return [...arrived].flatMap(([id, arrivals]) => {
    const callback = byId.get(id);
    if (!callback || !isForwarded(callback, observed, 'some'))
      return [`a forward ${id} arrived that no rule states`];
    const changed = arrivals.some(({ text }) => text !== callback.body);
    const again = arrivals.filter((_, place) =>
      arrivals.slice(0, place).some(({ isAnswered }) => isAnswered),
    );
    return [
      ...(changed ? [`${callback.name}: was forwarded changed`] : []),
      ...(again.length > (observed.isLossy ? REPEATS : 0)
        ? [`${callback.name}: was forwarded again although it had been taken`]
        : []),
    ];
  });
}

function disordered(observed: Observed, arrived: Arrivals): readonly string[] {
  const ordered = observed.callbacks.filter(
    ({ told }) => told?.text === 'ORDERED' && told.trigger === 'MESSAGE_INBOUND',
  );
  const lines = Map.groupBy(ordered, ({ told }) => told?.conversation ?? '');
  return [...lines.values()].flatMap((line) =>
    line.flatMap((later) =>
      line.flatMap((earlier) => {
        const taken = earlier.answers.find(
          ({ status, isDeferred }) => status === 200 && !isDeferred,
        )?.at;
        if (taken === undefined || taken >= later.firstAt) return [];
        const [first] = arrived.get(idOf(earlier) ?? '') ?? [];
        const [second] = arrived.get(idOf(later) ?? '') ?? [];
        if (!first || !second || second.at >= first.at || first.at - taken > PATIENCE) return [];
        const isLetter = observed.deadLetters.some(({ callback }) => callback === idOf(earlier));
        return isLetter ? [] : [`${later.name}: was forwarded before ${earlier.name}`];
      }),
    ),
  );
}

/** What a pause holds back does not arrive as long as it lasts. */
function paused({ called, reached, callbacks, healedAt }: Observed): readonly string[] {
  const names = new Map(callbacks.map((callback) => [idOf(callback), callback]));
  return called.flatMap(({ operation, answeredAt, status }) => {
    if (operation.kind !== 'pause' || status !== 200 || answeredAt === undefined) return [];
    const ended = called.filter(
      (one) =>
        one.operation.kind === 'resume' &&
        one.operation.which === operation.which &&
        one.sentAt > answeredAt - 30_000,
    );
    // The operator ends every pause when the load is over.
    const until = Math.min(healedAt, ...ended.map(({ sentAt }) => sentAt));
    return reached.flatMap(({ host, headers, sentAt }) => {
      if (host !== 'forwards' || sentAt < answeredAt + 45_000 || sentAt > until) return [];
      const callback = names.get(headers.get('webhook-id') ?? '');
      const isMeant =
        operation.which === 'forward' ||
        (operation.which === 'plain' && callback?.told?.text === 'PLAIN');
      return isMeant
        ? [`${callback?.name ?? ''}: was forwarded although ${operation.which} was paused`]
        : [];
    });
  });
}

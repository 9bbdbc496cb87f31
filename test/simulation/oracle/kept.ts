import { LEAVING } from '../load/people.ts';
import { acknowledgedAt, idOf } from './expected.ts';
import type { Invariant, Observed, ObservedCallback } from './observed.ts';

/** The run comes to rest, and nothing was lost on the way. */
export const rest: Invariant = {
  name: 'comes to rest',
  demands:
    'when faults end, all work is done within hours, no queue drops a message, and no error goes uncaught',
  check: ({ quietAt, leftOver, droppedMessages, crashes }) => [
    ...(quietAt === undefined ? [`work is left over: ${leftOver}`] : []),
    ...droppedMessages.map((text) => `a queue dropped ${text.slice(0, 120)}`),
    ...(crashes > 0 ? [`${crashes} events ended in an error that nobody caught`] : []),
  ],
};

/** The messages of the faults that a run injects. */
const INJECTED =
  /KV (request|PUT) failed|D1_ERROR: (Network|Exceeded)|R2: internal|Queue send failed|Durable Object reset|Network connection lost|no answer within/;

/** Nothing fails but what was made to fail. */
export const soundness: Invariant = {
  name: 'sound',
  demands:
    'no error is logged as a bug but those that were injected, and no work becomes a dead letter but what its receiver refuses',
  check: ({ errors, deadLetters, callbacks }) => [
    ...errors.flatMap((error) => {
      const field = (name: string): string => String(Reflect.get(Object(error), name) ?? '');
      const isBug = field('code') === 'bug' || field('event').endsWith('.bug');
      return isBug && !INJECTED.test(field('message')) ? [JSON.stringify(error)] : [];
    }),
    ...deadLetters.flatMap((letter) => {
      const isClosed = callbacks.some(
        (one) => one.told?.text === 'CLOSED' && idOf(one) === letter.callback,
      );
      return isClosed && letter.code === 'destination_refused'
        ? []
        : [`a dead letter: ${JSON.stringify(letter)}`];
    }),
  ],
};

/** What people and systems ask of the Worker it does, or says that it cannot now. */
export const calls: Invariant = {
  name: 'calls',
  demands:
    'every call of an operator or a sending system is answered with 200, or 503 while something fails, or not at all',
  check: ({ called, healedAt }) =>
    called.flatMap(({ operation, status, answeredAt, body }) => {
      // The gateway gives answers of Sinch: `gateway` judges them.
      if (operation.kind === 'send') return [];
      const isRefusal =
        status !== undefined &&
        status !== 200 &&
        status < 500 &&
        !isNothingToRollBack(operation.kind, status);
      const isLate = status !== undefined && status >= 500 && (answeredAt ?? 0) > healedAt + 60_000;
      return isRefusal || isLate
        ? [`${operation.name}: was answered ${status}: ${JSON.stringify(body)}`]
        : [];
    }),
};

/** A rollback has nothing to return to before anything was published. */
const isNothingToRollBack = (kind: string, status: number): boolean =>
  kind === 'rollback' && status === 409;

/** What cannot be read is kept whole, and reviews are there. */
export const kept: Invariant = {
  name: 'kept',
  demands:
    'a body that cannot be read lies in quarantine, a near miss among the reviews, unless it is a dead letter',
  check: ({ callbacks, quarantined, reviewed, deadLetters, stored }) =>
    callbacks.flatMap((callback) => {
      const { name, told, answers, body } = callback;
      if (!told) {
        const ids = answers.filter(({ isQuarantined }) => isQuarantined).map(({ id }) => id);
        const isKept = ids.every(
          (id) =>
            quarantined.includes(id) &&
            [...stored].some(([place, text]) => place.includes(id) && text === body),
        );
        return isKept ? [] : [`${name}: was quarantined and is not there`];
      }
      const id = idOf(callback);
      if (told.text !== 'PLEASE STOP' || told.trigger !== 'MESSAGE_INBOUND' || id === undefined)
        return [];
      const isLeaving = LEAVING.some(({ number }) => number === told.number);
      const isKept =
        isLeaving ||
        reviewed.includes(id) ||
        deadLetters.some((letter) => letter.callback === id && letter.action === 'review');
      return isKept ? [] : [`${name}: has no review`];
    }),
};

/** Nothing grows without bound: what is of use for days is gone after weeks. */
export const growth: Invariant = {
  name: 'bounded',
  demands:
    'five weeks after the last callback, claims, lineages, lines, budgets and windows are empty, and no body waits',
  check: ({ leftAfterWeeks = [] }) => leftAfterWeeks,
};

/** When a person was erased, and by which callback; `undefined`: nobody can say that they were. */
function erasureOf(
  number: string,
  { callbacks, called }: Pick<Observed, 'callbacks' | 'called'>,
): { readonly at: number; readonly by: ObservedCallback | undefined } | undefined {
  const deleted = callbacks.find(
    ({ told }) => told?.trigger === 'CONTACT_DELETE' && told.number === number,
  );
  if (deleted)
    return acknowledgedAt(deleted) === undefined ? undefined : { at: deleted.eventAt, by: deleted };
  const asked = called.find(
    ({ operation }) => operation.kind === 'erase' && operation.person.number === number,
  );
  return asked?.status === 200 ? { at: asked.sentAt, by: undefined } : undefined;
}

/**
 * Whether what a pause held about a person may be gone: an erasure removes what happened before it, whenever that is held, and it is
 * not done any more.
 */
export function isErasedWhileHeld(
  { told, firstAt, eventAt }: ObservedCallback,
  observed: Pick<Observed, 'callbacks' | 'called'>,
): boolean {
  const isPaused = observed.called.some(
    ({ operation, status, sentAt }) =>
      operation.kind === 'pause' &&
      // Without an answer it may be in force.
      (status === 200 || status === undefined) &&
      sentAt < firstAt + 300_000,
  );
  const isErased = observed.called.some(
    ({ operation }) => operation.kind === 'erase' && operation.person.number === told?.number,
  );
  const erased = erasureOf(told?.number ?? '', observed);
  return isPaused && (isErased || (erased !== undefined && erased.at >= eventAt));
}

/** Whether what happened may be gone because its person was erased after it. */
export function isErasedAfter(
  { told, eventAt }: ObservedCallback,
  observed: Pick<Observed, 'callbacks' | 'called'>,
): boolean {
  const isAsked = observed.called.some(
    ({ operation }) => operation.kind === 'erase' && operation.person.number === told?.number,
  );
  const erased = erasureOf(told?.number ?? '', observed);
  return isAsked || (erased !== undefined && erased.at >= eventAt);
}

/** An erased person is in no store. */
export const erasure: Invariant = {
  name: 'erased',
  demands:
    'a person whose contact was deleted, or whom an operator erased, is named in no store, whenever callbacks of before it arrive, unless the erasure is held or a dead letter',
  check: (observed) =>
    LEAVING.flatMap(({ number }) => {
      const { callbacks, stored, deadLetters, held } = observed;
      const erased = erasureOf(number, observed);
      if (!erased) return [];
      // Only what happened after the erasure is new, whenever it is received.
      const isBack = callbacks.some(
        (one) => one !== erased.by && one.told?.number === number && one.eventAt > erased.at,
      );
      if (isBack) return [];
      const id = erased.by && idOf(erased.by);
      const waits =
        id !== undefined &&
        (deadLetters.some(({ callback, action }) => callback === id && action === 'erase') ||
          held.some(({ decision, state }) => decision === id && state === 'held'));
      if (waits) return [];
      return [...stored].flatMap(([place, text]) =>
        // Backups of consent are a legal record: sealed, and kept.
        text.includes(number) && !place.includes('/consent/')
          ? [`${number} was erased and is in ${place}: ${around(text, number)}`]
          : [],
      );
    }),
};

const around = (text: string, word: string): string => {
  const at = text.indexOf(word);
  return text.slice(Math.max(0, at - 60), at + 60);
};

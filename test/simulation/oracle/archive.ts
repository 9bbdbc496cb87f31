import { fileAt } from '../files.ts';
import { REPEATS } from './alerts.ts';
import { idOf } from './expected.ts';
import { isErasedAfter, isErasedWhileHeld } from './kept.ts';
import type { Invariant, Observed, ObservedCallback } from './observed.ts';

/** Each recording and picture is kept once, whole. */
export const archive: Invariant = {
  name: 'archived',
  demands:
    'each recording and each picture that a person sent is kept once, whole, under its own key, unless it is a dead letter or held; nothing else is, and what is kept is not fetched again',
  check: (observed) => {
    const wanted = Map.groupBy(observed.callbacks.filter(isArchived), keyOf);
    return [
      ...[...wanted].flatMap(([key, callbacks]) => faultsOf(key, callbacks, observed)),
      ...[...observed.archived.keys()]
        .filter((key) => !wanted.has(key))
        .map((key) => `${key}: is kept, and no callback told of it`),
    ];
  },
};

const isArchived = ({ told }: ObservedCallback): boolean =>
  told !== undefined &&
  told.url !== '' &&
  (told.trigger === 'RECORD_NOTIFICATION' || told.trigger === 'MESSAGE_INBOUND');

const keyOf = ({ told }: ObservedCallback): string =>
  `${told?.trigger === 'RECORD_NOTIFICATION' ? 'recordings' : 'media'}/${told?.id ?? ''}`;

function faultsOf(
  key: string,
  callbacks: readonly ObservedCallback[],
  observed: Observed,
): readonly string[] {
  const { archived, deadLetters, held, reached, isLossy } = observed;
  const url = callbacks[0]?.told?.url ?? '';
  const file = archived.get(key);
  const taken = callbacks.filter((callback) => idOf(callback) !== undefined);
  const isKept = (callback: ObservedCallback): boolean =>
    isErasedAfter(callback, observed) ||
    isErasedWhileHeld(callback, observed) ||
    deadLetters.some((one) => one.callback === idOf(callback) && one.action === 'archive') ||
    held.some((one) => one.decision === idOf(callback) && one.state === 'held');
  const faults: string[] = [];
  if (file === undefined && taken.some((callback) => !isKept(callback)))
    faults.push(`${key}: was not kept`);
  if (file !== undefined && file !== fileAt(url))
    faults.push(`${key}: is kept as ${JSON.stringify(file)}`);
  const fetched = reached.filter(({ host, url: from }) => host === 'files' && from === url);
  const whole = fetched.findIndex(({ isAnswered }) => isAnswered);
  const again = whole < 0 ? [] : fetched.slice(whole + 1).filter(({ isAnswered }) => isAnswered);
  // What has the same address is fetched once for each key.
  const keys = new Set(
    observed.callbacks.filter((one) => isArchived(one) && one.told?.url === url).map(keyOf),
  );
  if (again.length > keys.size - 1 + (isLossy ? REPEATS : 0))
    faults.push(`${key}: was fetched ${again.length} times more when it had been fetched`);
  return faults;
}

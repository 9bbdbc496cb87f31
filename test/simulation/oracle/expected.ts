import type { Told } from '../load/wire.ts';
import type { Edition } from '../rulebook.ts';
import type { Observed, ObservedCallback } from './observed.ts';

/** A rule that must fire, and its actions in their order. */
export interface Expected {
  readonly rule: string;
  readonly actions: readonly string[];
}

const rule = (name: string, ...actions: readonly string[]): Expected => ({ rule: name, actions });

/** What the words of a person lead to. */
const WORDS: Readonly<Record<string, (edition: Edition) => readonly Expected[]>> = {
  STOP: () => [rule('stop', 'suppress', 'reply')],
  'STOP PROMO': () => [rule('stop-promo', 'suppress')],
  START: () => [rule('start', 'unsuppress')],
  ORDERED: () => [rule('ordered', 'forward')],
  PLAIN: () => [rule('plain', 'forward')],
  CLOSED: () => [rule('closed', 'forward')],
  MOVED: () => [rule('moved', 'forward')],
  'PLEASE STOP': () => [rule('near-miss', 'review', 'alert')],
  HELP: (edition) => [edition === 'bundled' ? rule('help', 'reply') : rule('help', 'alert')],
  HELLO: (edition) => (edition === 'bundled' ? [] : [rule('hello', 'forward')]),
};

/**
 * What must fire for a callback, by the meaning of the rules and without the product's reading of
 * them. Thresholds are apart.
 */
export function expectedOf(told: Told, edition: Edition): readonly Expected[] {
  return [rule('seen', 'ignore'), ...special(told, edition)];
}

function special(
  { trigger, text, status, reason, channel, url }: Told,
  edition: Edition,
): readonly Expected[] {
  switch (trigger) {
    case 'RECORD_NOTIFICATION':
      return url === '' ? [] : [rule('recorded', 'archive')];
    case 'MESSAGE_INBOUND':
      if (url !== '') return [rule('pictured', 'archive')];
      return WORDS[text]?.(edition) ?? [];
    case 'OPT_OUT':
      return status === 'OPT_OUT_SUCCEEDED' ? [rule('opt-out', 'suppress')] : [];
    case 'OPT_IN':
      return status === 'OPT_IN_SUCCEEDED' ? [rule('opt-in', 'unsuppress')] : [];
    case 'CHANNEL_EVENT':
      if (channel !== 'WHATSAPP') return [];
      if (status === 'RED') return [rule('red', 'throttle', 'alert')];
      return status === 'YELLOW' ? [rule('yellow', 'alert')] : [rule('green', 'release')];
    case 'MESSAGE_DELIVERY':
      if (status !== 'FAILED') return [];
      return reason === 'RATE_LIMITED' ? [rule('retry', 'retry')] : [rule('dead', 'alert')];
    case 'CAPABILITY':
      return status === 'CAPABILITY_UNKNOWN'
        ? [rule('unknown-capability', 'check_capability')]
        : [];
    case 'CONTACT_DELETE':
      return [rule('erase', 'erase')];
    case 'CONTACT_MERGE':
      return [rule('merged', 'compare_consent')];
    default:
      return [];
  }
}

/**
 * How long isolates may go by an earlier rulebook, in milliseconds: they ask every 30 seconds, and
 * KV forgets a "not found" after a minute.
 */
const LAG = 150_000;

/** The rulebooks that may have decided something between two times. */
export function editionsBetween(
  { called, healedAt, isLossy }: Observed,
  from: number,
  until: number,
): readonly Edition[] {
  let current: Edition = 'bundled';
  let unclearUntil = Number.NEGATIVE_INFINITY;
  let busyUntil = Number.NEGATIVE_INFINITY;
  const changes = called
    .filter(({ operation: { kind } }) => kind === 'publish' || kind === 'rollback')
    .toSorted((a, b) => a.sentAt - b.sentAt);
  for (const { operation, sentAt, answeredAt = Number.POSITIVE_INFINITY, status = 0 } of changes) {
    if (sentAt > until) break;
    if (status >= 400 && status < 500) continue;
    // What failed or was never answered may have happened or not; of two at once, either may be the
    // last.
    const isKnown = status >= 200 && status < 300 && sentAt > busyUntil;
    busyUntil = Math.max(busyUntil, answeredAt);
    const seenBy = Math.max(answeredAt, isLossy ? healedAt : 0) + LAG;
    unclearUntil = Math.max(unclearUntil, isKnown ? seenBy : Number.POSITIVE_INFINITY);
    current = operation.kind === 'publish' ? 'published' : 'bundled';
  }
  return from < unclearUntil ? ['bundled', 'published'] : [current];
}

/** The id under which the Worker knows a callback; `undefined` where it never said. */
export const idOf = ({ answers }: ObservedCallback): string | undefined =>
  answers.find(({ status, isQuarantined }) => status === 200 && !isQuarantined)?.id;

/**
 * When a callback had certainly taken effect: a deferred one takes the same way behind a queue,
 * nobody knows when.
 */
export const appliedAt = ({ answers }: Pick<ObservedCallback, 'answers'>): number =>
  answers.find(({ status, isDeferred }) => status === 200 && !isDeferred)?.at ??
  Number.POSITIVE_INFINITY;

/** When the Worker first said that it has a callback. */
export const acknowledgedAt = ({ answers }: ObservedCallback): number | undefined =>
  answers.find(({ status }) => status === 200)?.at;

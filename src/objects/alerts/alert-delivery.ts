import {
  type Delivery,
  durationText,
  type Group,
  type Notification,
  traced,
} from './alert-state.ts';

/** How long one attempt may take before the next may start, in milliseconds. */
const LEASE = 60_000;
/** How long a destination is tried before its fallback is used, in milliseconds. */
const MAX_WAIT = 24 * 3_600_000;

/** Adds a notification for each destination. It replaces one that still waits, and inherits its start time. */
export function dispatched(
  group: Group,
  kind: Delivery['kind'],
  notification: Notification,
  to: readonly string[],
  now: number,
): Group {
  const seq = group.seq + 1;
  const deliveries = { ...group.deliveries };
  for (const name of to) {
    const waiting = deliveries[name];
    deliveries[name] = {
      kind: waiting?.kind === 'first' && kind !== 'resolved' ? 'first' : kind,
      seq,
      notification,
      since: waiting?.since ?? now,
      attempts: waiting?.attempts ?? 0,
      due: waiting && waiting.attempts > 0 ? waiting.due : now,
      insteadOf: waiting?.insteadOf ?? [],
    };
  }
  return { ...group, seq, deliveries };
}

/** Leases the deliveries that are due, for the time that one attempt may take. */
export function leaseDue(
  group: Group,
  now: number,
): { group: Group; due: readonly (Delivery & { readonly to: string })[] } {
  const due = Object.entries(group.deliveries).filter(([, delivery]) => delivery.due <= now);
  const leased = due.map(
    ([to, delivery]) => [to, { ...delivery, due: now + LEASE, leased: true }] as const,
  );
  return {
    group: { ...group, deliveries: { ...group.deliveries, ...Object.fromEntries(leased) } },
    due: due.map(([to, delivery]) => ({ ...delivery, to })),
  };
}

/** How an attempt ended. `after` in seconds; `message` names no more than the destination and the status. */
export type DeliveryResult =
  | { readonly kind: 'sent'; readonly message: string }
  | { readonly kind: 'later'; readonly message: string; readonly after?: number | undefined }
  /** Not attempted: the destination failed before and is paused until `until`. */
  | { readonly kind: 'held'; readonly message: string; readonly until: number }
  | { readonly kind: 'refused'; readonly message: string };

const WORDS = {
  first: 'sent to',
  update: 'update sent to',
  repeat: 'repeated to',
  resolved: 'end sent to',
} as const;

/** Applies the result of an attempt. `gaveUp`: this destination is not tried again; its fallback, if any, is. */
export function applyResult(
  group: Group,
  { to, seq }: { readonly to: string; readonly seq: number },
  answer: DeliveryResult,
  fallback: string | undefined,
  now: number,
): { group: Group; gaveUp: boolean } {
  const delivery = group.deliveries[to];
  if (!delivery) return { group, gaveUp: false };
  const { [to]: _, ...others } = group.deliveries;
  if (answer.kind === 'sent') {
    // A newer notification may have replaced it meanwhile: that one is due at once, unless it is already on its way.
    const due = delivery.leased ? delivery.due : now;
    const deliveries =
      delivery.seq === seq
        ? others
        : { ...others, [to]: { ...delivery, attempts: 0, since: now, due } };
    const ended = delivery.kind === 'resolved' && delivery.seq === seq;
    const reached =
      ended || group.phase === 'resolved'
        ? group.reached.filter((name) => name !== to)
        : [...new Set([...group.reached, to])];
    const kind = delivery.seq === seq ? delivery.kind : 'update';
    const times =
      delivery.notification.count === 1 ? 'once' : `${delivery.notification.count} times so far`;
    const event = kind === 'repeat' ? 'repeated' : 'sent';
    return {
      group: traced(
        { ...group, deliveries, reached },
        now,
        event,
        `${WORDS[kind]} ${to} (${times}): ${answer.message}`,
      ),
      gaveUp: false,
    };
  }
  const { leased: _leased, ...waiting } = delivery;
  if (answer.kind === 'held' && answer.until - delivery.since <= MAX_WAIT) {
    const held = { ...group, deliveries: { ...others, [to]: { ...waiting, due: answer.until } } };
    return {
      group: traced(held, now, 'held', `not sent to ${to} yet: ${answer.message}`),
      gaveUp: false,
    };
  }
  const attempts = delivery.attempts + 1;
  const due = now + (answer.kind === 'later' ? (answer.after ?? backoff(attempts)) : 0) * 1_000;
  if (answer.kind === 'later' && due - delivery.since <= MAX_WAIT) {
    const again = { ...waiting, attempts, due };
    const message = `${to}: ${answer.message}; tried again in ${durationText(due - now)}`;
    return {
      group: traced({ ...group, deliveries: { ...others, [to]: again } }, now, 'failed', message),
      gaveUp: false,
    };
  }
  const tried = [...delivery.insteadOf, to];
  const next = fallback !== undefined && !tried.includes(fallback) ? fallback : undefined;
  const consequence = next === undefined ? 'there is no fallback' : `its fallback ${next} is used`;
  const deliveries =
    next === undefined || others[next]
      ? others
      : { ...others, [next]: { ...waiting, insteadOf: tried, attempts: 0, since: now, due: now } };
  return {
    group: traced(
      { ...group, deliveries },
      now,
      'gave-up',
      `${to}: ${answer.message}; given up after ${attempts === 1 ? 'one attempt' : `${attempts} attempts`}, ${consequence}`,
    ),
    gaveUp: true,
  };
}

/** Returns the delay before the next attempt: 5, 10, 20 … seconds, an hour at most. */
export const backoff = (attempts: number): number =>
  Math.min(5 * 2 ** Math.max(0, attempts - 1), 3_600);

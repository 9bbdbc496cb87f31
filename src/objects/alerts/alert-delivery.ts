import { type Delivery, type Group, spanWords, type Told, traced } from './alert-state.ts';

/** How long one try may take before another may begin, in milliseconds. */
const LEASE = 60_000;
/** How long a destination is tried before its fallback is told. */
const PATIENCE = 24 * 3_600_000;

/** Puts a message on its way. What was still waiting for the same destination is out of date; its patience goes on. */
export function dispatched(
  group: Group,
  kind: Delivery['kind'],
  told: Told,
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
      told,
      since: waiting?.since ?? now,
      attempts: waiting?.attempts ?? 0,
      due: waiting && waiting.attempts > 0 ? waiting.due : now,
      insteadOf: waiting?.insteadOf ?? [],
    };
  }
  return { ...group, seq, deliveries };
}

/** Takes what is due, for as long as a try may take. */
export function takeDue(
  group: Group,
  now: number,
): { group: Group; due: readonly (Delivery & { readonly to: string })[] } {
  const due = Object.entries(group.deliveries).filter(([, delivery]) => delivery.due <= now);
  const leased = due.map(([to, delivery]) => [to, { ...delivery, due: now + LEASE }] as const);
  return {
    group: { ...group, deliveries: { ...group.deliveries, ...Object.fromEntries(leased) } },
    due: due.map(([to, delivery]) => ({ ...delivery, to })),
  };
}

/** How a try ended. `after` in seconds; `says` never names more than the destination and the status. */
export type Answered =
  | { readonly kind: 'sent'; readonly message: string }
  | { readonly kind: 'later'; readonly message: string; readonly after?: number | undefined }
  /** Not tried at all: the destination has failed before. */
  | { readonly kind: 'held'; readonly message: string; readonly until: number }
  | { readonly kind: 'refused'; readonly message: string };

const WORDS = {
  first: 'sent to',
  update: 'update sent to',
  repeat: 'repeated to',
  resolved: 'end told to',
} as const;

/** Notes how a try ended. `gaveUp`: this destination will not be told; its fallback, if there is one, will be. */
export function answered(
  group: Group,
  { to, seq }: { readonly to: string; readonly seq: number },
  answer: Answered,
  fallback: string | undefined,
  now: number,
): { group: Group; gaveUp: boolean } {
  const delivery = group.deliveries[to];
  if (!delivery) return { group, gaveUp: false };
  const { [to]: _, ...others } = group.deliveries;
  if (answer.kind === 'sent') {
    // Something newer may have taken its place meanwhile: that goes out at once.
    const deliveries =
      delivery.seq === seq
        ? others
        : { ...others, [to]: { ...delivery, attempts: 0, since: now, due: now } };
    const told = delivery.kind === 'resolved' && delivery.seq === seq;
    const reached =
      told || group.phase === 'resolved'
        ? group.reached.filter((name) => name !== to)
        : [...new Set([...group.reached, to])];
    const kind = delivery.seq === seq ? delivery.kind : 'update';
    const times = delivery.told.count === 1 ? 'once' : `${delivery.told.count} times so far`;
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
  if (answer.kind === 'held' && answer.until - delivery.since <= PATIENCE) {
    const held = { ...group, deliveries: { ...others, [to]: { ...delivery, due: answer.until } } };
    return {
      group: traced(held, now, 'held', `not sent to ${to} yet: ${answer.message}`),
      gaveUp: false,
    };
  }
  const attempts = delivery.attempts + 1;
  const due = now + (answer.kind === 'later' ? (answer.after ?? backoff(attempts)) : 0) * 1_000;
  if (answer.kind === 'later' && due - delivery.since <= PATIENCE) {
    const again = { ...delivery, attempts, due };
    const message = `${to}: ${answer.message}; tried again in ${spanWords(due - now)}`;
    return {
      group: traced({ ...group, deliveries: { ...others, [to]: again } }, now, 'failed', message),
      gaveUp: false,
    };
  }
  const tried = [...delivery.insteadOf, to];
  const next = fallback !== undefined && !tried.includes(fallback) ? fallback : undefined;
  const told = next === undefined ? 'there is no fallback' : `its fallback ${next} is told`;
  const deliveries =
    next === undefined || others[next]
      ? others
      : { ...others, [next]: { ...delivery, insteadOf: tried, attempts: 0, since: now, due: now } };
  return {
    group: traced(
      { ...group, deliveries },
      now,
      'gave-up',
      `${to}: ${answer.message}; given up after ${attempts === 1 ? 'one try' : `${attempts} tries`}, ${told}`,
    ),
    gaveUp: true,
  };
}

/** 5, 10, 20 … seconds, an hour at most. */
export const backoff = (attempts: number): number =>
  Math.min(5 * 2 ** Math.max(0, attempts - 1), 3_600);

import { durationText, type Group, quietAt, repeatAt } from '../objects/alerts/alert-state.ts';
import { formatTime } from './destinations/parts.ts';
import type { Timing } from './route.ts';

/** The state of a group and what happens next, as a sentence: the last line of `alerts why`. */
export function describeStanding(group: Group, now: number): string {
  const [waiting] = Object.entries(group.deliveries).toSorted(([, a], [, b]) => a.due - b.due);
  if (waiting) {
    const [to, { due, attempts }] = waiting;
    const tries = attempts === 0 ? 'goes out' : 'is tried again';
    return `On its way to ${to}: ${tries} at ${formatTime(Math.max(due, now))}.`;
  }
  if (group.phase === 'resolved')
    return `Over since ${formatTime(group.resolvedAt ?? now)}: nothing more is sent.`;
  if (group.muted !== undefined)
    return `Not sent: ${group.muted}. It is checked again at ${formatTime(group.checkAt ?? now)}.`;
  if (!group.lastSent)
    return `Not sent yet: it waits ${durationText(group.timing.wait)} for more of the same, until ${formatTime(group.checkAt ?? now)}.`;
  if (group.checkAt !== undefined)
    return `Not sent: there is news, and it goes out ${durationText(group.timing.interval)} after the last message, at ${formatTime(group.checkAt)}.`;
  const repeat = repeatAt(group);
  const quiet = quietAt(group);
  const ends =
    quiet === undefined
      ? 'a rule ends it'
      : `it is over at ${formatTime(quiet)} if nothing comes until then`;
  if (repeat === undefined) return `Not sent again: an alert that came once is sent once; ${ends}.`;
  return `Not sent: repeats every ${durationText(group.timing.repeat ?? 0)}, next at ${formatTime(repeat)}; ${ends}.`;
}

/** The timing of an alert's messages, as a sentence. */
export function describeTiming({ wait, interval, repeat, quiet, once }: Timing): string {
  const first =
    wait === 0 ? 'at once' : `after ${durationText(wait)}, together with more of the same`;
  const again =
    repeat === null ? 'never repeated' : `repeated every ${durationText(repeat)} while it lasts`;
  const single = once ? ' (not if it came only once)' : '';
  const over =
    quiet === null
      ? 'over when a rule says so'
      : `over after ${durationText(quiet)} without a new one`;
  return `${first}; updates at most every ${durationText(interval)}; ${again}${single}; ${over}`;
}

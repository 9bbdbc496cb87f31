import { durationText, type Group, quietAt, repeatAt } from '../objects/alerts/alert-state.ts';
import { saidTime } from './destinations/parts.ts';
import type { Timing } from './route.ts';

/** How a group stands and what happens next, in a sentence: what `alerts why` ends with. */
export function saidStanding(group: Group, now: number): string {
  const [waiting] = Object.entries(group.deliveries).toSorted(([, a], [, b]) => a.due - b.due);
  if (waiting) {
    const [to, { due, attempts }] = waiting;
    const tries = attempts === 0 ? 'goes out' : 'is tried again';
    return `On its way to ${to}: ${tries} at ${saidTime(Math.max(due, now))}.`;
  }
  if (group.phase === 'resolved')
    return `Over since ${saidTime(group.resolvedAt ?? now)}: nothing more is sent.`;
  if (group.muted !== undefined)
    return `Not sent: ${group.muted}. It is looked at again at ${saidTime(group.checkAt ?? now)}.`;
  if (!group.lastSent)
    return `Not sent yet: it waits ${durationText(group.timing.wait)} for more of the same, until ${saidTime(group.checkAt ?? now)}.`;
  if (group.checkAt !== undefined)
    return `Not sent: there is news, and it goes out ${durationText(group.timing.interval)} after the last message, at ${saidTime(group.checkAt)}.`;
  const repeat = repeatAt(group);
  const quiet = quietAt(group);
  const ends =
    quiet === undefined
      ? 'a rule ends it'
      : `it is over at ${saidTime(quiet)} if nothing comes until then`;
  if (repeat === undefined) return `Not sent again: what came once is told once; ${ends}.`;
  return `Not sent: repeats every ${durationText(group.timing.repeat ?? 0)}, next at ${saidTime(repeat)}; ${ends}.`;
}

/** When an alert would be told, in a sentence. */
export function saidTiming({ wait, interval, repeat, quiet, once }: Timing): string {
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

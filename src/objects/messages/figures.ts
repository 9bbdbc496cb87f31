import { bucketOf } from './durations.ts';
import { isDelivered, type MessageStatus, type Submission } from './lineage.ts';

/** How long the span of one row of figures is, in milliseconds: days of all time zones begin at a quarter of an hour. */
export const SLOT = 15 * 60_000;

/** Returns the start of the slot that a time is in. */
export const slotOf = (at: number): number => Math.floor(at / SLOT) * SLOT;

/**
 * Counts of messages by name. A count with a detail is `name/detail`: `failed/RATE_LIMITED`, and
 * `to_delivered/12` for the durations in a bucket.
 */
export type Counts = Readonly<Record<string, number>>;

/** What one message adds to the figures of a slot, an app and a channel. */
export interface Contribution {
  readonly slot: number;
  readonly appId: string;
  readonly channel: string;
  readonly counts: Counts;
}

/** What is known of a root message and of all attempts to send it again. */
export interface Counted {
  readonly submission?: Submission | undefined;
  readonly statuses: readonly MessageStatus[];
}

/** The status of which the oldest report counts, by the name of its count. */
const ONCE = {
  queued: 'QUEUED_ON_CHANNEL',
  switched: 'SWITCHING_CHANNEL',
  delivered: 'DELIVERED',
  read: 'READ',
} as const;

/**
 * Returns what a message adds to the figures. It depends only on the set of reports, so their order
 * and their number do not matter: a new report replaces the contributions before it.
 *
 * - `submitted`, `queued`, `switched`, `delivered`, `read`: the message has the status, at the time of
 *   its oldest report.
 * - `reached`: it was delivered or read. `reached_read`: and it was read, however much later.
 *   `recovered`: and it had failed before.
 * - `failed/<reason>`: it failed and was neither delivered nor read, at the time and with the reason
 *   of its newest failure.
 * - `to_delivered/<bucket>`, `to_read/<bucket>`: the time since it was submitted.
 */
export function contributionsOf({ submission, statuses }: Counted): readonly Contribution[] {
  const found: Contribution[] = [];
  const add = (at: number, appId: string, channel: string, ...names: readonly string[]): void =>
    void found.push({
      slot: slotOf(at),
      appId,
      channel,
      counts: Object.fromEntries(names.map((name) => [name, 1])),
    });
  const report = ({ at, appId = '', channel = '' }: MessageStatus, ...names: string[]): void =>
    add(at, appId, channel, ...names);
  const ordered = statuses.toSorted(byTime);
  const since = (name: string, { at }: MessageStatus): readonly string[] =>
    submission ? [`${name}/${bucketOf(at - submission.at)}`] : [];

  if (submission) add(submission.at, submission.appId, submission.channel, 'submitted');
  for (const [name, status] of Object.entries(ONCE)) {
    const first = ordered.find((one) => one.status === status);
    if (!first) continue;
    const timed = status === 'DELIVERED' || status === 'READ';
    report(first, name, ...(timed ? since(`to_${name}`, first) : []));
  }
  const reached = ordered.find(({ status }) => isDelivered(status));
  const failed = ordered.findLast(({ status }) => status === 'FAILED');
  if (reached) {
    const read = ordered.some(({ status }) => status === 'READ');
    const recovered = ordered.some(({ status, at }) => status === 'FAILED' && at < reached.at);
    report(
      reached,
      'reached',
      ...(read ? ['reached_read'] : []),
      ...(recovered ? ['recovered'] : []),
    );
  } else if (failed) report(failed, `failed/${failed.reasonCode ?? ''}`);
  return found;
}

const byTime = (a: MessageStatus, b: MessageStatus): number =>
  a.at - b.at || (a.callbackId < b.callbackId ? -1 : a.callbackId > b.callbackId ? 1 : 0);

/** Returns the sum of counts; a count of 0 is left out. */
export function addCounts(one: Counts, other: Counts, sign: 1 | -1 = 1): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) {
    const total = (sum[name] ?? 0) + sign * count;
    if (total === 0) delete sum[name];
    else sum[name] = total;
  }
  return sum;
}

/** Returns what has to be added to figures that contain `before` so that they contain `after`, one entry for each row. */
export function differenceOf(
  before: readonly Contribution[],
  after: readonly Contribution[],
): readonly Contribution[] {
  const rows = new Map<string, Contribution>();
  const take = (contributions: readonly Contribution[], sign: 1 | -1): void => {
    for (const one of contributions) {
      const key = JSON.stringify([one.slot, one.appId, one.channel]);
      const counts = addCounts(rows.get(key)?.counts ?? {}, one.counts, sign);
      rows.set(key, { ...one, counts });
    }
  };
  take(after, 1);
  take(before, -1);
  return [...rows.values()].filter(({ counts }) => Object.keys(counts).length > 0);
}

/** Returns the counts of contributions together, without slot, app and channel. */
export const totalOf = (contributions: readonly Contribution[]): Counts =>
  contributions.reduce<Counts>((sum, { counts }) => addCounts(sum, counts), {});

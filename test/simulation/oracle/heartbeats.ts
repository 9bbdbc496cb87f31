import { TERMS } from '../rulebook.ts';
import { type Told, toldIn } from './alerts.ts';
import type { Invariant, Observed } from './observed.ts';

/** How much sooner or later an isolate may see an arrival, in milliseconds: clocks differ, and answers take time. */
const SLACK = 2_000;
/** How much later than it is due an alert may be told: reports come at intervals, alarms and queues are late, groups wait. */
const LATEST = 4 * 60_000;

type Heartbeat = (typeof TERMS.heartbeats)[number];

/** A trigger that is silent for too long is told of, and so is its return. */
export const heartbeats: Invariant = {
  name: 'heartbeats',
  demands:
    'silence that is longer than a heartbeat allows is told of; when a callback arrives again, its alert is resolved; and nobody is told of a silence that was not',
  check: (observed) => {
    if (observed.isLossy) return [];
    const told = toldIn(observed);
    return TERMS.heartbeats.flatMap((heartbeat) => faultsOf(heartbeat, observed, told));
  },
};

/** When a callback that counts arrived, each time that it did. */
const arrivalsOf = ({ trigger, app, channel }: Heartbeat, { callbacks }: Observed): number[] =>
  callbacks
    .filter(
      ({ told }) =>
        told?.trigger === trigger &&
        (app === undefined || told.app === app) &&
        (channel === undefined || told.channel === channel),
    )
    .flatMap(({ answers }) => answers.filter(({ status }) => status === 200).map(({ at }) => at))
    .toSorted((a, b) => a - b);

function faultsOf(
  heartbeat: Heartbeat,
  observed: Observed,
  told: readonly Told[],
): readonly string[] {
  const { trigger, quietFor } = heartbeat;
  const rule = `heartbeat-${trigger.toLowerCase().replaceAll('_', '-')}`;
  const messages = told.filter((one) => one.rule === rule);
  const arrivals = arrivalsOf(heartbeat, observed);
  const end = observed.quietAt ?? observed.healedAt;
  const gaps = arrivals
    .map((from, place) => ({ from, until: arrivals[place + 1] ?? end }))
    .filter(({ from, until }) => until - from > quietFor - SLACK);
  const faults: string[] = [];
  for (const { state, at } of messages)
    if (state === 'firing' && !gaps.some(({ from }) => from + quietFor - SLACK <= at))
      faults.push(`${rule}: was told as silent at ${new Date(at).toISOString()}, and was not`);
  const last = gaps.at(-1);
  const isSilent = last !== undefined && end - last.from > quietFor + LATEST && last.until === end;
  const newest = messages.toSorted((a, b) => a.at - b.at).at(-1);
  if (isSilent && (newest?.state !== 'firing' || newest.at < last.from + quietFor - SLACK))
    faults.push(
      `${rule}: is silent since ${new Date(last.from).toISOString()}, and nobody was told`,
    );
  for (const { from, until } of gaps) {
    const firing = messages.filter(
      ({ state, at }) => state === 'firing' && at > from + quietFor - SLACK && at < until,
    );
    if (firing.length === 0 || until === end || end - until < LATEST) continue;
    // Where it is told as resolved while its receiver is away, the next message takes its place.
    const known = new Set(firing.map(({ id }) => id));
    if (!messages.some(({ id, at }) => at > until - SLACK && !known.has(id)))
      faults.push(
        `${rule}: a callback came at ${new Date(until).toISOString()}, and the alert was not resolved`,
      );
  }
  return faults;
}

/** A callback counts if it arrives at most this long after its event time. All times here are in milliseconds. */
export const MAX_LATENESS = 10 * 60_000;
/** How far behind the newest callback of its group a callback is still added: a late one may wait in a queue as long again. */
export const KEPT_BEHIND = 2 * MAX_LATENESS;
/** The number of callbacks of a group that are stored individually. */
export const MAX_EVENTS = 10_000;
/** Older ones are stored as counts in this many buckets per window length. */
export const BUCKETS = 100;

/** When a window makes its rule fire: at enough `hits`, or at more than a share of `sample`. Not again within `cooldown`. */
export interface Terms {
  readonly within: number;
  readonly cooldown: number;
  readonly over:
    | { readonly kind: 'count'; readonly count: number }
    | { readonly kind: 'share'; readonly share: number; readonly atLeast: number };
}

/** A callback in a window. `hit`: the rule's condition held; otherwise it is only part of the sample. */
export interface Entry {
  readonly id: string;
  /** Its event time. */
  readonly at: number;
  readonly hit: boolean;
}

/** The callbacks from `from` (inclusive) to `to` (exclusive), as counts. */
export interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly sample: number;
  readonly hits: number;
}

/** The counts of a window that ends at `at` (inclusive). Its start is exclusive. */
export interface Reading {
  readonly at: number;
  readonly hits: number;
  readonly sample: number;
}

/** The recent callbacks of one group. The caller can store it and open it again. */
export interface Window {
  /** By time, from `line` on. Earlier callbacks are in the buckets. */
  readonly events: Entry[];
  /** The running number of hits before each event, and after the last. Only differences count: it goes on when the first events go. */
  readonly hits: number[];
  readonly ids: Set<string>;
  /** By time, without overlap. */
  buckets: readonly Bucket[];
  line: number;
  newest: number;
  /** The end of the last window that fired. */
  firedAt: number | undefined;
}

/** The stored form of a window. */
export type SavedWindow = Omit<Window, 'ids' | 'hits' | 'events'> & {
  readonly events: readonly Entry[];
};

/** The result of adding callbacks. */
export interface AddedEntries {
  readonly added: readonly Entry[];
  /** How many arrived too late to count. */
  readonly late: number;
  /** How many were already in the window. */
  readonly repeated: number;
  /** The windows that made the rule fire. */
  readonly crossings: readonly Reading[];
  /** Callbacks up to this time were dropped. */
  readonly floor: number;
}

/** Returns an empty window, or the stored one. */
export function openWindow(saved?: SavedWindow): Window {
  const window: Window = {
    events: [],
    hits: [0],
    ids: new Set(),
    buckets: saved?.buckets ?? [],
    line: saved?.line ?? Number.NEGATIVE_INFINITY,
    newest: saved?.newest ?? Number.NEGATIVE_INFINITY,
    firedAt: saved?.firedAt,
  };
  for (const entry of saved?.events ?? []) insert(window, entry);
  for (const { id } of window.events) window.ids.add(id);
  return window;
}

/** Returns a copy that can be changed independently. */
export const copyOf = (window: Window): Window => ({
  ...window,
  events: [...window.events],
  hits: [...window.hits],
  ids: new Set(window.ids),
});

/**
 * Adds callbacks in any order, each id once, and returns the windows that now make the rule fire: any window that contains
 * one of them. Changes `window`. The work does not grow with the callbacks that the window holds, only with those that are added.
 * @param most the number stored individually; older ones become counts, exact to a hundredth of the window's length
 */
export function addEntries(
  window: Window,
  entries: readonly Entry[],
  terms: Terms,
  most: number = MAX_EVENTS,
): AddedEntries {
  window.newest = entries.reduce((newest, { at }) => Math.max(newest, at), window.newest);
  const oldest = window.newest - KEPT_BEHIND;
  const added: Entry[] = [];
  let late = 0;
  for (const entry of entries) {
    if (entry.at < oldest) late++;
    else if (!window.ids.has(entry.id)) {
      window.ids.add(entry.id);
      added.push(entry);
    }
  }
  const floor = oldest - terms.within;
  keep(window, added, floor);
  compact(window, added, Math.ceil(terms.within / BUCKETS), most);
  return {
    added,
    late,
    repeated: entries.length - late - added.length,
    crossings:
      added.length === 0 ? [] : crossings(window, Math.min(...added.map(({ at }) => at)), terms),
    floor,
  };
}

/** Whether a window crosses the threshold. */
export const crosses = ({ hits, sample }: Omit<Reading, 'at'>, { over }: Terms): boolean =>
  over.kind === 'count' ? hits >= over.count : sample >= over.atLeast && hits / sample > over.share;

/** Returns the counts of the window that ends at `at`; within the buckets, at the end of its bucket. */
export function readingAt(
  { events, hits, buckets }: Window,
  at: number,
  { within }: Terms,
): Reading {
  const [from, to] = [firstAfter(events, at - within), firstAfter(events, at)];
  const reading = {
    at,
    hits: (hits[to] ?? 0) - (hits[from] ?? 0),
    sample: to - from,
  };
  for (const bucket of buckets)
    if (bucket.from > at - within && bucket.from <= at) {
      reading.hits += bucket.hits;
      reading.sample += bucket.sample;
    }
  return reading;
}

/** Returns the place of the first event after a time. */
function firstAfter(events: readonly Entry[], at: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.at ?? at) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Adds an event at its place, which is mostly the end. */
function insert({ events, hits }: Window, entry: Entry): void {
  let place = firstAfter(events, entry.at);
  for (
    let before = events[place - 1];
    before && byTime(before, entry) > 0;
    before = events[place - 1]
  )
    place -= 1;
  events.splice(place, 0, entry);
  for (let at = place; at < events.length; at++)
    hits[at + 1] = (hits[at] ?? 0) + Number(events[at]?.hit);
}

/** Removes the first events and returns them. */
function shift({ events, hits, ids }: Window, count: number): readonly Entry[] {
  hits.splice(0, count);
  const gone = events.splice(0, count);
  for (const { id } of gone) ids.delete(id);
  return gone;
}

function keep(window: Window, added: readonly Entry[], floor: number): void {
  for (const entry of added) if (entry.at >= window.line) insert(window, entry);
  shift(window, firstAfter(window.events, floor));
  if ((window.buckets[0]?.to ?? Number.POSITIVE_INFINITY) <= floor)
    window.buckets = window.buckets.filter(({ to }) => to > floor);
}

const byTime = (a: Entry, b: Entry): number => a.at - b.at || (a.id < b.id ? -1 : 1);

/** Moves late callbacks, and the oldest while there are more than `most`, into buckets. */
function compact(window: Window, added: readonly Entry[], width: number, most: number): void {
  const aside = added.filter(({ at }) => at < window.line);
  while (window.events.length > most) {
    const [oldest] = window.events;
    if (!oldest) break;
    window.line = (Math.floor(oldest.at / width) + 1) * width;
    aside.push(...shift(window, firstAfter(window.events, window.line - 1)));
  }
  for (const { id } of aside) window.ids.delete(id);
  for (const entry of aside)
    window.buckets = addToBucket(window.buckets, entry, width, window.line);
}

/** Adds a callback to the bucket of its time. A new bucket does not overlap its neighbours. */
function addToBucket(
  buckets: readonly Bucket[],
  { at, hit }: Entry,
  width: number,
  line: number,
): readonly Bucket[] {
  const after = buckets.findIndex(({ to }) => to > at);
  const place = after < 0 ? buckets.length : after;
  const found = buckets[place];
  if (found && found.from <= at) {
    return buckets.with(place, {
      ...found,
      sample: found.sample + 1,
      hits: found.hits + Number(hit),
    });
  }
  const start = Math.floor(at / width) * width;
  const from = Math.max(start, buckets[place - 1]?.to ?? start);
  const to = Math.min(start + width, found?.from ?? line, line);
  return buckets.toSpliced(place, 0, { from, to, sample: 1, hits: Number(hit) });
}

/** Returns the windows that end at or after `since` and cross the threshold, one per cooldown. A bucket that starts before a window does not count. */
function crossings(window: Window, since: number, terms: Terms): readonly Reading[] {
  const { cooldown } = terms;
  const rested = (at: number) => window.firedAt === undefined || at >= window.firedAt + cooldown;
  if (!rested(window.newest)) return [];
  const found: Reading[] = [];
  const consider = (at: number): void => {
    if (!rested(at)) return;
    const reading = readingAt(window, at, terms);
    if (!crosses(reading, terms)) return;
    window.firedAt = at;
    found.push(reading);
  };
  for (const { to } of window.buckets) if (to - 1 >= since) consider(to - 1);
  const { events } = window;
  for (let place = firstAfter(events, since - 1); place < events.length; place++) {
    const at = events[place]?.at;
    if (at !== undefined && events[place + 1]?.at !== at) consider(at);
  }
  return found;
}

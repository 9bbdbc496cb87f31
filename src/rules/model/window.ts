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
  events: readonly Entry[];
  readonly ids: Set<string>;
  /** By time, without overlap. */
  buckets: readonly Bucket[];
  line: number;
  newest: number;
  /** The end of the last window that fired. */
  firedAt: number | undefined;
}

/** The stored form of a window. */
export type SavedWindow = Omit<Window, 'ids'>;

/** The result of adding callbacks. */
export interface AddedEntries {
  readonly added: readonly Entry[];
  /** How many arrived too late to count. */
  readonly late: number;
  /** How many were already in the window. */
  readonly repeated: number;
  /** The windows that made the rule fire. */
  readonly crossings: readonly Reading[];
  /** Whether callbacks went into buckets. */
  readonly folded: boolean;
  /** Callbacks up to this time were dropped. */
  readonly floor: number;
}

/** Returns an empty window, or the stored one. */
export const openWindow = (saved?: SavedWindow): Window => ({
  events: saved?.events ?? [],
  ids: new Set(saved?.events.map(({ id }) => id)),
  buckets: saved?.buckets ?? [],
  line: saved?.line ?? Number.NEGATIVE_INFINITY,
  newest: saved?.newest ?? Number.NEGATIVE_INFINITY,
  firedAt: saved?.firedAt,
});

/** Returns a copy that can be changed independently. */
export const copyOf = (window: Window): Window => ({ ...window, ids: new Set(window.ids) });

/**
 * Adds callbacks in any order, each id once, and returns the windows that now make the rule fire: any window that contains
 * one of them. Changes `window`.
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
  const folded = compact(window, added, Math.ceil(terms.within / BUCKETS), most);
  return {
    added,
    late,
    repeated: entries.length - late - added.length,
    crossings:
      added.length === 0 ? [] : crossings(window, Math.min(...added.map(({ at }) => at)), terms),
    folded,
    floor,
  };
}

/** Whether a window crosses the threshold. */
export const crosses = ({ hits, sample }: Omit<Reading, 'at'>, { over }: Terms): boolean =>
  over.kind === 'count' ? hits >= over.count : sample >= over.atLeast && hits / sample > over.share;

/** Returns the counts of the window that ends at `at`; within the buckets, at the end of its bucket. */
export function readingAt(window: Window, at: number, { within }: Terms): Reading {
  const held = slices(window).filter(({ from }) => from > at - within && from <= at);
  return { at, hits: total(held, 'hits'), sample: total(held, 'sample') };
}

const total = (slices: readonly Slice[], of: 'hits' | 'sample'): number =>
  slices.reduce((sum, slice) => sum + slice[of], 0);

function keep(window: Window, added: readonly Entry[], floor: number): void {
  const exact = added.filter(({ at }) => at >= window.line);
  const events = exact.length > 0 ? [...window.events, ...exact].sort(byTime) : window.events;
  const gone = events.findIndex(({ at }) => at > floor);
  if (gone > 0) for (const { id } of events.slice(0, gone)) window.ids.delete(id);
  window.events = gone > 0 ? events.slice(gone) : events;
  window.buckets = window.buckets.filter(({ to }) => to > floor);
}

const byTime = (a: Entry, b: Entry): number => a.at - b.at || (a.id < b.id ? -1 : 1);

/** Moves late callbacks, and the oldest while there are more than `most`, into buckets. */
function compact(window: Window, added: readonly Entry[], width: number, most: number): boolean {
  const aside = added.filter(({ at }) => at < window.line);
  while (window.events.length > most) {
    const [oldest] = window.events;
    if (!oldest) break;
    window.line = (Math.floor(oldest.at / width) + 1) * width;
    const kept = window.events.findIndex(({ at }) => at >= window.line);
    const gone = window.events.slice(0, kept < 0 ? undefined : kept);
    aside.push(...gone);
    window.events = kept < 0 ? [] : window.events.slice(kept);
  }
  for (const { id } of aside) window.ids.delete(id);
  for (const entry of aside)
    window.buckets = addToBucket(window.buckets, entry, width, window.line);
  return aside.length > 0;
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

/** Callbacks of one time, or of one bucket: `from` is its first millisecond, `last` its last one. */
interface Slice {
  readonly from: number;
  readonly last: number;
  readonly sample: number;
  readonly hits: number;
}

const slices = ({ buckets, events }: Window): readonly Slice[] => [
  ...buckets.map(({ from, to, sample, hits }) => ({ from, last: to - 1, sample, hits })),
  ...events.map(({ at, hit }) => ({ from: at, last: at, sample: 1, hits: Number(hit) })),
];

/** Returns the windows that end at or after `since` and cross the threshold, one per cooldown. A bucket that starts before a window does not count. */
function crossings(window: Window, since: number, terms: Terms): readonly Reading[] {
  const { within, cooldown } = terms;
  const rested = (at: number) => window.firedAt === undefined || at >= window.firedAt + cooldown;
  if (!rested(window.newest)) return [];
  const found: Reading[] = [];
  const all = slices(window);
  let [first, hits, sample] = [0, 0, 0];
  for (const [place, slice] of all.entries()) {
    hits += slice.hits;
    sample += slice.sample;
    const at = slice.last;
    if (all[place + 1]?.last === at) continue;
    for (let old = all[first]; old && old.from <= at - within; old = all[++first]) {
      hits -= old.hits;
      sample -= old.sample;
    }
    if (at < since || !rested(at) || !crosses({ hits, sample }, terms)) continue;
    window.firedAt = at;
    found.push({ at, hits, sample });
  }
  return found;
}

import { type StoredEntry, withMore } from './page.ts';
import { type FoundPage, findPages, type PageStore, type Wanted } from './stored-pages.ts';

/** Where an entry stands in the journal. */
export interface Position {
  readonly at: number;
  readonly id: string;
  readonly rulebook: string;
}

const positionOf = ({ receivedAt: at, id, rulebook }: StoredEntry): Position => ({
  at,
  id,
  rulebook,
});

/** Returns the cursor that continues after an entry. */
export const cursorOf = ({ receivedAt, id, rulebook }: StoredEntry): string =>
  `${receivedAt}.${id}.${rulebook}`;

/** Returns the cursor that continues with the entries of this time and before it. */
export const cursorAt = (time: number): string => String(time);

/** Parses a cursor. Returns undefined for a malformed one. */
export function positionIn(cursor: string): Position | undefined {
  const [, at, id, rulebook] = /^(\d{1,15})(?:\.([^.]{1,64})\.(.{1,128}))?$/.exec(cursor) ?? [];
  if (at === undefined) return undefined;
  if (id !== undefined && rulebook !== undefined) return { at: Number(at), id, rulebook };
  return afterTime(Number(at));
}

/** Returns the first position after every entry of a time. */
const afterTime = (time: number): Position => ({ at: time + 1, id: '', rulebook: '' });

/** After how many pages a search for the newest entries stops. `onStop` gets the time of the newest entry that may be left. */
export interface PageLimit {
  readonly most: number;
  readonly onStop: (time: number) => void;
}

const compare = (a: Position, b: Position): number =>
  a.at - b.at || order(a.id, b.id) || order(a.rulebook, b.rulebook);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Reads the entries of the pages that are found, in order: the newest first, or the oldest first. The times of pages
 * overlap, so an entry is returned when no page that is not read yet can have one before it. An entry whose
 * decision is stored in several parts is returned once, with all that were found.
 * @param after the position after which to begin
 * @param limit where to stop, at the earliest after some time was searched, so that repeated searches come to an end
 */
export async function* entriesInOrder(
  wanted: Wanted,
  direction: 'newest' | 'oldest',
  after: Position | undefined,
  store: PageStore,
  limit?: PageLimit,
): AsyncGenerator<StoredEntry> {
  const sign = direction === 'newest' ? -1 : 1;
  const isAfter = (entry: StoredEntry): boolean =>
    after === undefined || sign * compare(positionOf(entry), after) > 0;
  const span =
    after === undefined
      ? wanted
      : direction === 'newest'
        ? { ...wanted, until: Math.min(wanted.until, after.at + 1) }
        : { ...wanted, since: Math.max(wanted.since, after.at) };
  const isInside = ({ receivedAt }: StoredEntry): boolean =>
    receivedAt >= wanted.since && receivedAt < wanted.until;
  let waiting: StoredEntry[] = [];
  function* take(isBefore: (entry: StoredEntry) => boolean): Generator<StoredEntry> {
    let taken = 0;
    let part: StoredEntry | undefined;
    for (const entry of waiting) {
      if (!isBefore(entry)) break;
      taken += 1;
      // Parts of a decision have one position: they wait for each other.
      if (part && compare(positionOf(part), positionOf(entry)) === 0) {
        part = withMore(part, entry);
        continue;
      }
      if (part) yield part;
      part = entry;
    }
    waiting = waiting.slice(taken);
    if (part) yield part;
  }
  let read = 0;
  let start = after;
  for await (const page of readAhead(findPages(span, direction, store), aheadFor(wanted))) {
    const edge = direction === 'newest' ? page.to : page.from;
    yield* take(({ receivedAt }) => sign * (edge - receivedAt) > 0);
    const reached = afterTime(edge);
    start ??= reached;
    if (limit && read >= limit.most && compare(reached, start) < 0) {
      limit.onStop(edge);
      return;
    }
    read += 1;
    const entries = (await page.read()).filter((entry) => isInside(entry) && isAfter(entry));
    waiting = [...waiting, ...entries].toSorted(
      (a, b) => sign * compare(positionOf(a), positionOf(b)),
    );
  }
  yield* take(() => true);
}

/** How many pages are read at a time where few have what is looked for: a Worker waits for six responses at once. */
const AHEAD = 6;

const aheadFor = ({ people, ids, keys = [], either }: Wanted): number =>
  people || ids || keys.length > 0 || either ? AHEAD : 1;

/** Begins to read pages before they are asked for. */
async function* readAhead(
  pages: AsyncIterable<FoundPage>,
  ahead: number,
): AsyncGenerator<FoundPage> {
  const begun: FoundPage[] = [];
  for await (const page of pages) {
    if (ahead === 1) {
      yield page;
      continue;
    }
    const reading = page.read();
    // Where the search ends before it is asked for, its failure concerns no one.
    reading.catch(() => {});
    begun.push({ ...page, read: () => reading });
    const [next] = begun;
    if (begun.length === ahead && next) {
      begun.shift();
      yield next;
    }
  }
  yield* begun;
}

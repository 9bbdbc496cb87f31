import { ActionOutcome, type Entry, JournalledRule, type ReadEntry, type Span } from './entry.ts';
import type { JournalStore } from './journal-store.ts';
import { callbacksWithOutcome, readOutcomes, withOutcomes } from './outcomes.ts';
import { cursorAt, cursorOf, entriesInOrder, type Position, positionIn } from './pages/in-order.ts';
import { idOf, nameIn, type StoredEntry } from './pages/page.ts';
import type { Wanted } from './pages/stored-pages.ts';
import { openPeopleKeys, refOf } from './people-keys.ts';
import { keysOf, openEntry } from './seal-entry.ts';

/** Search conditions, all of which must hold. Times are milliseconds since 1970. */
export interface Search {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly trigger?: string | undefined;
  readonly channel?: string | undefined;
  readonly appId?: string | undefined;
  readonly rule?: string | undefined;
  readonly action?: string | undefined;
  /** The outcome of a rule (`fired`, `shadow`, `erred`) or an action (`done`, …), or `none`: no rule fired. */
  readonly outcome?: string | undefined;
  /** Keyed hashes of one person: one for each possible channel. */
  readonly people?: readonly string[] | undefined;
  /** Keys of `searchKey`, all of which the entry must have. */
  readonly keys?: readonly string[] | undefined;
  /** The status that a delivery report has. */
  readonly status?: string | undefined;
  /** Only callbacks that name a message. */
  readonly ofMessages?: boolean | undefined;
  /** Whether to include the decisions of a rulebook in shadow. */
  readonly shadow?: boolean | undefined;
}

const RULE_OUTCOMES: readonly string[] = JournalledRule.entries.outcome.options;
const ACTION_OUTCOMES: readonly string[] = ActionOutcome.options;

/** The most callbacks whose outcome was reported later that pages are found by; with more, all pages are read. */
const MOST_REPORTED = 40;

/** How many entries are completed at a time. */
const PORTION = 200;

/**
 * How many pages a search reads at most. Each takes two of the 1,000 calls that Cloudflare allows a request; a search
 * whose tokens are in most pages would need more of them.
 */
const MOST_PAGES = 400;

/** Entries that were found, and the cursor that continues the search; none at its end. There may be a cursor and no entry. */
export interface Found {
  readonly entries: readonly ReadEntry[];
  readonly next: string | null;
}

/** Returns entries after `cursor`, newest first. A body is not read. */
export async function searchEntries(
  search: Search,
  limit: number,
  cursor: string | undefined,
  store: JournalStore,
  mostPages = MOST_PAGES,
): Promise<Found> {
  const found: ReadEntry[] = [];
  let stoppedAt: string | null = null;
  const wanted = await wantedBy(search, store);
  const after = cursor === undefined ? undefined : positionIn(cursor);
  let portion: StoredEntry[] = [];
  const complete = async (): Promise<void> => {
    for (const one of await openEntries(portion, store))
      if (found.length < limit && isAsked(one.entry, search)) found.push(one);
    portion = [];
  };
  const pages = {
    most: mostPages,
    onStop(time: number) {
      stoppedAt = cursorAt(time);
    },
  };
  for await (const entry of entriesInOrder(wanted, 'newest', after, store, pages)) {
    if (!hasAll(entry, search, wanted)) continue;
    portion.push(entry);
    if (portion.length >= Math.min(PORTION, limit - found.length)) await complete();
    if (found.length >= limit) break;
  }
  await complete();
  return {
    entries: found,
    next: found.length < limit ? stoppedAt : (found.at(-1)?.cursor ?? null),
  };
}

/** Returns the decisions about one callback, one for each rulebook, newest first. */
export async function entriesOf(id: string, store: JournalStore): Promise<readonly Entry[]> {
  const wanted = { since: 0, until: Number.MAX_SAFE_INTEGER, ids: [id] };
  const found: StoredEntry[] = [];
  for await (const entry of entriesInOrder(wanted, 'newest', undefined, store))
    if (entry.id === id && !found.some(({ rulebook }) => rulebook === entry.rulebook))
      found.push(entry);
  const entries = (await openEntries(found, store)).map(({ entry }) => entry);
  return entries.toSorted((a, b) => Number(a.shadow) - Number(b.shadow));
}

/**
 * Reads the journal, oldest first, to evaluate it again. Entries of rulebooks in shadow are left out.
 * The caller may stop early and continue from the cursor of the last entry.
 */
export async function* readEntries(
  { since, until, cursor }: Span,
  store: JournalStore,
): AsyncGenerator<ReadEntry> {
  const wanted = { since, until, names: [nameIn.active] };
  const after = cursor === undefined ? undefined : positionIn(cursor);
  let portion: StoredEntry[] = [];
  for await (const entry of entriesInOrder(wanted, 'oldest', after, store)) {
    if (entry.shadow) continue;
    portion.push(entry);
    if (portion.length < PORTION) continue;
    yield* await openEntries(portion, store);
    portion = [];
  }
  yield* await openEntries(portion, store);
}

/** Returns the ids of the callbacks about these people or contacts, by keyed hash, and the references of the owners. */
export async function callbacksAbout(
  hashes: readonly string[],
  store: JournalStore,
): Promise<{ readonly ids: readonly string[]; readonly owners: readonly string[] }> {
  const people = hashes.map((hash) => refOf(hash, store.dataKey));
  const wanted = { since: 0, until: Number.MAX_SAFE_INTEGER, people };
  const ids = new Set<string>();
  const owners = new Set<string>();
  for await (const entry of entriesInOrder(wanted, 'newest', undefined, store)) {
    if (!entry.people.some((ref) => people.includes(ref))) continue;
    ids.add(entry.id);
    if (entry.owner !== undefined) owners.add(entry.owner);
  }
  return { ids: [...ids], owners: [...owners] };
}

/** Decrypts entries and adds the outcomes that were reported later. */
async function openEntries(
  stored: readonly StoredEntry[],
  store: JournalStore,
): Promise<readonly ReadEntry[]> {
  if (stored.length === 0) return [];
  const keys = await openPeopleKeys(stored.flatMap(keysOf), store);
  const outcomes = await readOutcomes(
    stored.map(({ id }) => id),
    store.DB,
  );
  return Promise.all(
    stored.map(async (one) => {
      const entry = await openEntry(one, keys);
      const actions = withOutcomes(entry.actions, outcomes.get(idOf(one)));
      return { entry: { ...entry, actions }, cursor: cursorOf(one) };
    }),
  );
}

/** Returns which pages may have what is searched for. */
async function wantedBy(search: Search, { DB, dataKey }: JournalStore): Promise<Wanted> {
  const { since = 0, until = Number.MAX_SAFE_INTEGER, rule, action, outcome } = search;
  const names = [
    ...(search.trigger === undefined ? [] : [nameIn.trigger(search.trigger)]),
    ...(search.channel === undefined ? [] : [nameIn.channel(search.channel)]),
    ...(search.appId === undefined ? [] : [nameIn.app(search.appId)]),
    ...(search.status === undefined ? [] : [nameIn.status(search.status)]),
    ...(search.ofMessages ? [nameIn.message] : []),
    ...(search.shadow ? [] : [nameIn.active]),
  ];
  const decided = [
    ...(rule === undefined ? [] : [nameIn.rule(rule)]),
    ...(action === undefined ? [] : [nameIn.action(action)]),
    ...(outcome === undefined ? [] : [nameIn.outcome(outcome)]),
  ];
  const common = {
    since,
    until,
    keys: search.keys,
    people: search.people?.map((hash) => refOf(hash, dataKey)),
  };
  if (!isOfAction(search)) return { ...common, names: [...names, ...decided] };
  const reported = await callbacksWithOutcome(
    { rule, action, outcome: RULE_OUTCOMES.includes(outcome ?? '') ? undefined : outcome, since },
    MOST_REPORTED + 1,
    DB,
  );
  return {
    ...common,
    names,
    ...(reported.length <= MOST_REPORTED && { either: { names: decided, ids: reported } }),
  };
}

const isOfAction = ({ action, outcome }: Search): boolean =>
  action !== undefined || (outcome !== undefined && ACTION_OUTCOMES.includes(outcome));

/** Returns whether an entry has what pages are found by. */
function hasAll(entry: StoredEntry, search: Search, { people, since, until }: Wanted): boolean {
  const { trigger, channel, appId, keys = [], status, ofMessages, shadow } = search;
  const { clear } = entry.facts;
  return (
    entry.receivedAt >= since &&
    entry.receivedAt < until &&
    (trigger === undefined || entry.trigger === trigger) &&
    (channel === undefined || entry.channel === channel) &&
    (appId === undefined || entry.appId === appId) &&
    (shadow === true || !entry.shadow) &&
    (people === undefined || entry.people.some((ref) => people.includes(ref))) &&
    keys.every((key) => entry.keys.includes(key)) &&
    (status === undefined || clear.status === status) &&
    (!ofMessages || clear.message_id !== undefined)
  );
}

/** Returns whether a complete entry has the rule, the action and the outcome, and is of the person still. */
function isAsked(entry: Entry, search: Search): boolean {
  const { rule, action, outcome, people } = search;
  // The data of the person was erased: the entry is not found by the person any more.
  if (people && entry.facts.erased) return false;
  if ((search.status !== undefined || search.ofMessages) && entry.facts.erased) return false;
  const ofRule = outcome !== undefined && RULE_OUTCOMES.includes(outcome);
  if (
    isOfAction(search) &&
    !entry.actions.some(
      (one) =>
        (rule === undefined || one.rule === rule) &&
        (action === undefined || one.action === action) &&
        (ofRule || outcome === undefined || one.outcome === outcome),
    )
  )
    return false;
  if (
    (ofRule || (rule !== undefined && !isOfAction(search))) &&
    !entry.rules.some(
      (one) => (rule === undefined || one.rule === rule) && (!ofRule || one.outcome === outcome),
    )
  )
    return false;
  return outcome !== 'none' || entry.rules.length === 0;
}

export type { Position };

import * as v from 'valibot';
import { countedIn, countedRules, hourOf } from './counts.ts';
import type { Entry } from './entry.ts';
import type { Note } from './journal-message.ts';
import type { JournalStore } from './journal-store.ts';
import { insertOutcomes, keepOutcomes } from './outcomes.ts';
import { encodePage, idOf, type StoredEntry, withMore } from './pages/page.ts';
import { insertPage } from './pages/stored-pages.ts';
import { storedTwice } from './pages/stored-twice.ts';
import { makePeopleKeys } from './people-keys.ts';
import { erasedAs, keysFor, sealEntry, type Unsealed, unsealNote } from './seal-entry.ts';

/** The most characters of the JSON of a page's entries: D1 stores 2 MB in a row. */
const PAGE = 1_500_000;

/** A note, and whether the queue delivered it before. */
export interface DeliveredNote {
  readonly note: Note;
  readonly isRedelivered: boolean;
}

/** The most notes of one transaction: D1 takes 2 MB for a parameter. */
const NOTES = 1_000;

/** Writes notes to D1: entries as pages of many. A repeated note changes nothing. */
export async function writeNotes(
  delivered: readonly DeliveredNote[],
  store: JournalStore,
): Promise<void> {
  for (let at = 0; at < delivered.length; at += NOTES)
    await writeTogether(delivered.slice(at, at + NOTES), store);
}

/** Writes notes in one transaction, so that counts and entries agree. */
async function writeTogether(
  delivered: readonly DeliveredNote[],
  store: JournalStore,
): Promise<void> {
  const { DB } = store;
  const found = await newEntries(delivered, store);
  const entries = found.map(({ entry }) => entry);
  const outcomes = delivered.flatMap(({ note }) => (note.kind === 'outcome' ? [note] : []));
  const sealed = await sealEntries(entries, store);
  const pages = await Promise.all(pagesOf(sealed).map(encodePage));
  const statements = [
    ...pages.map((page) => insertPage(page, DB)),
    ...(entries.length > 0 ? [countStatement(found, DB), firedStatement(entries, DB)] : []),
    ...keepOutcomes(entries, DB),
    ...(outcomes.length > 0 ? [insertOutcomes(outcomes, DB)] : []),
  ];
  if (statements.length > 0) await DB.batch(statements);
}

/** An entry to store. */
interface NewEntry {
  readonly entry: Entry;
  /** What it adds to the counts: nothing of the callback where a part of its decision is stored. */
  readonly counted: ReturnType<typeof countedIn>;
}

/**
 * Returns the entries that are not stored yet, each once. A rule with a threshold decides after its callback: its
 * decision is a further part of the stored one.
 */
async function newEntries(
  delivered: readonly DeliveredNote[],
  store: JournalStore,
): Promise<readonly NewEntry[]> {
  const given = new Map<string, { readonly entry: Entry; readonly isRedelivered: boolean }>();
  for (const { note, isRedelivered } of delivered) {
    if (note.kind !== 'entry') continue;
    const other = given.get(idOf(note.entry));
    given.set(idOf(note.entry), {
      entry: other ? withMore(other.entry, note.entry) : note.entry,
      isRedelivered: isRedelivered || (other?.isRedelivered ?? false),
    });
  }
  const all = [...given.values()];
  const known = await storedTwice(
    all.map(({ entry }) => entry),
    all.filter(({ isRedelivered }) => isRedelivered).map(({ entry }) => entry),
    store,
  );
  return all.flatMap(({ entry }): readonly NewEntry[] => {
    const stored = known.get(idOf(entry));
    if (!stored) return [{ entry, counted: countedIn(entry) }];
    const { rules, actions } = withMore(stored, entry);
    const added = rules.slice(stored.rules.length);
    if (added.length === 0 && actions.length === stored.actions.length) return [];
    return [{ entry: { ...entry, rules, actions }, counted: countedRules(added) }];
  });
}

const ErasedRow = v.object({ person: v.string(), at: v.number() });

async function sealEntries(
  entries: readonly Entry[],
  store: JournalStore,
): Promise<readonly StoredEntry[]> {
  if (entries.length === 0) return [];
  const { DB, dataKey } = store;
  const unsealed = await Promise.all(entries.map((entry) => unsealNote(entry, dataKey)));
  const wanted = new Map(
    unsealed
      .flatMap((one) => keysFor(one, dataKey))
      .map((key) => [`${key.period} ${key.ref}`, key]),
  );
  const keys = await makePeopleKeys([...wanted.values()], store);
  // Read after the keys are made: an erasure in between destroys them.
  const erased = await erasedAmong(unsealed, DB);
  const isErased = (hash: string, at: number): boolean => (erased.get(hash) ?? -1) >= at;
  return Promise.all(unsealed.map((one) => sealEntry(one, keys, dataKey, isErased)));
}

async function erasedAmong(
  unsealed: readonly Unsealed[],
  DB: D1Database,
): Promise<ReadonlyMap<string, number>> {
  const { results } = await DB.prepare(
    'SELECT person, at FROM erased_entries WHERE person IN (SELECT value FROM json_each(?))',
  )
    .bind(JSON.stringify([...new Set(unsealed.flatMap(erasedAs))]))
    .all();
  return new Map(v.parse(v.array(ErasedRow), results).map(({ person, at }) => [person, at]));
}

/** Divides entries into pages: each of one class, and none too large for a row. */
function pagesOf(entries: readonly StoredEntry[]): readonly (readonly StoredEntry[])[] {
  const pages: StoredEntry[][] = [];
  for (const some of Map.groupBy(entries, (entry) => entry.class).values()) {
    let room = 0;
    for (const entry of some) {
      const characters = JSON.stringify(entry).length;
      if (room < characters) {
        pages.push([]);
        room = PAGE;
      }
      pages.at(-1)?.push(entry);
      room -= characters;
    }
  }
  return pages;
}

const field = (name: string): string => `json_extract(value, '$.${name}')`;

/** Adds entries to the counts of their hours. */
function countStatement(entries: readonly NewEntry[], DB: D1Database): D1PreparedStatement {
  const counts = new Map<string, { hour: number; kind: string; name: string; n: number }>();
  for (const { entry, counted } of entries)
    for (const [kind, name] of counted) {
      const hour = hourOf(entry.receivedAt);
      const key = `${hour} ${kind} ${name}`;
      counts.set(key, { hour, kind, name, n: (counts.get(key)?.n ?? 0) + 1 });
    }
  return DB.prepare(
    `INSERT INTO counts (hour, kind, name, n)
     SELECT ${['hour', 'kind', 'name', 'n'].map(field).join(', ')} FROM json_each(?1)
     WHERE true ON CONFLICT (hour, kind, name) DO UPDATE SET n = n + excluded.n`,
  ).bind(JSON.stringify([...counts.values()]));
}

/** Notes when rules fired last. */
function firedStatement(entries: readonly Entry[], DB: D1Database): D1PreparedStatement {
  const last = new Map<string, number>();
  for (const { rules, receivedAt } of entries)
    for (const { rule, outcome } of rules)
      if (outcome === 'fired') last.set(rule, Math.max(last.get(rule) ?? 0, receivedAt));
  return DB.prepare(
    `INSERT INTO rules_fired (rule, at) SELECT ${field('rule')}, ${field('at')} FROM json_each(?1)
     WHERE true ON CONFLICT (rule) DO UPDATE SET at = excluded.at WHERE excluded.at > rules_fired.at`,
  ).bind(JSON.stringify([...last].map(([rule, at]) => ({ rule, at }))));
}

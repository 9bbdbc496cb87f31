import type { Decision, Decisions } from '../../src/api/decisions/decisions.ts';
import type { Entry } from '../../src/journal/entry.ts';
import type { Note } from '../../src/journal/journal-message.ts';
import { journalIn } from '../../src/journal/journal-store.ts';
import { decodePage, type StoredEntry } from '../../src/journal/pages/page.ts';
import { searchEntries } from '../../src/journal/search.ts';
import { writeNotes } from '../../src/journal/write.ts';
import { open } from '../../src/services.ts';
import { type Box, env } from './box.ts';

/** What the Worker answers. */
export const asked = async <T>(box: Box, path: string): Promise<T> =>
  (await box.ask(path)).json<T>();

export const decisions = async (box: Box, query = ''): Promise<readonly Decision[]> =>
  (await asked<Decisions>(box, `/v1/decisions${query}`)).decisions;

export const rows = async (sql: string) => (await env.JOURNAL_DB.prepare(sql).all()).results;

/** The entries of all pages as they are stored. */
export async function storedEntries(): Promise<readonly StoredEntry[]> {
  const { results } = await env.JOURNAL_DB.prepare('SELECT data FROM pages ORDER BY id').all<{
    data: number[];
  }>();
  const pages = await Promise.all(results.map(({ data }) => decodePage(Uint8Array.from(data))));
  return pages.flat();
}

/** Everything in the journal, as one text. */
export const journal = async (): Promise<string> =>
  JSON.stringify([
    await storedEntries(),
    await rows('SELECT * FROM decided_actions'),
    await rows('SELECT * FROM drift'),
  ]);

/** The journal as it is read, with everything that can be decrypted. */
export const readable = async (box: Pick<Box, 'bindings'>) =>
  (await searchEntries({ shadow: true }, 10_000, undefined, storeOf(box))).entries;

export const storeOf = ({ bindings }: Pick<Box, 'bindings'>) =>
  journalIn(bindings, open(bindings).dataKey);

/** Writes notes as the queue delivers them the first time. */
export const written = (box: Pick<Box, 'bindings'>, ...notes: readonly Note[]): Promise<void> =>
  writeNotes(
    notes.map((note) => ({ note, isRedelivered: false })),
    storeOf(box),
  );

/** The action of the rule of `entryOf`. */
export const ALERTING = { rule: 'r', action: 'alert', position: 0 } as const;

/** A decision whose rule queued an alert. */
export function entryOf(id: string, kind: Entry['class'], receivedAt: number): Note {
  const facts = { clear: {}, hashed: {}, withheld: [], absent: [] };
  const about = { id, rulebook: 'V', receivedAt, eventTime: receivedAt, appId: '', shadow: false };
  const actions = [{ ...ALERTING, outcome: 'queued' as const }];
  return {
    kind: 'entry',
    entry: { ...about, class: kind, trigger: 'T', rules: [], actions, facts, keys: [] },
  };
}

import { afterEach, expect, test, vi } from 'vitest';
import type { Entry } from '../../src/journal/entry.ts';
import { movePages } from '../../src/journal/pages/move-pages.ts';
import { entriesOf, readEntries, type Search, searchEntries } from '../../src/journal/search.ts';
import { countDecisions } from '../../src/journal/stats.ts';
import { writeNotes } from '../../src/journal/write.ts';
import { openBox } from './box.ts';
import { storeOf, written } from './journal-asked.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const START = Date.parse('2026-11-20T00:00:00Z');
const ENTRIES = 120;

const entry = (n: number): Entry => ({
  ...{ id: `ID${n}`, rulebook: 'V', receivedAt: START + n * 1_000, eventTime: START },
  ...{ class: 'callback', trigger: `T${n % 3}`, appId: 'app', channel: 'SMS', shadow: false },
  ...{ person: `P${n % 5}`, contact: `C${n % 5}`, actions: [], keys: [`k${n}`, `b${n % 4}`] },
  rules: n % 10 === 0 ? [{ rule: 'tenth', outcome: 'fired' }] : [],
  facts: {
    clear: { message_id: `m${n}`, status: n % 2 ? 'DELIVERED' : 'READ' },
    hashed: { identity: `h${n}` },
    ...{ withheld: [], absent: [] },
  },
});
const noteOf = (n: number) => ({ kind: 'entry', entry: entry(n) }) as const;

/** Writes entries in pages whose times overlap. */
async function filled() {
  const box = openBox();
  for (let page = 0; page < 8; page++)
    await written(
      box,
      ...Array.from({ length: ENTRIES / 8 }, (_, n) => noteOf(((n * 8 + page) * 7) % ENTRIES)),
    );
  return box;
}
const named = (ns: readonly number[]): string[] => ns.map((n) => `ID${n}`);
const newest = (fits: (n: number) => boolean = () => true): string[] =>
  named(Array.from({ length: ENTRIES }, (_, n) => ENTRIES - 1 - n).filter(fits));

const SEARCHES: readonly [string, Search, (n: number) => boolean][] = [
  ['everything', {}, () => true],
  ['a person', { people: ['P3', 'nobody'] }, (n) => n % 5 === 3],
  ['a person and more', { people: ['P3'], status: 'READ' }, (n) => n % 5 === 3 && n % 2 === 0],
  ['one key', { keys: ['k17'] }, (n) => n === 17],
  ['all keys', { keys: ['b1', 'k17'] }, (n) => n === 17],
  ['keys of two entries', { keys: ['b2', 'k17'] }, () => false],
  ['a rule', { rule: 'tenth' }, (n) => n % 10 === 0],
  ['a rule that never fired', { rule: 'never' }, () => false],
  ['no rule', { outcome: 'none', trigger: 'T1' }, (n) => n % 10 !== 0 && n % 3 === 1],
  ['a time', { since: START + 50_000, until: START + 60_000 }, (n) => n >= 50 && n < 60],
];

test.each([
  false,
  true,
])('finds what a search of every entry finds, in order (in R2: %s)', async (isMoved) => {
  const store = storeOf(await filled());
  if (isMoved) expect(await movePages(store, START + 3 * 3_600_000)).toBe(8);
  for (const [name, search, fits] of SEARCHES) {
    for (const mostPages of [2, 100]) {
      const found: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const { entries, next } = await searchEntries(search, 11, cursor, store, mostPages);
        found.push(...entries.map(({ entry: { id } }) => id));
        if (next === null) break;
        cursor = next;
      }
      expect([name, mostPages, found]).toEqual([name, mostPages, newest(fits)]);
    }
  }
  const oldest: string[] = [];
  for await (const read of readEntries({ since: 0, until: START * 2 }, store))
    oldest.push(read.entry.id);
  expect(oldest).toEqual(newest().toReversed());
  expect((await entriesOf('ID42', store))[0]?.facts.hashed).toEqual({ identity: 'h42' });
});

test('a search that reads many pages stops with a cursor, and each continuation goes further', async () => {
  const store = storeOf(await filled());
  const cursors: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const { entries, next } = await searchEntries(
      { rule: 'tenth', status: 'never' },
      9,
      cursor,
      store,
      1,
    );
    expect(entries).toEqual([]);
    if (next === null) break;
    cursors.push(next);
    cursor = next;
  }
  expect(cursors.map(Number)).toEqual([...new Set(cursors.map(Number))].sort((a, b) => b - a));
});

test.each([
  ['the queue delivers again', true],
  ['Sinch sends again', false],
])('an entry that %s is stored and counted once', async (_, isRedelivered) => {
  const box = await filled();
  const store = storeOf(box);
  await writeNotes(
    [3, 4, ENTRIES, ENTRIES].map((n) => ({ note: noteOf(n), isRedelivered })),
    store,
  );
  await writeNotes([{ note: noteOf(ENTRIES), isRedelivered }], store);
  const found = await searchEntries({}, 1_000, undefined, store);
  expect(found.entries.map(({ entry: { id } }) => id)).toEqual([`ID${ENTRIES}`, ...newest()]);
  const { callbacks, rules } = await countDecisions(0, store.DB);
  expect([callbacks, rules[0]?.fired]).toEqual([ENTRIES + 1, ENTRIES / 10 + 1]);
});

test('an outcome that was reported later is found, and belongs to its entry', async () => {
  const box = await filled();
  const about = { id: 'ID10', rulebook: 'V', rule: 'tenth', position: 0, action: 'alert' };
  const outcome = { kind: 'outcome', ...about, outcome: 'failed', detail: 'x', at: START } as const;
  await written(box, outcome);
  const found = await searchEntries({ outcome: 'failed' }, 9, undefined, storeOf(box));
  expect(found.entries.map(({ entry: { id, actions } }) => [id, actions[0]?.detail])).toEqual([
    ['ID10', 'x'],
  ]);
});

import { afterEach, expect, test } from 'vitest';
import type { Entry } from '../../src/journal/entry.ts';
import { encodePage, idOf, type StoredEntry } from '../../src/journal/pages/page.ts';
import { insertPage } from '../../src/journal/pages/stored-pages.ts';
import { storedTwice } from '../../src/journal/pages/stored-twice.ts';
import { openBox } from './box.ts';
import { reset } from './storage.ts';

afterEach(reset);

const stored = (n: number): StoredEntry => ({
  ...{ id: `callback-${n}`, rulebook: 'v1', receivedAt: 1_000 + n, eventTime: 1_000 + n },
  ...{ class: 'callback', trigger: 'MESSAGE_DELIVERY', appId: 'app', shadow: false },
  ...{ rules: [], actions: [], keys: [], people: [] },
  facts: { clear: {}, withheld: [], absent: [], erased: false },
});

test('a redelivered entry is found among more pages than are looked through at a time', async () => {
  const { bindings } = openBox();
  const { JOURNAL_DB: DB, ARCHIVE } = bindings;
  const pages = await Promise.all(Array.from({ length: 700 }, (_, n) => encodePage([stored(n)])));
  for (let at = 0; at < pages.length; at += 50)
    await DB.batch(pages.slice(at, at + 50).map((page) => insertPage(page, DB)));
  const asked = [0, 249, 250, 251, 500, 600].map(stored) as unknown as Entry[];
  const found = await storedTwice(asked, asked, { DB, ARCHIVE });
  expect([...found.keys()].toSorted()).toEqual(asked.map(idOf).toSorted());
});

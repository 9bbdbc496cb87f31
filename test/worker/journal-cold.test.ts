import { afterEach, expect, test, vi } from 'vitest';
import { readEntries } from '../../src/journal/search.ts';
import { pruneHourly } from '../../src/stores/prune.ts';
import { type Box, openBox } from './box.ts';
import { decisions, rows, storeOf } from './journal-asked.ts';
import { inbound, PERSON, rating, receipt } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const files = async ({ bindings }: Box): Promise<readonly string[]> =>
  (await bindings.ARCHIVE.list({ prefix: 'journal/' })).objects.map(({ key }) => key);

/** A journal of a STOP and a rating that were moved to R2, and a delivery report that is in D1. */
async function moved(): Promise<Box> {
  const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
  await box.take(inbound('STOP'));
  await box.take(rating('RED'));
  await box.drain(3 * 3600);
  await pruneHourly(box.bindings, Date.now());
  await box.take(receipt('01JLATER', 'DELIVERED'));
  await box.drain(60);
  return box;
}

test('entries that are old enough lie in R2, and are found as before', async () => {
  const box = await moved();
  expect(await files(box)).toHaveLength(2);
  expect(await rows('SELECT id FROM pages WHERE data IS NOT NULL')).toHaveLength(1);
  const table: [string, string[]][] = [
    ['', ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND', 'CHANNEL_EVENT']],
    [`?identity=${PERSON}`, ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND']],
    ['?rule=stop', ['MESSAGE_INBOUND']],
    ['?rule=help', []],
    ['?message_id=01JLATER', ['MESSAGE_DELIVERY']],
    ['?trigger=CHANNEL_EVENT', ['CHANNEL_EVENT']],
  ];
  for (const [query, triggers] of table) {
    const found = (await decisions(box, query)).map(({ trigger }) => trigger);
    expect([query, found.toSorted()]).toEqual([query, triggers.toSorted()]);
  }
  const [stop] = await decisions(box, '?rule=stop');
  const callback = await box.ask(`/v1/decisions/${stop?.id}/callback`);
  expect(await callback.text()).toContain(PERSON);
  const read: string[] = [];
  for await (const { entry } of readEntries({ since: 0, until: Date.now() + 1 }, storeOf(box)))
    read.push(entry.trigger);
  expect(read.toSorted()).toEqual(['CHANNEL_EVENT', 'MESSAGE_DELIVERY', 'MESSAGE_INBOUND']);
});

test('a callback that comes again is no second entry, though the first one lies in R2', async () => {
  const box = await moved();
  await box.take(inbound('STOP'));
  await box.drain(60);
  expect(await decisions(box, '?trigger=MESSAGE_INBOUND')).toHaveLength(1);
});

test('an erasure reaches entries in R2: they cannot be read by any key, nor be found by the person', async () => {
  const box = await moved();
  const [stop] = await decisions(box, '?rule=stop');
  const before = await files(box);
  await box.ask('/v1/erase', {
    method: 'POST',
    body: JSON.stringify({ channel: 'SMS', identity: PERSON, actor: 'ines', reason: 'asked' }),
    headers: { 'content-type': 'application/json' },
  });
  expect(await files(box)).toEqual(before);
  expect(await decisions(box, `?identity=${PERSON}`)).toEqual([]);
  expect((await box.ask(`/v1/decisions/${stop?.id}/callback`)).status).toBe(409);
  expect((await decisions(box)).map(({ trigger }) => trigger).toSorted()).toEqual([
    'CHANNEL_EVENT',
    'MESSAGE_DELIVERY',
    'MESSAGE_INBOUND',
  ]);
});

test('files leave with their pages, proofs of consent later', async () => {
  const box = await moved();
  await pruneHourly(box.bindings, Date.now() + 15 * DAY);
  expect((await files(box)).map((key) => key.split('/')[1])).toEqual(['consent']);
  expect((await decisions(box)).map(({ class: kind }) => kind)).toEqual(['consent']);
  await pruneHourly(box.bindings, Date.now() + 401 * DAY);
  expect(await files(box)).toEqual([]);
  expect(await decisions(box)).toEqual([]);
  // A key leaves with the last entry of its thirty days.
  await pruneHourly(box.bindings, Date.now() + 431 * DAY);
  expect(await rows('SELECT period FROM people_keys')).toEqual([]);
});

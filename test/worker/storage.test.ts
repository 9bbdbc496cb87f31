import { evictAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, test, vi } from 'vitest';
import { evict, evictAll, noteUnfinished, reset } from './storage.ts';

const claims = () => env.CLAIMS.getByName('shard-0');
const pauses = () => env.PAUSES.get(env.PAUSES.idFromName('pauses'));

afterEach(() => vi.restoreAllMocks());
afterEach(reset);

async function store(): Promise<void> {
  await runInDurableObject(claims(), (_, { storage }) => storage.put('left', 1));
  await runInDurableObject(pauses(), (_, { storage }) => storage.put('left', 1));
  await env.DB.exec('CREATE TABLE left_over (id)');
  await env.JOURNAL_DB.exec('CREATE TABLE left_over (id)');
  await env.KV.put('left', '1');
  await env.ARCHIVE.put('left', '1');
}

async function stored(): Promise<readonly string[]> {
  const ofObject = (stub: DurableObjectStub) =>
    runInDurableObject(stub, (_, { storage }) => storage.get('left'));
  const ofDatabase = (database: D1Database) =>
    database.prepare("SELECT name FROM sqlite_master WHERE name = 'left_over'").first('name');
  const all = {
    claims: await ofObject(claims()),
    pauses: await ofObject(pauses()),
    database: await ofDatabase(env.DB),
    journal: await ofDatabase(env.JOURNAL_DB),
    kv: await env.KV.get('left'),
    r2: (await env.ARCHIVE.head('left'))?.key,
  };
  return Object.entries(all).flatMap(([place, left]) => (left ? place : []));
}

test('a reset empties every store', async () => {
  await store();
  expect(await stored()).toHaveLength(6);
  await reset();
  expect(await stored()).toEqual([]);
});

test.each([
  ['every object', evictAll],
  ['one object', () => evict(claims())],
])('a reset empties what a test evicted: %s', async (_, evicting) => {
  await store();
  await evicting();
  await reset();
  expect(await stored()).toEqual([]);
});

test('a reset empties what the runtime evicted after ten idle seconds', async () => {
  await store();
  await evictAllDurableObjects();
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 10_000);
  await reset();
  expect(await stored()).toEqual([]);
});

test('a reset empties an object that another object asked for', async () => {
  await runInDurableObject(claims(), store);
  await evictAll();
  await reset();
  expect(await stored()).toEqual([]);
});

test('a reset waits for work that runs on after an answer', async () => {
  const late = Promise.withResolvers<void>();
  noteUnfinished(late.promise.then(store));
  const emptied = reset();
  late.resolve();
  await emptied;
  expect(await stored()).toEqual([]);
});

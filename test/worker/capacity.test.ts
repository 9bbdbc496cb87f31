import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, test, vi } from 'vitest';
import { open } from '../../src/services.ts';
import { openBox } from './box.ts';
import { minutes, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** Makes an object believe that it stores so many bytes: nobody fills 10 GB in a test. */
const fill = <T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  name: string,
  bytes: number,
) =>
  runInDurableObject(namespace.getByName(name), (_, { storage }) => {
    Object.defineProperty(storage.sql, 'databaseSize', { value: bytes, configurable: true });
  });

test('healthz names stores and queues that are nearly full, before they are', async () => {
  const box = openBox();
  await fill(env.MESSAGES, 'shard-0', 7.1e9);
  await fill(env.RECIPIENTS, 'shard-0', 7.2e9);
  const backlog = { backlogCount: 0, backlogBytes: 18e9, oldestMessageTimestamp: new Date() };
  vi.spyOn(box.bindings.EFFECTS, 'metrics').mockResolvedValue(backlog);
  const { troubles } = await (await box.ask('/healthz')).json<{ troubles: string[] }>();
  expect(troubles).toEqual([
    expect.stringMatching(/^the objects of messages fill 71 % of their 10 GB/),
    expect.stringMatching(/^the objects of recipients fill 72 % of their 10 GB/),
    expect.stringMatching(/^the queue EFFECTS fills 72 % of its 25 GB/),
  ]);
});

test('a shard of messages that is nearly full forgets its oldest messages, and takes new ones', async () => {
  const box = openBox();
  const HOUR = 3_600_000;
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { messages } = open(box.bindings).objects;
  const ids = Array.from({ length: 40 }, (_, n) => `01FULL${n}`);
  for (const id of ids) await box.take(submitted(id));
  vi.setSystemTime(Date.now() + 7 * HOUR);
  await box.take(submitted('01NEWER', { at: minutes(7 * 60) }));
  const shards = Array.from({ length: 16 }, (_, n) => `shard-${n}`);
  for (const name of shards) await fill(env.MESSAGES, name, 8.6e9);
  for (const name of shards)
    await runInDurableObject(env.MESSAGES.getByName(name), (instance) => instance.alarm());
  expect((await messages.of('01NEWER').read()).submitted).toBeDefined();
  const kept = await Promise.all(ids.map((id) => messages.of(id).read()));
  // The shard of the newer one forgot the texts of its older table; the others have one table, which stays.
  expect(kept.some(({ submitted: text }) => text === undefined)).toBe(true);
  expect(kept.every(({ submission }) => submission !== undefined)).toBe(true);
});

import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Change } from '../../../src/objects/changes/change.ts';
import { env } from '../box.ts';
import { reset } from '../storage.ts';
import { DAY, HOUR, NOW } from './sender.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** Rings the alarm of an object. Returns how many rows that wrote, and in how many milliseconds it rings again. */
const ring = (object: DurableObjectStub): Promise<{ written: number; again: number | null }> =>
  runInDurableObject(object, async (instance, { storage }) => {
    let written = 0;
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    vi.spyOn(sql, 'exec').mockImplementation((...given) => {
      const cursor = exec(...given);
      const all = cursor.toArray();
      written += cursor.rowsWritten;
      return Object.assign(all, { toArray: () => all, one: () => all[0] }) as never;
    });
    await storage.deleteAlarm();
    // The two objects below have an alarm.
    await (instance as { alarm?: () => Promise<void> }).alarm?.();
    vi.restoreAllMocks();
    const at = await storage.getAlarm();
    return { written, again: at === null ? null : at - Date.now() };
  });

describe('the feed of changes', () => {
  const feed = () => env.CHANGES.getByName('feed');
  const change = (place: number): Change => ({
    ...{ id: `ada/${place}`, kind: 'capability', at: NOW, recordedAt: NOW, place, subject: 'ada' },
    data: {},
  });

  test('rings once a day and writes nothing until something expires', async () => {
    await feed().append([change(1)]);
    vi.setSystemTime(NOW + DAY);
    await feed().append([change(2)]);
    expect(await ring(feed())).toEqual({ written: 0, again: DAY });
    vi.setSystemTime(NOW + 30 * DAY - 2 * HOUR);
    expect(await ring(feed())).toEqual({ written: 0, again: 2 * HOUR });
    vi.setSystemTime(NOW + 30 * DAY + 1);
    const { written, again } = await ring(feed());
    expect(written).toBeGreaterThan(0);
    expect(again).toBe(DAY - 1);
    vi.setSystemTime(NOW + 31 * DAY + 1);
    expect((await ring(feed())).again).toBe(null);
    expect(await feed().read({ limit: 10 })).toMatchObject({ changes: [], more: false });
  });
});

describe('the feed after a shard lost changes', () => {
  const feed = () => env.CHANGES.getByName('lossy');
  const change = (place: number): Change => ({
    ...{ id: `eve/${place}`, kind: 'capability', at: NOW, recordedAt: NOW, place, subject: 'eve' },
    data: {},
  });

  test('tells each reader that was before them, and none that begins or comes after', async () => {
    await feed().append([change(1)]);
    const { next: before } = await feed().read({ limit: 10 });
    await feed().append([change(7)], true);
    const { missed, changes, next } = await feed().read({ after: before, limit: 10 });
    expect([missed, ...changes.map(({ id }) => id)]).toEqual([true, 'eve/7']);
    expect((await feed().read({ after: next, limit: 10 })).missed).toBe(false);
    const all = await feed().read({ limit: 10 });
    expect([all.missed, all.changes.length]).toEqual([false, 2]);
  });
});

describe('a budget', () => {
  const budget = () => env.BUDGETS.getByName('rare');
  const spend = (key: string) => budget().spend(key, { count: 5, within: HOUR }, Date.now());
  const alarm = () => runInDurableObject(budget(), async (_, { storage }) => storage.getAlarm());

  test('sets its alarm once, and is empty when it rang after its last execution', async () => {
    await spend('one');
    const first = await alarm();
    vi.setSystemTime(NOW + 10 * 60_000);
    await spend('two');
    expect(await alarm()).toBe(first);
    vi.setSystemTime(NOW + 30 * DAY);
    expect((await ring(budget())).again).toBe(10 * 60_000);
    vi.setSystemTime(NOW + 30 * DAY + 10 * 60_000);
    expect((await ring(budget())).again).toBe(null);
    const left = await runInDurableObject(budget(), (_, { storage }) =>
      storage.sql.exec('SELECT key FROM spends').toArray(),
    );
    expect(left).toEqual([]);
  });
});

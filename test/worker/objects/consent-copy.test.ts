import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { evict, reset } from '../storage.ts';
import { ADA, BOB, NOW, shard, stop } from './recipient.ts';

const published = (person: string) => env.KV.get(`consent:${person}`, 'json');

/** Lets a second pass, after which the object publishes what changed. */
async function publish(): Promise<boolean> {
  vi.setSystemTime(Date.now() + 1_000);
  return runDurableObjectAlarm(shard());
}

/** The object's own bindings, which are protected. */
const envOf = (instance: object): Env => Reflect.get(instance, 'env');

/** Makes every write to KV fail, or those of one key, until mocks are restored. */
async function breakKv(key?: string): Promise<void> {
  await runInDurableObject(shard(), (instance) => {
    const { KV } = envOf(instance);
    const put = KV.put.bind(KV);
    vi.spyOn(KV, 'put').mockImplementation(async (...written: Parameters<typeof put>) => {
      if (key !== undefined && written[0] !== key) return put(...written);
      throw new Error('KV PUT failed: 500');
    });
  });
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('the copy in KV', () => {
  test('is written by the object, a second after the change', async () => {
    await shard().change([stop()]);
    expect(await published(ADA)).toBeNull();
    expect(await publish()).toBe(true);
    expect(await published(ADA)).toEqual({
      suppressed: true,
      scopes: { all: true, marketing: true, notification: true },
      since: NOW,
      apps: { '': { all: true, marketing: true, notification: true } },
      others: { all: true, marketing: true, notification: true },
      as_of: NOW + 1_000,
    });
    expect(await runDurableObjectAlarm(shard())).toBe(false);
  });

  test('says so when consent is back, instead of going away', async () => {
    await shard().change([stop()]);
    await publish();
    await shard().change([stop({ key: '2', to: 'in', at: NOW + 1 })]);
    await publish();
    expect(await published(ADA)).toMatchObject({
      suppressed: false,
      scopes: { all: false, marketing: false, notification: false },
    });
  });

  test('is not written again when nothing changed', async () => {
    await shard().change([stop()]);
    await publish();
    await shard().change([stop(), stop({ key: '2', at: NOW + 1 })]);
    expect(await publish()).toBe(false);
  });

  test('holds no word and no address', async () => {
    await shard().change([stop()]);
    await publish();
    expect(await env.KV.get(`consent:${ADA}`)).not.toMatch(/Stop|46732001122/);
  });

  test('survives the eviction of the object before it was written', async () => {
    await shard().change([stop()]);
    await evict(shard());
    await publish();
    expect(await published(ADA)).toMatchObject({ suppressed: true });
  });

  test('is tried again, ever later, while KV fails, and comes when it is back', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await shard().change([stop()]);
    await breakKv();
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      const due =
        (await runInDurableObject(shard(), (_, state) => state.storage.getAlarm())) ?? Number.NaN;
      waits.push(due - Date.now());
      vi.setSystemTime(due);
      expect(await runDurableObjectAlarm(shard())).toBe(true);
    }
    expect(waits).toEqual(
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 1_000),
    );
    expect(await published(ADA)).toBeNull();

    vi.restoreAllMocks();
    vi.setSystemTime(Date.now() + 300_000);
    await runDurableObjectAlarm(shard());
    expect(await published(ADA)).toMatchObject({ suppressed: true });
    expect(await runDurableObjectAlarm(shard())).toBe(false);
  });

  test('of one person does not wait for another’s that fails', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await shard().change([stop(), stop({ person: BOB })]);
    await breakKv(`consent:${ADA}`);
    await publish();
    expect(await published(BOB)).toMatchObject({ suppressed: true });
    expect(await published(ADA)).toBeNull();
  });

  test('that changed while it was being written is written again', async () => {
    await shard().change([stop()]);
    await runInDurableObject(shard(), (instance) => {
      const { KV } = envOf(instance);
      const put = KV.put.bind(KV);
      vi.spyOn(KV, 'put').mockImplementationOnce(async (...written: Parameters<typeof put>) => {
        await put(...written);
        await instance.change([stop({ key: '2', to: 'in', at: NOW + 1 })]);
      });
    });
    await publish();
    expect(await published(ADA)).toMatchObject({ suppressed: true });
    await publish();
    expect(await published(ADA)).toMatchObject({ suppressed: false });
  });

  test('of many people comes in several goes', async () => {
    // Real writes would only be slow here: what counts is who was written, and when.
    const written: string[] = [];
    await runInDurableObject(shard(), (instance) => {
      vi.spyOn(envOf(instance).KV, 'put').mockImplementation(
        async (key: string) => void written.push(key),
      );
    });
    const people = Array.from({ length: 620 }, (_, n) => `person-${n}`);
    await shard().change(people.map((person) => stop({ person })));
    await publish();
    expect(written).toHaveLength(500);
    expect(await runDurableObjectAlarm(shard())).toBe(true);
    expect(await runDurableObjectAlarm(shard())).toBe(false);
    expect(new Set(written)).toEqual(new Set(people.map((person) => `consent:${person}`)));
  });
});

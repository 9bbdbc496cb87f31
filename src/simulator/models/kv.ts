import type { World } from '../world/scheduler.ts';
import { askService } from '../world/service.ts';

interface Entry {
  readonly at: number;
  readonly value: string | null;
  readonly until: number;
}

/**
 * A KV namespace: no write is lost, and a place may read what was there a minute ago, "not found"
 * too.
 */
export interface KvStore {
  /** The binding as a place of the network has it: each isolate is somewhere. */
  readonly bind: (place: number) => object;
  /** What every reader sees in the end. */
  readonly truth: () => ReadonlyMap<string, string>;
  /** Every key with how often it was written. */
  readonly writes: () => ReadonlyMap<string, number>;
}

/**
 * How long a place goes by what it has read. Source: Workers KV, how KV works: at least 30, by
 * default 60 seconds.
 */
const CACHED = 60_000;
/** One write a second for a key. Source: Workers KV, limits. */
const PACE = 1_000;

const failed = (): Error => new Error('KV request failed: 500 Internal Server Error');

/** Opens an empty namespace. */
export function openKv(world: World): KvStore {
  const entries = new Map<string, Entry>();
  const writes = new Map<string, number>();
  const caches = new Map<number, Map<string, { readonly at: number; readonly entry: Entry }>>();
  const service = { kind: 'kv', error: failed, mayHang: false } as const;
  const nothing: Entry = { at: 0, value: null, until: Number.POSITIVE_INFINITY };

  const put = (key: string, value: string | null, ttl?: number): void => {
    const now = world.now();
    const before = entries.get(key);
    if (value !== null && before && now - before.at < PACE)
      throw new Error('KV PUT failed: 429 Too Many Requests');
    entries.set(key, {
      at: now,
      value,
      until: ttl === undefined ? Number.POSITIVE_INFINITY : now + ttl * 1_000,
    });
    writes.set(key, (writes.get(key) ?? 0) + 1);
    world.log('kv.put', { key, value: value?.slice(0, 80) });
  };

  function get(key: string, place: number): string | null {
    const now = world.now();
    const cache = caches.get(place) ?? new Map();
    caches.set(place, cache);
    const known = cache.get(key);
    const entry = known && now - known.at < CACHED ? known.entry : (entries.get(key) ?? nothing);
    if (entry !== known?.entry || now - known.at >= CACHED) cache.set(key, { at: now, entry });
    return entry.until > now ? entry.value : null;
  }

  return {
    bind: (place) => ({
      get: (key: string, how?: string | { readonly type?: string }) =>
        askService(world, service, () => {
          const text = get(key, place);
          const type = typeof how === 'string' ? how : how?.type;
          return type === 'json' && text !== null ? JSON.parse(text) : text;
        }),
      put: (key: string, value: string, options?: { readonly expirationTtl?: number }) =>
        askService(world, service, () => put(key, value, options?.expirationTtl)),
      delete: (key: string) => askService(world, service, () => put(key, null)),
      list: ({ prefix = '' }: { readonly prefix?: string } = {}) =>
        askService(world, service, () => ({
          keys: [...entries.keys()]
            .filter((key) => key.startsWith(prefix) && get(key, place) !== null)
            .sort()
            .map((name) => ({ name })),
          list_complete: true,
        })),
    }),
    truth: () =>
      new Map(
        [...entries].flatMap(([key, { value, until }]) =>
          value !== null && until > world.now() ? [[key, value] as const] : [],
        ),
      ),
    writes: () => writes,
  };
}

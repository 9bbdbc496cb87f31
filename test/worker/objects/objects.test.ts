import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import type { Address } from '../../../src/callbacks/model.ts';
import { openDataKey } from '../../../src/crypto/data-key.ts';
import { openObjects } from '../../../src/objects/index.ts';
import type { Recipients } from '../../../src/objects/recipients/recipients.ts';
import type { ConsentRequest } from '../../../src/objects/recipients/recipients-client.ts';
import { SHARDS, shardOf } from '../../../src/objects/shards.ts';
import { reset } from '../storage.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
const NOW = Date.parse('2100-01-01T00:00:00Z');
const dataKey = openDataKey('test-data-key-test-data-key-test-data-key');
const objects = openObjects(env, dataKey);
const sms = (identity: string): Address => ({ channel: 'SMS', identity, appId: '' });
const stop = (address: Address, more: Partial<ConsentRequest> = {}): ConsentRequest => ({
  key: 'callback-1/stop/0',
  address,
  scope: 'all',
  to: 'out',
  at: NOW,
  source: 'keyword',
  ...more,
});

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('the types that wrangler writes', () => {
  test('know the objects’ classes: "any" would let every call through', () => {
    expectTypeOf<Env['RECIPIENTS']>().toEqualTypeOf<DurableObjectNamespace<Recipients>>();
  });
});

describe('shards', () => {
  test('stay where they are: the first deployment looks for people there for ever', () => {
    expect(SHARDS).toBe(16);
    expect(
      ['', 'a', 'ADAADAADAADAADAADAADAADAAD', '01HZX8Y9Q0V5T6M7N8P9R0S1T2'].map(shardOf),
    ).toEqual([9, 0, 5, 12]);
  });

  test('share keys about evenly', async () => {
    const counts = new Map<number, number>();
    for (let n = 0; n < 1_600; n++) {
      const at = shardOf(await dataKey.hash(`person ${n}`));
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
    expect(counts.size).toBe(SHARDS);
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(60);
      expect(count).toBeLessThan(150);
    }
  });
});

describe('recipients', () => {
  test.each<[string, Address, Address]>([
    ['with and without a plus', sms('+46732001122'), sms('46732001122')],
    ['with a leading 00', sms('0046732001122'), sms('46732001122')],
    [
      'on SMS and on MMS',
      sms('46732001122'),
      { channel: 'MMS', identity: '+46732001122', appId: 'app-1' },
    ],
  ])('are one person %s', async (_, said, asked) => {
    await objects.recipients.change([stop(said)]);
    expect(await objects.recipients.read([asked])).toMatchObject([{ suppressed: true }]);
    expect(await objects.recipients.personOf(said)).toBe(await objects.recipients.personOf(asked));
  });

  test.each<[string, Address]>([
    ['on another channel', { channel: 'WHATSAPP', identity: '46732001122', appId: '' }],
    ['with another number', sms('46732001123')],
  ])('are another person %s', async (_, asked) => {
    await objects.recipients.change([stop(sms('46732001122'))]);
    expect(await objects.recipients.read([asked])).toMatchObject([{ suppressed: false }]);
  });

  test('that a deployment links share a consent', async () => {
    const linked = openObjects(env, dataKey, { WHATSAPP: 'SMS' });
    await linked.recipients.change([stop(sms('46732001122'))]);
    expect(
      await linked.recipients.read([{ channel: 'WHATSAPP', identity: '46732001122', appId: '' }]),
    ).toMatchObject([{ suppressed: true }]);
  });

  test('are answered in request order, with one call a shard and one look-up of links', async () => {
    const people = Array.from({ length: 300 }, (_, n) => sms(`4673200${1_000 + n}`));
    const third = people.filter((_, n) => n % 3 === 0);
    const calls = countCalls();
    const outcomes = await calls.objects.recipients.change(
      third.map((address, n) => stop(address, { key: `key-${n}` })),
    );
    expect(outcomes).toHaveLength(third.length);
    const consents = await calls.objects.recipients.read(people);
    expect(consents.map(({ suppressed }) => suppressed)).toEqual(people.map((_, n) => n % 3 === 0));
    expect(consents.map(({ person }) => person)).toEqual(
      await Promise.all(people.map(objects.recipients.personOf)),
    );
    expect(calls.asked()).toBeLessThanOrEqual(3 * SHARDS);
  });

  test('of whom none is asked need no call', async () => {
    const calls = countCalls();
    expect(await calls.objects.recipients.read([])).toEqual([]);
    expect(calls.asked()).toBe(0);
  });

  test('appear in the objects by their keyed hash; the address only where an export needs it', async () => {
    await objects.recipients.change([stop(sms('46732001122'))]);
    const person = await objects.recipients.personOf(sms('46732001122'));
    expect(person).toMatch(/^[0-9A-Z]{26}$/);
    const [row] = await runInDurableObject(
      env.RECIPIENTS.getByName(`shard-${shardOf(person)}`),
      (_, { storage }) => storage.sql.exec('SELECT * FROM changes').toArray(),
    );
    expect(row).toMatchObject({ person, channel: 'SMS', identity: '46732001122' });
    expect(await objects.recipients.erase(sms('+46732001122'), NOW)).toEqual({
      addresses: 1,
      words: 0,
      capabilities: 0,
      deliveries: 0,
      links: 0,
      preferences: 0,
    });
  });

  test('have a capability a channel, whatever family the channel belongs to', async () => {
    const mms = { channel: 'MMS', identity: '46732001122', appId: '' };
    await objects.recipients.noteCapability({
      address: mms,
      status: 'NO_CAPABILITY',
      at: NOW,
      callbackId: '1',
    });
    expect(await objects.recipients.read([sms('46732001122')])).toMatchObject([
      { capability: [{ channel: 'MMS', status: 'NO_CAPABILITY' }] },
    ]);
    expect(
      await objects.recipients.capabilityBefore({
        address: mms,
        status: 'CAPABILITY_FULL',
        at: NOW + 1,
        callbackId: '2',
      }),
    ).toEqual({
      previous: 'NO_CAPABILITY',
    });
  });
});

describe('entities in the EU', () => {
  test('lie in objects of that jurisdiction, apart from all others', async () => {
    const namespaces = [
      ...[env.RECIPIENTS, env.SENDERS, env.MESSAGES, env.CLAIMS, env.FIFO, env.TALLY],
      ...[env.ALERT_GROUPS, env.ALERT_DESK, env.PAUSES, env.BUDGETS, env.REFUSALS],
      ...[env.HEARTBEATS, env.CHANGES],
    ];
    const placed = namespaces.map((namespace) =>
      vi.spyOn(namespace, 'jurisdiction').mockReturnThis(),
    );
    openObjects(env, dataKey, undefined, 'eu');
    for (const spy of placed) expect(spy).toHaveBeenCalledWith('eu');
    openObjects(env, dataKey);
    for (const spy of placed) expect(spy).toHaveBeenCalledTimes(1);
  });
});

describe('senders and claims', () => {
  test('are reached by what they are about', async () => {
    const red = objects.senders.of('app-1', 'WHATSAPP');
    await red.limit({
      rule: 'red',
      rate: '0',
      content: 'marketing',
      until: NOW + 1_000,
      at: NOW,
      callbackId: '1',
    });
    expect(await red.permit({ content: 'marketing', count: 1, now: NOW })).toEqual({
      granted: 0,
      retryAfter: 1,
    });
    expect((await objects.senders.of('app-1', 'SMS').read(NOW)).throttle).toBeNull();
    await red.release({ at: NOW + 1, callbackId: '2' });
    expect((await red.read(NOW)).throttle).toBeNull();

    expect(await objects.claims.take('effect', 1_000, NOW, 'me')).toBe('taken');
    await objects.claims.lapse('effect', 'me');
    expect(await objects.claims.take('effect', 1_000, NOW, 'me')).toBe('lapsed');
    await objects.claims.free('effect', 'me');
    expect(await objects.claims.take('effect', 1_000, NOW, 'me')).toBe('taken');
    await objects.claims.done('effect');
    expect(await objects.claims.take('effect', 1_000, NOW, 'me')).toBe('done');
  });
});

/** The entities, with the stubs counted that they ask for people. */
function countCalls(): { readonly objects: typeof objects; readonly asked: () => number } {
  let stubs = 0;
  const getByName = env.RECIPIENTS.getByName.bind(env.RECIPIENTS);
  vi.spyOn(env.RECIPIENTS, 'getByName').mockImplementation((name) => {
    stubs++;
    return getByName(name);
  });
  return { objects: openObjects(env, dataKey), asked: () => stubs };
}

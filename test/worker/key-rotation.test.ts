import { afterEach, describe, expect, test, vi } from 'vitest';
import { openDataKey } from '../../src/crypto/data-key.ts';
import { reEncryptStored } from '../../src/stores/keys/re-encrypt.ts';
import worker from '../../src/worker.ts';
import { type Box, env, openBox } from './box.ts';
import { live } from './erasing.ts';
import { decisions } from './journal-asked.ts';
import { inbound, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const OLD = 'test-data-key-test-data-key-test-data-key';
const NEW = 'rotated-key-rotated-key-rotated-key-rotated';
const NEWER = 'newer-key-newer-key-newer-key-newer-key-newer';
const DAY = 86_400_000;

const night = async (box: Box, days = 1): Promise<void> => {
  vi.setSystemTime(Date.now() + days * DAY);
  const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
  const scheduled = { cron: '17 3 * * *', scheduledTime: Date.now(), noRetry: () => {} };
  await worker.scheduled(scheduled, box.bindings, context as unknown as ExecutionContext); // only waitUntil is used
};
/** Where a deployment keeps encrypted texts for longer than some days. */
const SEALED = [
  'dead_letters',
  'held',
  'reviews',
  'contact_addresses',
  'journal_keys',
  'R2 consent/',
];
/** The ids of the keys under which each of these stores has texts. */
async function keysIn(): Promise<Record<string, readonly string[]>> {
  const found: Record<string, Set<string>> = {};
  for (const store of await sealedTexts())
    for (const [, id = ''] of store.text.matchAll(
      /"?\b(1|2[0-9A-Z]{8})\.[A-Za-z0-9+/=]{16}\.[A-Za-z0-9+/=]+/g,
    ))
      found[store.name] = (found[store.name] ?? new Set()).add(id);
  return Object.fromEntries(Object.entries(found).map(([name, ids]) => [name, [...ids]]));
}
async function sealedTexts(): Promise<readonly { name: string; text: string }[]> {
  const tables = {
    dead_letters: 'work',
    held: 'work',
    reviews: 'details',
    contact_addresses: 'address',
  };
  const rows = async (db: D1Database, table: string, column: string) => {
    const { results } = await db
      .prepare(`SELECT ${column} AS text FROM ${table}`)
      .all<{ text: string }>();
    return results.map(({ text }) => ({ name: table, text: String(text) }));
  };
  const files = (await env.ARCHIVE.list({ prefix: 'consent/' })).objects.filter(({ key }) =>
    /\d+-\d+$/.test(key),
  );
  return [
    ...(
      await Promise.all(
        Object.entries(tables).map(([table, column]) => rows(env.DB, table, column)),
      )
    ).flat(),
    ...(await rows(env.JOURNAL_DB, 'journal_keys', 'secret')),
    ...(await Promise.all(
      files.map(async ({ key }) => ({
        name: 'R2 consent/',
        text: (await (await env.ARCHIVE.get(key))?.text()) ?? '',
      })),
    )),
  ];
}
/** A deployment in which every such store has something about the person, before its key is rotated. */
async function settled(): Promise<void> {
  const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
  await live(box);
  await box.ask('/v1/pauses', {
    method: 'POST',
    body: JSON.stringify({ kind: 'action', name: 'alert', actor: 'test', reason: 'held' }),
    headers: { 'content-type': 'application/json' },
  });
  vi.setSystemTime(Date.now() + 10_000);
  await box.take({
    app_id: 'A',
    event_time: new Date(Date.now()).toISOString(),
    message: {
      id: '01JHELD',
      direction: 'TO_APP',
      contact_message: { text_message: { text: 'Hello' } },
      channel_identity: { channel: 'SMS', identity: PERSON, app_id: '' },
    },
  });
  await box.drain();
  await box.ask('/v1/consent/backups', { method: 'POST' });
}

describe('a rotated key', () => {
  test('encrypts what is stored from now on, and older texts can still be read', async () => {
    await settled();
    const box = openBox({}, { DATA_KEYS: JSON.stringify([NEW]), JOURNAL_PAYLOAD: 'keep' });
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { id: string }[];
    }>();
    expect(letters.length).toBeGreaterThan(0);
    for (const { id } of letters)
      expect((await box.ask(`/v1/dead-letters/${id}/redeliver`, { method: 'POST' })).status).toBe(
        200,
      );
    expect((await box.ask('/v1/reviews')).status).toBe(200);
    await box.take(inbound('please stop this', { id: '01JNEW' }));
    await box.drain();
    const { newest } = openDataKey(OLD, [NEW]);
    expect((await keysIn()).reviews?.toSorted()).toEqual(['1', newest]);
    // The journal has one master key, which the nightly run re-encrypts.
    expect((await decisions(box)).length).toBeGreaterThan(5);
  });

  test('is the only one after two nights, in every store, and people stay who they were', async () => {
    await settled();
    const before = await keysIn();
    expect(Object.keys(before).toSorted()).toEqual(SEALED.toSorted());
    expect(new Set(Object.values(before).flat())).toEqual(new Set(['1']));
    const box = openBox({}, { DATA_KEYS: JSON.stringify([NEW]), JOURNAL_PAYLOAD: 'keep' });
    await night(box);
    await night(box);
    const { newest, decrypt } = openDataKey(OLD, [NEW]);
    const after = await keysIn();
    expect(new Set(Object.values(after).flat())).toEqual(new Set([newest]));
    for (const { text } of await sealedTexts())
      if (text.startsWith('2')) expect(await decrypt(text)).not.toBe('');
    expect(await (await box.ask(`/v1/recipients/SMS/+${PERSON}`)).json()).toMatchObject({
      suppressed: true,
    });
    // A third rotation, without the first rotated key in between.
    const later = openBox({}, { DATA_KEYS: JSON.stringify([NEWER, NEW]), JOURNAL_PAYLOAD: 'keep' });
    await night(later);
    await night(later);
    expect(new Set(Object.values(await keysIn()).flat())).toEqual(
      new Set([openDataKey(OLD, [NEWER]).newest]),
    );
  });

  test('does nothing in a deployment that has none', async () => {
    await settled();
    const before = await sealedTexts();
    const log = vi.spyOn(console, 'log');
    await reEncryptStored(env, openDataKey(OLD), Date.now());
    expect(log.mock.calls.flat()).toEqual([]);
    expect(await sealedTexts()).toEqual(before);
  });

  test('ends after two passes, and starts again for another key', async () => {
    await settled();
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const passes = async (key: ReturnType<typeof openDataKey>, at: number) => {
      log.mockClear();
      await reEncryptStored(env, key, at);
      return log.mock.calls.flat().map(({ passes: count }) => count);
    };
    const key = openDataKey(OLD, [NEW]);
    expect(await passes(key, 0)).toEqual([1]);
    expect(await passes(key, 60_000)).toEqual([]);
    expect(await passes(key, DAY)).toEqual([2]);
    expect(await passes(key, 2 * DAY)).toEqual([]);
    expect(await passes(openDataKey(OLD), 3 * DAY)).toEqual([1]);
  });

  test('that is taken away too early leaves its records as they are, and says so', async () => {
    await settled();
    await reEncryptStored(env, openDataKey(OLD, [NEW]), 0);
    const before = await sealedTexts();
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    await reEncryptStored(env, openDataKey(OLD, [NEWER]), DAY);
    expect(logged.mock.calls.flat()).toContainEqual({
      event: 'keys.lost',
      where: 'dead_letters work',
      message: 'encrypted data: DATA_KEYS lacks the key that encrypted it',
    });
    expect(await sealedTexts()).toEqual(before);
  });

  test('of a night that fails continues in the next one', async () => {
    await settled();
    const key = openDataKey(OLD, [NEW]);
    const away = {
      ...env,
      JOURNAL_DB: {
        prepare: () => {
          throw new Error('D1 is away');
        },
      } as unknown as D1Database,
    }; // it only fails
    await expect(reEncryptStored(away, key, 0)).rejects.toThrow('D1 is away');
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await reEncryptStored(env, key, DAY);
    expect(log.mock.calls.flat()).toMatchObject([{ passes: 1 }]);
    expect(new Set(Object.values(await keysIn()).flat())).toEqual(new Set([key.newest]));
  });

  test('lets held work be released, whose nonce stays', async () => {
    await settled();
    const box = openBox({}, { DATA_KEYS: JSON.stringify([NEW]) });
    await night(box);
    const { held } = await (await box.ask('/v1/held')).json<{ held: { id: string }[] }>();
    expect(held.length).toBeGreaterThan(0);
    const body = JSON.stringify({ id: held[0]?.id, actor: 'test', reason: 'go' });
    const headers = { 'content-type': 'application/json' };
    expect((await box.ask('/v1/held/release', { method: 'POST', body, headers })).status).toBe(200);
    const rest = await (await box.ask('/v1/held')).json<{ held: object[] }>();
    expect(rest.held).toHaveLength(held.length - 1);
  });
});

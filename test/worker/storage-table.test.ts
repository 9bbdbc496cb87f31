import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import PAGE from '../../docs/reference/storage.md?raw';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { ingest } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import { reEncryptStored } from '../../src/stores/keys/re-encrypt.ts';
import { pruneHourly } from '../../src/stores/prune.ts';
import WRANGLER from '../../wrangler.toml?raw';
import { env, openBox } from './box.ts';
import { publish, rules } from './publisher.ts';
import { APP, inbound, minutes, rating, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const ticked = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

/** Store → what stands in backticks in the first column of its table. */
const KEYS = new Map(
  PAGE.split('\n## ')
    .slice(1)
    .map((section) => [
      section.split('\n')[0] ?? '',
      section
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .flatMap((line) => ticked(line.split(' | ')[0] ?? '')),
    ]),
);
const keysOf = (store: string): readonly string[] => KEYS.get(store) ?? [];
const named = (pattern: RegExp): string[] => [
  // Other environments repeat the bindings under names of their own.
  ...new Set(
    [...(WRANGLER.split('\n[env.')[0] ?? '').matchAll(pattern)].map(([, name]) => name ?? ''),
  ),
];

/** `consent:<person>` → a pattern that a key must fit. */
const fitting = (key: string): RegExp =>
  new RegExp(`^${key.replace(/<[^>]+>/g, '.+')}${key.endsWith('/') ? '.+' : '$'}`);

describe('docs/reference/storage.md', () => {
  test('names the Durable Objects that are bound, and no other', () => {
    expect(keysOf('Durable Object').toSorted()).toEqual(
      named(/^class_name = "(.+)"$/gm).toSorted(),
    );
  });

  test('names the queues that are bound, and no other', () => {
    expect(keysOf('Queue').toSorted()).toEqual(
      named(/^(?:queue|dead_letter_queue) = "(.+)"$/gm).toSorted(),
    );
  });

  test('names the tables that the migrations make, and no other', async () => {
    const tablesOf = async (DB: D1Database) =>
      DB.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name <> 'd1_migrations'",
      ).all<{ name: string }>();
    const tables = await Promise.all([env.DB, env.JOURNAL_DB].map(tablesOf));
    const names = tables.flatMap(({ results }) => results.map(({ name }) => name));
    expect(keysOf('D1').toSorted()).toEqual(names.toSorted());
  });

  test('names each key that a bit of everything leaves in KV and R2, and none that is never written', async () => {
    const found = await keysAfterABitOfEverything();
    for (const store of ['KV', 'R2'] as const) {
      const patterns = keysOf(store).map((key) => ({ key, fits: fitting(key) }));
      expect(found[store].filter((key) => !patterns.some(({ fits }) => fits.test(key)))).toEqual(
        [],
      );
      expect(patterns.filter(({ fits }) => !found[store].some((key) => fits.test(key)))).toEqual(
        [],
      );
    }
  });
});

/** Lets the whole way work once, whatever can be stored, and lists the keys of KV and R2. */
async function keysAfterABitOfEverything() {
  const box = openBox();
  await box.take(rating('RED'));
  await box.take(submitted('01JTABLE'));
  await box.take(receipt('01JTABLE', 'FAILED', { code: 'RATE_LIMITED' }));
  await box.take({
    app_id: APP,
    record_notification: {
      call_id: 'call-1',
      recording_id: 'rec-1',
      recording_url: 'https://storage.sinch.com/files/rec-1.wav',
      duration_seconds: 3,
      format: 'wav',
    },
  });
  await box.take({
    app_id: APP,
    unsupported_callback: {
      channel: 'LINE',
      payload: JSON.stringify({ filler: 'x'.repeat(150_000) }),
      id: '01JLARGE',
    },
  });
  expect((await box.post('{"app_id": "a"')).status).toBe(200);
  await archiveOfAPicture(box.bindings);
  await box.drain(3600);
  await box.take(inbound('STOP'));
  await box.drain(60);
  await box.ask('/v1/consent/backups', { method: 'POST' });
  const recipients = [
    { addresses: [{ channel: 'SMS', identity: '12025550147' }], app_id: APP, content: 'other' },
  ];
  const asked = await box.ask('/v1/channels', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ recipients }),
  });
  expect(await asked.json()).toMatchObject({ results: [{}] });
  await publish(box, rules());
  // Both publish to KV by their alarm.
  for (const id of await listDurableObjectIds(env.RECIPIENTS))
    await runInDurableObject(env.RECIPIENTS.get(id), (recipients) => recipients.alarm());
  for (const id of await listDurableObjectIds(env.SENDERS))
    await runInDurableObject(env.SENDERS.get(id), (senders) => senders.alarm());
  // What the hourly run does with a journal that is some hours old.
  await pruneHourly(box.bindings, Date.now() + 3 * 3_600_000);
  // What the nightly run does after a rotation of keys.
  const rotated = openBox({}, { DATA_KEYS: JSON.stringify(['another-data-key-another-data-key']) });
  await reEncryptStored(rotated.bindings, open(rotated.bindings).dataKey, Date.now());
  const keys = async (list: { keys: { name: string }[] }) => list.keys.map(({ name }) => name);
  return {
    KV: await keys(await env.KV.list()),
    R2: (await env.ARCHIVE.list()).objects.map(({ key }) => key),
  };
}

/** A rule of one's own that archives media. */
async function archiveOfAPicture(bindings: Env): Promise<void> {
  const rule = {
    name: 'pictures',
    why: 'to try it',
    owner: 'tests',
    on: ['MESSAGE_INBOUND'],
    when: { fact: 'media_url', operator: 'present' },
    then: [{ action: 'archive' }],
  };
  const { rulebook } = compile(
    { rules: { 'pictures.json': rule }, lists: {}, conditions: {}, alerts: {} },
    actions,
    'try',
  );
  const text = inbound('', { id: '01JPICTURE', at: minutes(-1) });
  const callback = {
    ...text,
    message: {
      ...text.message,
      contact_message: { media_message: { url: 'https://storage.sinch.com/files/a.png' } },
    },
  };
  const read = await readCallback(new TextEncoder().encode(JSON.stringify(callback)), Date.now());
  await ingest(read, { ...open(bindings), rulebook: async () => rulebook });
}

import { runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openDataKey } from '../../src/crypto/data-key.ts';
import { shardOf } from '../../src/objects/shards.ts';
import { open } from '../../src/services.ts';
import type { Restored } from '../../src/stores/consent-backups/consent-backup.ts';
import { type Box, env, openBox } from './box.ts';
import { inbound, minutes, opt, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const KEY = 'test-data-key-test-data-key-test-data-key';

describe('the record of consent', () => {
  const consent = (box: Box, path: string, body?: object) =>
    box.ask(`/v1/consent/${path}`, {
      method: 'POST',
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  test('comes back from its backup when a shard is lost', async () => {
    const box = openBox();
    const people = Array.from({ length: 40 }, (_, n) => `467017406${10 + n}`);
    for (const identity of people)
      await box.take(inbound('STOP', { identity, id: `01J${identity}`, at: minutes(-5) }));
    const { name, rows } = await (await consent(box, 'backups')).json<{
      name: string;
      rows: number;
    }>();
    expect(rows).toBe(40);
    const states = async () =>
      Promise.all(
        people.map(
          async (identity) =>
            (
              await (
                await box.ask(`/v1/recipients/SMS/${identity}`)
              ).json<{ suppressed: boolean }>()
            ).suppressed,
        ),
      );
    await runInDurableObject(env.RECIPIENTS.getByName('shard-3'), (_, state) =>
      state.storage.sql.exec('DELETE FROM changes'),
    );
    const lost = (await states()).filter((suppressed) => !suppressed).length;
    expect(lost).toBeGreaterThan(0);
    let missing = 0;
    for (let shard = 0; shard < 16; shard++)
      missing += (
        await (await consent(box, 'restore', { backup: name, shard })).json<{ missing: number }>()
      ).missing;
    expect(missing).toBe(lost);
    expect(await states()).toEqual(people.map(() => true));
  });

  test.each<[string, (file: string) => Promise<unknown>, string]>([
    ['is gone', (file) => env.ARCHIVE.delete(file), 'the file is missing'],
    [
      'was sealed with another key',
      async (file) =>
        env.ARCHIVE.put(file, await openDataKey('another-key-another-key-another').encrypt('[]')),
      'encrypted data: DATA_KEY does not decrypt it',
    ],
    ['is broken', (file) => env.ARCHIVE.put(file, 'x'), 'encrypted data: unknown format'],
    [
      'holds something else',
      async (file) => env.ARCHIVE.put(file, await openDataKey(KEY).encrypt('[{}]')),
      'the file does not contain',
    ],
  ])('comes back but for a page of its backup that %s, which is named', async (_, spoil, message) => {
    const box = openBox();
    // More than one page on one shard.
    const person = { channel: 'SMS', identity: PERSON, appId: '' };
    const { objects } = open(box.bindings);
    const place = shardOf(await objects.recipients.personOf(person));
    await objects.recipients.change([
      { key: 'k00000', address: person, scope: 'all', to: 'out', at: 1, source: 'opt' },
    ]);
    await runInDurableObject(env.RECIPIENTS.getByName(`shard-${place}`), (_, state) =>
      state.storage.sql.exec(`
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2099)
        INSERT INTO changes SELECT person, printf('k%05d', i), 1 + i, received, scope, "to", source, app, reach, words, callback_id, rule,
          rulebook, actor, reason, channel, identity, app_id, answer, undone, evidence, imported, hops FROM changes, n`),
    );
    const { name } = await (await consent(box, 'backups')).json<{ name: string }>();
    await spoil(`consent/${name}/${place}-0`);
    await runInDurableObject(env.RECIPIENTS.getByName(`shard-${place}`), (_, state) =>
      state.storage.sql.exec('DELETE FROM changes'),
    );
    const answer = await (
      await consent(box, 'restore', { backup: name, shard: place })
    ).json<Restored>();
    expect(answer).toEqual({
      rows: 100,
      missing: 100,
      lost: [{ file: `consent/${name}/${place}-0`, message: expect.stringContaining(message) }],
    });
    expect(await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json()).toMatchObject({
      suppressed: true,
    });
  });

  test('comes back without the address and the words of somebody who was erased since', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { at: minutes(-5) }));
    const { name } = await (await consent(box, 'backups')).json<{ name: string }>();
    const erased = { channel: 'SMS', identity: PERSON, actor: 'ines', reason: 'she asked' };
    await box.ask('/v1/erase', { method: 'POST', body: JSON.stringify(erased) });
    const place = shardOf(
      await open(box.bindings).objects.recipients.personOf({
        channel: 'SMS',
        identity: PERSON,
        appId: '',
      }),
    );
    const shard = env.RECIPIENTS.getByName(`shard-${place}`);
    await runInDurableObject(shard, (_, state) => state.storage.sql.exec('DELETE FROM changes'));
    await consent(box, 'restore', { backup: name, shard: place });
    const found = await runInDurableObject(shard, (_, state) =>
      state.storage.sql.exec('SELECT identity, words, "to" FROM changes').toArray(),
    );
    expect(found).toEqual([{ identity: null, words: null, to: 'out' }]);
    expect(await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json()).toMatchObject({
      suppressed: true,
    });
  });

  test('holds nobody in clear in its backup', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    await consent(box, 'backups');
    for (const { key } of (await env.ARCHIVE.list({ prefix: 'consent/' })).objects)
      expect(await (await env.ARCHIVE.get(key))?.text()).not.toContain(PERSON);
  });

  test('gives back what a wrong rule took, and keeps the history', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { at: minutes(-5) }));
    await box.take(opt('OPT_OUT_SUCCEEDED', minutes(-4)));
    const undo = { rule: 'stop', since: minutes(-60), actor: 'ines', reason: 'the rule was wrong' };
    const dry = await consent(box, 'undo', { ...undo, dry_run: true });
    expect(await dry.json()).toMatchObject({ people: 1, changes: 1 });
    expect(await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json()).toMatchObject({
      suppressed: true,
    });
    const answer = await consent(box, 'undo', undo);
    expect(await answer.json()).toMatchObject({ people: 1, changes: 1 });
    expect(await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json()).toMatchObject({
      suppressed: false,
      history: [{ rule: 'stop' }],
    });
    expect(await (await box.ask(`/v1/recipients/VIBERBM/${PERSON}`)).json()).toMatchObject({
      suppressed: true,
    });
  });

  test.each([
    '1h',
    minutes(30),
  ])('gives back what a rule did since %s by when that was put on record', async (since) => {
    const box = openBox();
    await box.take(inbound('STOP', { id: '01JEARLIER', identity: '46701740611', at: minutes(0) }));
    vi.setSystemTime(Date.parse(minutes(90)));
    // Two hours old, and processed just now.
    await box.take(inbound('STOP', { id: '01JLATE', at: minutes(-30) }));
    const hand = { actor: 'ines', reason: 'a wrong word' };
    const answer = await consent(box, 'undo', { rule: 'stop', since, ...hand });
    expect(await answer.json()).toMatchObject({ people: 1, changes: 1 });
    expect(await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json()).toMatchObject({
      suppressed: false,
    });
    expect(await (await box.ask('/v1/recipients/SMS/46701740611')).json()).toMatchObject({
      suppressed: true,
    });
  });

  test('counts the people and the changes that it takes back, also after a restore', async () => {
    const box = openBox();
    for (const [n, text] of ['STOP', 'START', 'STOP'].entries())
      await box.take(inbound(text, { id: `01J${n}`, at: minutes(n - 5) }));
    const since = new Date().toISOString();
    const place = shardOf(
      await open(box.bindings).objects.recipients.personOf({
        channel: 'SMS',
        identity: PERSON,
        appId: '',
      }),
    );
    const { name } = await (await consent(box, 'backups')).json<{ name: string }>();
    await runInDurableObject(env.RECIPIENTS.getByName(`shard-${place}`), (_, state) =>
      state.storage.sql.exec('DELETE FROM changes'),
    );
    vi.setSystemTime(Date.parse(minutes(60)));
    await consent(box, 'restore', { backup: name, shard: place });
    const undo = { rule: 'stop', since: minutes(30), actor: 'ines', reason: 'a wrong word' };
    expect(await (await consent(box, 'undo', undo)).json()).toEqual({
      people: 0,
      changes: 0,
      affected: [],
    });
    expect(await (await consent(box, 'undo', { ...undo, since })).json()).toMatchObject({
      people: 1,
      changes: 2,
      affected: [{ to: 'out' }, { to: 'out' }],
    });
  });

  test('keeps what a person decided in a review when the rule that asked is taken back', async () => {
    const box = openBox();
    await box.take(inbound('please stop texting me', { at: minutes(-5) }));
    await box.drain();
    const { reviews } = await (await box.ask('/v1/reviews')).json<{
      reviews: { id: string; rule: string }[];
    }>();
    const [{ id, rule } = { id: '', rule: '' }] = reviews;
    const hand = { actor: 'ines', reason: 'it is a STOP' };
    await box.ask(`/v1/reviews/${id}`, {
      method: 'POST',
      body: JSON.stringify({ decision: 'suppress', ...hand }),
    });
    const undone = await consent(box, 'undo', { rule, since: '1d', ...hand });
    expect(await undone.json()).toEqual({ people: 0, changes: 0, affected: [] });
    expect(await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json()).toMatchObject({
      suppressed: true,
    });
  });

  test.each(['yesterday', '', '2 h'])('takes nothing back since "%s"', async (since) => {
    const answer = await consent(openBox(), 'undo', {
      rule: 'stop',
      since,
      actor: 'ines',
      reason: 'x',
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('how long ago');
  });
});

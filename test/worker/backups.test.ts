import { runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Backup, Restored } from '../../src/api/consent/consent.ts';
import worker from '../../src/worker.ts';
import { type Box, env, openBox } from './box.ts';
import { inbound, minutes } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const HOUR = 3_600_000;
const NOON = Date.parse(minutes(0));

const backUp = async (box: Box) =>
  (await box.ask('/v1/consent/backups', { method: 'POST' })).json<Backup>();
const backups = async (box: Box) =>
  (await (await box.ask('/v1/consent/backups')).json<{ backups: Backup[] }>()).backups;
const stop = (box: Box, identity: string) =>
  box.take(inbound('STOP', { identity, id: `01J${identity}`, at: minutes(-5) }));
const troubles = async (box: Box) =>
  (await (await box.ask('/healthz')).json<{ troubles: string[] }>()).troubles.filter((one) =>
    one.includes('backup'),
  );
const titles = async (box: Box) =>
  (await box.arrivals('alert')).map(({ body }) => String(body.title));

/** All sixteen objects lose what they know. */
async function empty(): Promise<void> {
  for (let shard = 0; shard < 16; shard++)
    await runInDurableObject(env.RECIPIENTS.getByName(`shard-${shard}`), (_, { storage }) =>
      storage.sql.exec('DELETE FROM changes'),
    );
}

/** The nightly run, over these bindings, with what it leaves for later: that would otherwise run into the next test. */
async function night(bindings: Env): Promise<void> {
  const later: Promise<unknown>[] = [];
  const waitUntil = (work: Promise<unknown>): void => void later.push(work);
  try {
    await Reflect.apply(worker.scheduled, worker, [
      { cron: '17 3 * * *' },
      bindings,
      { waitUntil, props: {} },
    ]);
  } finally {
    await Promise.allSettled(later);
  }
}

describe('a backup of consent', () => {
  test('replaces no other, and a good one of the same day still brings everybody back', async () => {
    const box = openBox();
    for (const identity of ['46701740611', '46701740612', '46701740613']) await stop(box, identity);
    const good = await backUp(box);
    await empty();
    vi.setSystemTime(NOON + HOUR);
    const hollow = await backUp(box);
    expect(await backups(box)).toEqual([hollow, good]);
    expect(good).toMatchObject({
      name: '2026-11-20T12:00:00Z',
      rows: 3,
      fullest: { name: good.name, rows: 3 },
    });
    expect(hollow).toMatchObject({
      name: '2026-11-20T13:00:00Z',
      rows: 0,
      fullest: { name: good.name, rows: 3 },
    });
    let missing = 0;
    for (let shard = 0; shard < 16; shard++) {
      const body = JSON.stringify({ backup: good.name, shard });
      missing += (
        await (await box.ask('/v1/consent/restore', { method: 'POST', body })).json<Restored>()
      ).missing;
    }
    expect(missing).toBe(3);
    expect(await (await box.ask('/v1/recipients/SMS/46701740611')).json()).toMatchObject({
      suppressed: true,
    });
  });

  test('has a name of its own though two begin in the same second', async () => {
    const box = openBox();
    await stop(box, '46701740611');
    const [one, other] = await Promise.all([backUp(box), backUp(box)]);
    expect(one.name).not.toBe(other.name);
    expect(await backups(box)).toHaveLength(2);
  });

  test.each([
    ['was never finished', undefined],
    ['has a broken manifest', '{'],
  ])('is not listed when it %s, and the others are', async (_, manifest) => {
    const box = openBox();
    await stop(box, '46701740611');
    const good = await backUp(box);
    await env.ARCHIVE.put('consent/2026-11-20T12:30:00Z/begun', '');
    if (manifest) await env.ARCHIVE.put('consent/2026-11-20T12:30:00Z/manifest.json', manifest);
    expect(await backups(box)).toEqual([good]);
    const body = JSON.stringify({ backup: '2026-11-20T12:30:00Z', shard: 0 });
    expect((await box.ask('/v1/consent/restore', { method: 'POST', body })).status).toBe(404);
  });

  test.each(['2026-11-20', '../x', ''])('is not restored by the name "%s"', async (backup) => {
    const body = JSON.stringify({ backup, shard: 0 });
    expect((await openBox().ask('/v1/consent/restore', { method: 'POST', body })).status).toBe(400);
  });

  test('is not measured by one of more than a week before: what could not be brought back is not told for ever', async () => {
    const box = openBox();
    await stop(box, '46701740611');
    await backUp(box);
    await empty();
    vi.setSystemTime(NOON + 24 * HOUR);
    expect((await backUp(box)).fullest.rows).toBe(1);
    vi.setSystemTime(NOON + 8 * 24 * HOUR);
    expect((await backUp(box)).fullest.rows).toBe(0);
  });
});

describe('the nightly backup', () => {
  test.each<[string, readonly string[], boolean, string]>([
    [
      'there is one',
      ['put'],
      true,
      'R2 is full. The last complete one is of 2026-11-20 12:00 UTC.',
    ],
    ['there is none', ['put'], false, 'R2 is full. There is no complete one.'],
    [
      'nothing can be read',
      ['put', 'list'],
      true,
      'R2 is full. The last complete one cannot be determined now.',
    ],
  ])('that fails raises one alert with the reason and the last complete one: %s', async (_, broken, before, message) => {
    const box = openBox();
    await stop(box, '46701740611');
    if (before) await night(box.bindings);
    vi.setSystemTime(NOON + 24 * HOUR);
    const full = new Proxy(box.bindings.ARCHIVE, {
      get(bucket, name) {
        if (broken.includes(String(name))) return () => Promise.reject(new Error('R2 is full'));
        const value = Reflect.get(bucket, name);
        return typeof value === 'function' ? value.bind(bucket) : value;
      },
    });
    await expect(night({ ...box.bindings, ARCHIVE: full })).rejects.toThrow('R2 is full');
    await box.drain(60);
    expect((await titles(box)).filter((title) => title.includes('backup'))).toEqual([
      'Signalbox: the nightly backup of consent failed',
    ]);
    expect(JSON.stringify(await box.arrivals('alert'))).toContain(message);
  });

  test('that finds less than the one before raises one alert, which names the one to restore', async () => {
    const box = openBox();
    await stop(box, '46701740611');
    await night(box.bindings);
    await box.drain(60);
    expect((await titles(box)).filter((title) => title.includes('record of consent'))).toEqual([]);
    await empty();
    vi.setSystemTime(NOON + 24 * HOUR);
    await night(box.bindings);
    await box.drain(60);
    expect((await titles(box)).filter((title) => title.includes('record of consent'))).toEqual([
      'Signalbox: part of the record of consent is lost',
    ]);
    expect(JSON.stringify(await box.arrivals('alert'))).toContain(
      'signalbox consent restore 2026-11-20T12:00:00Z',
    );
    expect(await troubles(box)).toEqual([
      expect.stringContaining('contains 0 changes of consent, 2026-11-20T12:00:00Z contains 1'),
    ]);
  });
});

describe('/healthz', () => {
  test('says nothing of backups while nobody is on record, however long', async () => {
    const box = openBox();
    expect(await troubles(box)).toEqual([]);
    vi.setSystemTime(NOON + 90 * HOUR);
    await night(box.bindings);
    vi.setSystemTime(NOON + 180 * HOUR);
    expect(await troubles(box)).toEqual([]);
  });

  test('misses the first backup when consent has been on record for 26 hours, not before', async () => {
    const box = openBox();
    // The message may be old: the deployment is not.
    await box.take(inbound('STOP', { at: minutes(-3 * 24 * 60) }));
    vi.setSystemTime(NOON + 26 * HOUR);
    expect(await troubles(box)).toEqual([]);
    vi.setSystemTime(NOON + 26 * HOUR + 1);
    expect(await troubles(box)).toEqual([
      'backup of consent: there is none, and consent is recorded since 2026-11-20 12:00 UTC. One is made each night; "signalbox consent backup" makes one now',
    ]);
    expect((await box.ask('/healthz')).status).toBe(503);
    await backUp(box);
    expect(await troubles(box)).toEqual([]);
  });

  test('names the last good backup when it is older than 26 hours, also when the record is lost', async () => {
    const box = openBox();
    await stop(box, '46701740611');
    await backUp(box);
    vi.setSystemTime(NOON + 25 * HOUR);
    // Begun, and never finished.
    await env.ARCHIVE.put('consent/2026-11-21T13:00:00Z/begun', '');
    expect(await troubles(box)).toEqual([]);
    vi.setSystemTime(NOON + 27 * HOUR);
    const overdue = [
      expect.stringContaining(
        'backup of consent: the last complete one is of 2026-11-20 12:00 UTC',
      ),
    ];
    expect(await troubles(box)).toEqual(overdue);
    await empty();
    expect(await troubles(box)).toEqual(overdue);
  });
});

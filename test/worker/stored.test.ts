import { afterEach, describe, expect, test, vi } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import { AppError } from '../../src/errors.ts';
import { defer, ingest } from '../../src/pipeline/ingest.ts';
import { open } from '../../src/services.ts';
import worker from '../../src/worker.ts';
import WRANGLER from '../../wrangler.toml?raw';
import { type Box, env, openBox } from './box.ts';
import { inbound, minutes } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const quarantined = () => env.DB.prepare('SELECT code FROM quarantine').all<{ code: string }>();

describe('a callback that our own reader stumbles over', () => {
  test('is kept, and Sinch is asked to send it again', async () => {
    const box = openBox();
    vi.spyOn(Date, 'parse').mockImplementationOnce(() => {
      throw new TypeError('a bug');
    });
    expect((await box.post(inbound('STOP'))).status).toBe(500);
    expect((await quarantined()).results).toEqual([{ code: 'bug' }]);
  });
});

describe('a callback that is refused for ever', () => {
  test('leaves a line in the log that says why', async () => {
    const box = openBox();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect((await box.post(inbound('STOP'), { secret: 'an older secret' })).status).toBe(401);
    expect(warn).toHaveBeenCalledWith({
      event: 'callback.refused',
      code: 'signature_mismatch',
      status: 401,
    });
  });
});

describe('callbacks that cannot be decided', () => {
  test('are told of once, long before they are dead letters, and pass when the trouble is over', async () => {
    let broken = true;
    const box = openBox({}, {}, (services) => ({
      ...services,
      rulebook: async () => {
        if (broken) throw new TypeError('a bug');
        return services.rulebook();
      },
    }));
    const services = open(box.bindings);
    for (const id of ['01JA', '01JB']) {
      const body = new TextEncoder().encode(JSON.stringify(inbound('STOP', { id })));
      await defer(await readCallback(body, Date.now()), 'bug', services);
    }
    // The alert itself needs the rules to know who is told.
    await box.drain(30);
    expect(box.line.waiting().filter(({ queue }) => queue === 'callbacks')).toHaveLength(2);
    await box.drain(300);
    broken = false;
    await box.drain(7200);
    const titles = (await box.arrivals('alert')).map(({ body }) => body.title);
    expect(titles.filter((title) => String(title).includes('callbacks wait'))).toHaveLength(1);
    const { suppressed } = await (await box.ask('/v1/recipients/SMS/46701740605')).json<{
      suppressed: boolean;
    }>();
    expect(suppressed).toBe(true);
  });
});

describe('where nobody can count how many there were', () => {
  const passUncounted = async (box: Box, callback: object) => {
    const services = open(box.bindings);
    const spend = () => Promise.reject(new Error('Durable Object is overloaded.'));
    const pauses = { ...services.objects.pauses, spend };
    const body = new TextEncoder().encode(JSON.stringify(callback));
    return ingest(await readCallback(body, Date.now()), {
      ...services,
      objects: { ...services.objects, pauses },
    });
  };
  const person = async (box: Box) => (await box.ask('/v1/recipients/SMS/46701740605')).json();

  test('a STOP counts at once', async () => {
    const box = openBox();
    await passUncounted(box, inbound('STOP'));
    expect(await person(box)).toMatchObject({ suppressed: true });
  });

  test('a START does not: it has to come again', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { at: minutes(-2) }));
    await expect(passUncounted(box, inbound('START', { at: minutes(-1) }))).rejects.toThrow(
      'overloaded',
    );
    expect(await person(box)).toMatchObject({ suppressed: true });
  });
});

describe('an alert of our own', () => {
  test('is told although everything is paused', async () => {
    const box = openBox();
    const everything = { kind: 'everything', actor: 'ines', reason: 'it is 3 a.m.' };
    await box.ask('/v1/pauses', { method: 'POST', body: JSON.stringify(everything) });
    await box.post('[]');
    await box.drain(60);
    expect((await box.arrivals('alert')).map(({ body }) => body.title)).toContain(
      'Signalbox: callbacks cannot be read (callback_not_object)',
    );
  });

  test('that can never be told is a dead letter, and no reason for another alert', async () => {
    const box = openBox({}, {}, (services) => ({
      ...services,
      rulebook: async () => {
        throw new AppError('rule_invalid', 'alerts.json cannot be used');
      },
    }));
    await box.post('[]');
    await box.drain(3600);
    expect((await env.DB.prepare('SELECT code FROM dead_letters').all()).results).toEqual([
      { code: 'rule_invalid' },
    ]);
    expect(box.line.waiting()).toEqual([]);
  });
});

describe('a deployment with a wrong setting', () => {
  test('lets messages of a queue wait, and does not use up their tries', async () => {
    const box = openBox();
    const retried: unknown[] = [];
    const message = {
      attempts: 3,
      ack: () => {},
      retry: (options: unknown) => retried.push(options),
    };
    const batch = { queue: 'signalbox-callbacks', messages: [message, message] };
    const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
    await Reflect.apply(worker.queue, worker, [
      batch,
      { ...box.bindings, SIGNATURE_MAX_AGE: 'a day' },
      context,
    ]);
    expect(retried).toHaveLength(2);
    expect(retried).toContainEqual({
      delaySeconds: expect.toSatisfy((wait: number) => wait >= 20 && wait <= 25),
    });
  });
});

describe('the work of every night', () => {
  test('copies the consents although the journal cannot be pruned, and fails aloud', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    const DB = {
      prepare: () => DB,
      bind: () => DB,
      batch: () => Promise.reject(new Error('D1 is away')),
    };
    // Only what pruning asks of D1 is here.
    const night = { ...box.bindings, DB: DB as unknown as D1Database };
    const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
    await expect(Reflect.apply(worker.scheduled, worker, [{}, night, context])).rejects.toThrow(
      'D1 is away',
    );
    expect(
      (await env.ARCHIVE.list({ prefix: 'consent/' })).objects.map(({ key }) => key),
    ).toContainEqual(expect.stringContaining('manifest.json'));
  });

  test.each([
    ['17 3 * * *', ['Signalbox: the nightly run cannot remove old records']],
    [
      '47 * * * *',
      [
        'Signalbox: actions held by an ended pause cannot be released',
        'Signalbox: expired records cannot be removed',
        'Signalbox: overdue reviews cannot be decided',
      ],
    ],
  ])('tells once a day what fails at %s', async (cron, titles) => {
    const box = openBox();
    const away = () => Promise.reject(new Error('D1 is away'));
    const DB = { prepare: () => DB, bind: () => DB, batch: away, all: away };
    // Only what is asked of D1 then is here.
    const database = DB as unknown as D1Database;
    const broken = { ...box.bindings, DB: database, JOURNAL_DB: database };
    const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
    for (let times = 0; times < 2; times++)
      await expect(
        Reflect.apply(worker.scheduled, worker, [{ cron }, broken, context]),
      ).rejects.toThrow('D1 is away');
    await box.drain(60);
    const told = (await box.arrivals('alert')).map(({ body }) => body);
    expect(told.map(({ title }) => title).toSorted()).toEqual(titles);
    expect(told.every(({ text }) => String(text).startsWith('D1 is away.'))).toBe(true);
  });

  test('is not that of every hour, which only prunes the journal, by the hour that wrangler.toml names', async () => {
    const box = openBox();
    await env.JOURNAL_DB.prepare(
      "INSERT INTO pages (class, from_at, to_at, entries, names, people, ids, keys, data) VALUES ('callback', 0, 0, 1, '', '', '', '', '')",
    ).run();
    const [, cron] = /^crons = \["17 3 \* \* \*", "(.+)"\]$/m.exec(WRANGLER) ?? [];
    const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
    await Reflect.apply(worker.scheduled, worker, [{ cron }, box.bindings, context]);
    expect((await env.JOURNAL_DB.prepare('SELECT id FROM pages').all()).results).toEqual([]);
    expect((await env.ARCHIVE.list()).objects).toEqual([]);
  });

  test('forgets what was settled long ago, and keeps what still waits for a person', async () => {
    const box = openBox();
    const old = Date.now() - 401 * 86_400_000;
    const held = (id: string, state: string) =>
      env.DB.prepare(
        "INSERT INTO held (id, at, cause, reason, rule, action, app_id, callback_id, work, state, decided_at) VALUES (?, ?, 'pause', '', '', '', '', '', '', ?, ?)",
      ).bind(id, old, state, state === 'held' ? null : old);
    const review = (id: string, state: string) =>
      env.DB.prepare(
        "INSERT INTO reviews (id, at, kind, rule, callback_id, channel, people, reason, details, state, decided_at) VALUES (?, ?, 'near-miss', '', '', '', '[]', '', '', ?, ?)",
      ).bind(id, old, state, state === 'open' ? null : old);
    await env.DB.batch([
      held('a', 'held'),
      held('b', 'dropped'),
      review('a', 'open'),
      review('b', 'dismissed'),
    ]);
    const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
    await Reflect.apply(worker.scheduled, worker, [{}, box.bindings, context]);
    for (const table of ['held', 'reviews'])
      expect((await env.DB.prepare(`SELECT id FROM ${table}`).all()).results).toEqual([
        { id: 'a' },
      ]);
  });
});

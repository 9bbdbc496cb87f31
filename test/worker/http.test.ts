import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from './box.ts';
import { storedEntries } from './journal-asked.ts';
import { inbound, rating } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const TOKENLESS = { headers: { authorization: '' } };

describe('every answer', () => {
  test.each([
    [
      'a wrong token',
      '/v1/dead-letters',
      { headers: { authorization: 'Bearer wrong' } },
      401,
      'unauthorized',
    ],
    ['no token', '/v1/dead-letters', TOKENLESS, 401, 'unauthorized'],
    ['an unknown route below /v1', '/v1/nothing', {}, 404, 'not_found'],
    ['an unknown route', '/nothing', TOKENLESS, 404, 'not_found'],
    [
      'an unknown dead letter',
      '/v1/dead-letters/none/replay',
      { method: 'POST' },
      404,
      'not_found',
    ],
    [
      'a dry run of nothing',
      '/v1/dry-run',
      { method: 'POST', body: '{' },
      422,
      'callback_not_json',
    ],
  ])('says a problem with a stable code: %s', async (_, path, init, status, code) => {
    const response = await openBox().ask(path, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const body = await response.json<Record<string, unknown>>();
    expect(body).toMatchObject({
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
      type: expect.stringContaining(code),
    });
    expect(JSON.stringify(body)).not.toMatch(/ at .*\.ts|stack/);
  });

  test('carries security headers', async () => {
    const { headers } = await openBox().ask('/healthz');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toContain('max-age');
  });

  test.each([
    ['a wrong signature', { secret: 'wrong' }, 401],
    ['a body that is too large', { headers: { 'content-length': '2000000' } }, 413],
  ])('of a callback that is refused carries them, too, and asks for no token: %s', async (_, options, status) => {
    const response = await openBox().post(inbound('STOP'), options);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('strict-transport-security')).toContain('max-age');
    expect(response.headers.get('www-authenticate')).toBeNull();
  });

  test('that misses a token says which kind', async () => {
    const { headers } = await openBox().ask('/v1/alerts', TOKENLESS);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  test('a bug answers 500 without a word of the inside', async () => {
    const box = openBox();
    vi.spyOn(box.bindings.DB, 'prepare').mockImplementation(() => {
      throw new Error('secret inside');
    });
    const response = await box.ask('/v1/dead-letters');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret inside');
  });

  test.each([
    'retryable',
    'overloaded',
  ])('an object that is gone for a moment is no bug: %s', async (mark) => {
    const box = openBox();
    const gone = () => Promise.reject(Object.assign(new Error('secret inside'), { [mark]: true }));
    box.bindings.RECIPIENTS = new Proxy(box.bindings.RECIPIENTS, {
      get: () => () => ({ read: gone }),
    });
    const response = await box.ask('/v1/recipients/SMS/12025550142');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.text()).toMatch(/"unavailable"(?!.*secret inside)/);
  });
});

describe('GET /', () => {
  test('leads a browser to the console, and tells a program that there is nothing', async () => {
    const box = openBox();
    const browser = await box.ask('/', { headers: { authorization: '', accept: 'text/html,*/*' } });
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/console/']);
    expect((await box.ask('/', TOKENLESS)).status).toBe(404);
  });
});

describe('GET /healthz', () => {
  test('is 200 when all is well, and needs no token', async () => {
    const response = await openBox().ask('/healthz', TOKENLESS);
    expect(await response.json()).toMatchObject({
      ok: true,
      build: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/), commit: expect.any(String) },
      troubles: [],
      dead_letters: 0,
    });
    expect(response.status).toBe(200);
  });

  test.each([
    ['CALLBACKS', 1, ['queue callbacks: the oldest message waits 1200 s']],
    ['JOURNAL_QUEUE', 1, ['queue journal: the oldest message waits 1200 s']],
    ['JOURNAL_QUEUE', 0, []],
    ['EFFECTS', 1, []],
  ] as const)('names a queue that is behind: %s with %i waiting', async (queue, backlogCount, troubles) => {
    const box = openBox();
    const lag = {
      backlogCount,
      backlogBytes: 1,
      oldestMessageTimestamp: new Date(Date.now() - 1_200_000),
    };
    vi.spyOn(box.bindings[queue], 'metrics').mockResolvedValue(lag);
    expect(await (await box.ask('/healthz')).json()).toMatchObject({
      ok: troubles.length === 0,
      troubles,
    });
  });

  test('names the triggers that rules wait for and nothing ever brought', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.drain(60);
    const { unseen_triggers: silent } = await (await box.ask('/healthz')).json<{
      unseen_triggers: string[];
    }>();
    expect(silent).toContain('MESSAGE_INBOUND');
    expect(silent).not.toContain('CHANNEL_EVENT');
  });

  test.each([
    'acted',
    'off',
  ])('knows a trigger that came, though JOURNAL=%s keeps nothing of it', async (JOURNAL) => {
    const box = openBox({}, { JOURNAL });
    const silent = async () =>
      (
        await (await box.ask('/healthz')).json<{ unseen_triggers: string[] }>()
      ).unseen_triggers.includes('MESSAGE_INBOUND');
    expect(await silent()).toBe(true);
    await box.take(inbound('Where is my order?'));
    await box.drain(60);
    expect(await storedEntries()).toEqual([]);
    expect(await silent()).toBe(false);
  });

  test('notes a trigger a minute later when it could not be noted, and asks no database that is away with every callback', async () => {
    const box = openBox({}, { JOURNAL: 'off' });
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { DB } = box.bindings;
    const prepare = vi.fn(() => {
      throw new Error('D1 is away');
    });
    Reflect.set(box.bindings, 'DB', { prepare });
    for (const id of ['01JA', '01JB', '01JC']) {
      await box.take(inbound('Hello', { id }));
      await box.drain();
    }
    expect(prepare).toHaveBeenCalledOnce();
    expect(said).toHaveBeenCalledWith(
      expect.objectContaining({ event: 'trigger.not-stored', trigger: 'MESSAGE_INBOUND' }),
    );
    Reflect.set(box.bindings, 'DB', DB);
    vi.setSystemTime(Date.now() + 60_000);
    await box.take(inbound('Hello', { id: '01JD' }));
    await box.drain();
    const { unseen_triggers: silent } = await (await box.ask('/healthz')).json<{
      unseen_triggers: string[];
    }>();
    expect(silent).not.toContain('MESSAGE_INBOUND');
  });

  test.each([
    ['a missing setting', { API_TOKEN: '' }, 'setting API_TOKEN is not set'],
    [
      'a missing destination',
      { DEST_OPS: '' },
      'setting DEST_OPS, a destination of alerts.json, is not set',
    ],
    ['broken webhook secrets', { WEBHOOK_SECRETS: '{"a":' }, 'WEBHOOK_SECRETS'],
    ['webhook secrets in a list', { WEBHOOK_SECRETS: '["new","old"]' }, '{"*": ["…", "…"]}'],
    ['a data key that is too short', { DATA_KEY: 'short' }, 'DATA_KEY'],
  ])('names %s, and no value', async (_, settings, trouble) => {
    const response = await openBox({}, settings).ask('/healthz', TOKENLESS);
    expect(response.status).toBe(503);
    const body = await response.json<{ troubles: string[] }>();
    expect(body.troubles.join('\n')).toContain(trouble);
    expect(JSON.stringify(body)).not.toContain('short"');
  });
});

import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, openBox } from './box.ts';
import { APP, inbound, PERSON, rating, receipt, submitted } from './sample.ts';

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

describe('GET /healthz', () => {
  test('is 200 when all is well, and needs no token', async () => {
    const response = await openBox().ask('/healthz', TOKENLESS);
    expect(await response.json()).toMatchObject({ ok: true, troubles: [], dead_letters: 0 });
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
    const kept = await env.JOURNAL_DB.prepare('SELECT count(*) AS n FROM decisions').first<{
      n: number;
    }>();
    expect(kept).toEqual({ n: 0 });
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

describe('GET /metrics', () => {
  test('says what Prometheus can read, to a token only', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.drain(60);
    const text = await (await box.ask('/metrics')).text();
    expect(text).toContain(
      'signalbox_callbacks_last_hour{trigger="CHANNEL_EVENT",channel="WHATSAPP"} 1',
    );
    expect(text).toContain(
      'signalbox_rules_last_hour{rule="whatsapp-quality-red",outcome="fired"} 1',
    );
    expect(text).toMatch(/signalbox_actions_last_hour\{action="alert",outcome="done"\} 1/);
    expect(text).toMatch(/signalbox_rulebook_info\{version="[^"]+"\} \d+/);
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(
        /^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{[a-z_]+="(\\.|[^"\\])*"(,[a-z_]+="(\\.|[^"\\])*")*\})? -?\d+(\.\d+)?)$/,
      );
    expect((await box.ask('/metrics', TOKENLESS)).status).toBe(401);
  });

  test('says 0 where nothing waits, of every queue, so that an alert never lacks its sample', async () => {
    const box = openBox();
    const measured = async (): Promise<string[]> =>
      (await (await box.ask('/metrics')).text()).split('\n');
    const queues = ['callbacks', 'effects', 'journal'];
    const lines = await measured();
    expect(lines).toEqual(
      expect.arrayContaining([
        ...queues.flatMap((queue) => [
          `signalbox_dead_letters{queue="${queue}"} 0`,
          `signalbox_queue_waiting{queue="${queue}"} 0`,
          `signalbox_queue_oldest_seconds{queue="${queue}"} 0`,
        ]),
        'signalbox_held 0',
        'signalbox_reviews_open 0',
      ]),
    );
    await env.DB.batch([
      env.DB.prepare(
        "INSERT INTO dead_letters (id, at, queue, code, reason, attempts, work) VALUES ('a', 1, 'journal', 'x', 'x', 1, 'x')",
      ),
      env.DB.prepare(
        "INSERT INTO reviews (id, at, kind, rule, callback_id, channel, people, reason, details) VALUES ('a', 1, 'review', 'x', 'x', 'SMS', '[]', 'x', 'x')",
      ),
    ]);
    const now = await measured();
    expect(now).toEqual(
      expect.arrayContaining([
        'signalbox_dead_letters{queue="journal"} 1',
        'signalbox_dead_letters{queue="effects"} 0',
        'signalbox_reviews_open{kind="review"} 1',
      ]),
    );
    expect(now).not.toContain('signalbox_reviews_open 0');
  });

  test('leaves out a queue that does not say how much waits, and tells the rest', async () => {
    const box = openBox();
    vi.spyOn(box.bindings.EFFECTS, 'metrics').mockRejectedValue(new Error('the queue is away'));
    const response = await box.ask('/metrics');
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('signalbox_queue_waiting{queue="callbacks"} 0');
    expect(text).not.toContain('signalbox_queue_waiting{queue="effects"}');
  });
});

describe('POST /v1/dry-run', () => {
  const dryRun = (box: ReturnType<typeof openBox>, callback: object) =>
    box.ask('/v1/dry-run', { method: 'POST', body: JSON.stringify(callback) });

  test('says what would happen and why, and does nothing', async () => {
    const box = openBox();
    const answer = await (await dryRun(box, rating('RED'))).json<{
      fired: { rule: string; actions: { action: string; params: object }[] }[];
      explanation: object[];
    }>();
    expect(answer.fired).toMatchObject([
      {
        rule: 'whatsapp-quality-red',
        actions: [{ action: 'throttle', params: { to: '10/minute' } }, { action: 'alert' }],
      },
    ]);
    expect(JSON.stringify(answer.explanation)).toContain('whatsapp-quality-yellow did not fire');
    await box.drain(60);
    expect(await box.arrivals()).toEqual([]);
    expect(await (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json()).toMatchObject({
      quality: null,
      throttle: null,
      history: [],
    });
  });

  test('peeks at what is remembered: a retry that was made counts', async () => {
    const box = openBox();
    await box.take(submitted('01JDRY'));
    await box.take(receipt('01JDRY', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3600);
    const resent = (await box.arrivals('messages:send'))[0]?.message_id ?? '';
    const answer = await (
      await dryRun(box, receipt(resent, 'FAILED', { code: 'RATE_LIMITED' }))
    ).json<{
      explanation: object;
    }>();
    expect(JSON.stringify(answer.explanation)).toMatch(/number of retries so far was 1|attempt/);
  });
});

describe('the log', () => {
  test('holds no body and no address in clear', async () => {
    const lines: string[] = [];
    for (const level of ['log', 'warn', 'error'] as const)
      vi.spyOn(console, level).mockImplementation((line) => void lines.push(JSON.stringify(line)));
    const box = openBox();
    await box.take(inbound('STOP and 46701740605 is my number'));
    await box.post('{"broken": "46701740605"');
    await box.drain(60);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join('\n')).not.toContain(PERSON);
  });
});

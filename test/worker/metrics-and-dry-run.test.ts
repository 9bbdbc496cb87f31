import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, openBox } from './box.ts';
import { APP, inbound, PERSON, rating, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const TOKENLESS = { headers: { authorization: '' } };

describe('GET /metrics', () => {
  test('says what Prometheus can read, to a token only', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.drain(60);
    const text = await (await box.ask('/metrics')).text();
    expect(text).toContain(
      'signalbox_callbacks_total{trigger="CHANNEL_EVENT",channel="WHATSAPP",outcome="fired"} 1',
    );
    expect(text).toContain('signalbox_rules_total{rule="whatsapp-quality-red",outcome="fired"} 1');
    expect(text).toMatch(/signalbox_effects_total\{action="alert",outcome="done"\} 1/);
    expect(text).toMatch(/signalbox_rulebook_info\{version="[^"]+"\} \d+/);
    expect(text).toMatch(/signalbox_build_info\{version="\d+\.\d+\.\d+",commit="\w+"\} 1/);
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
    const queues = ['callbacks', 'effects', 'forwards', 'journal'];
    const lines = await measured();
    expect(lines).toEqual(
      expect.arrayContaining([
        ...queues.flatMap((queue) => [
          `signalbox_dead_letters{queue="${queue}"} 0`,
          `signalbox_queue_waiting{queue="${queue}"} 0`,
          `signalbox_queue_oldest_seconds{queue="${queue}"} 0`,
        ]),
        'signalbox_held{cause="pause",action="retry"} 0',
        'signalbox_reviews_open{kind="near-miss"} 0',
      ]),
    );
    await env.DB.batch([
      env.DB.prepare(
        "INSERT INTO dead_letters (id, at, queue, code, reason, attempts, work) VALUES ('a', 1, 'journal', 'x', 'x', 1, 'x')",
      ),
      env.DB.prepare(
        "INSERT INTO reviews (id, at, kind, rule, callback_id, channel, people, reason, details) VALUES ('a', 1, 'near-miss', 'x', 'x', 'SMS', '[]', 'x', 'x')",
      ),
    ]);
    const now = await measured();
    expect(now).toEqual(
      expect.arrayContaining([
        'signalbox_dead_letters{queue="journal"} 1',
        'signalbox_dead_letters{queue="effects"} 0',
        'signalbox_reviews_open{kind="near-miss"} 1',
      ]),
    );
    expect(now).toContain('signalbox_reviews_open{kind="consents-differ"} 0');
    expect(now).toContain('signalbox_reviews_open{kind="duplicate"} 0');
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

  test('decides each change of a notification with several', async () => {
    const changes = [
      { field: 'security', value: { event: 'PIN_CHANGED' } },
      { field: 'account_update', value: { event: 'DISABLED_UPDATE' } },
    ];
    const answer = await (
      await dryRun(openBox(), {
        app_id: APP,
        unsupported_callback: {
          channel: 'WHATSAPP',
          id: 'two',
          payload: JSON.stringify({ entry: [{ id: '1', changes }] }),
        },
      })
    ).json<{
      fired: { rule: string }[];
      explanation: { rule: string; outcome: string }[];
      callbacks: { id: string; fired: { rule: string }[] }[];
    }>();
    const rules = (fired: readonly { rule: string }[]) =>
      fired.map(({ rule }) => rule).filter((rule) => rule !== 'unsupported-forwarded');
    expect(answer.callbacks.map(({ fired }) => rules(fired))).toEqual([
      ['channel-event-to-look-at'],
      ['number-restricted'],
    ]);
    expect(rules(answer.fired)).toEqual(['channel-event-to-look-at', 'number-restricted']);
    expect(new Set(answer.callbacks.map(({ id }) => id)).size).toBe(2);
  });

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

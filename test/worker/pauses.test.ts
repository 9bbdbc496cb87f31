import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { pass } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import { type Box, env, openBox } from './box.ts';
import { endPause } from './resume.ts';
import { APP, inbound, minutes, PERSON, rating, receipt, submitted } from './sample.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const call = (box: Box, method: string, path: string, body?: object) =>
  box.ask(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
const pause = async (box: Box, kind: string, name = '') => {
  const answer = await call(box, 'POST', '/v1/pauses', {
    kind,
    ...(name ? { name } : {}),
    actor: 'ines',
    reason: 'it is 3 a.m.',
  });
  expect(answer.status).toBe(200);
};
const resume = async (box: Box, kind: string, name = '') =>
  (await endPause(box, kind, name)).json<{ released: number }>();
const held = async (box: Box) =>
  (
    await (
      await box.ask('/v1/held')
    ).json<{ held: { id: string; rule: string; action: string; reason: string }[] }>()
  ).held;
const suppressed = async (box: Box, identity = PERSON) =>
  (await (await box.ask(`/v1/recipients/SMS/${identity}`)).json<{ suppressed: boolean }>())
    .suppressed;
const throttle = async (box: Box) =>
  (await (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<{ throttle: object | null }>())
    .throttle;

describe('a pulled lever', () => {
  test.each([
    ['the rule', 'rule', 'retry-transient-failure'],
    ['the action', 'action', 'retry'],
    ['the app', 'app', APP],
    ['everything', 'everything', ''],
  ])('pauses %s: a retry waits, on record, and goes out when it is put back', async (_, kind, name) => {
    const box = openBox();
    await pause(box, kind, name);
    await box.take(submitted('01JPAUSED'));
    await box.take(receipt('01JPAUSED', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3600);
    expect(await box.arrivals('messages:send')).toEqual([]);
    expect(await held(box)).toMatchObject([
      {
        rule: 'retry-transient-failure',
        action: 'retry',
        reason: expect.stringContaining('paused by ines (api-token): it is 3 a.m.'),
      },
    ]);
    expect((await resume(box, kind, name)).released).toBe(1);
    await box.drain(60);
    expect(await held(box)).toEqual([]);
  });

  test('of another rule stops nothing', async () => {
    const box = openBox();
    await pause(box, 'rule', 'whatsapp-quality-yellow');
    await box.take(rating('RED'));
    expect(await throttle(box)).not.toBeNull();
  });

  test('holds a state action, too, and lets it go on with what it knew', async () => {
    const box = openBox();
    await pause(box, 'everything');
    await box.take(rating('RED'));
    await box.drain();
    expect(await throttle(box)).toBeNull();
    await resume(box, 'everything');
    await box.drain(60);
    expect(await throttle(box)).toMatchObject({ to: '10/minute' });
  });

  test('never holds a STOP', async () => {
    const box = openBox();
    await pause(box, 'everything');
    await box.take(inbound('STOP'));
    expect(await suppressed(box)).toBe(true);
  });

  test('is in force within five seconds for an isolate that knew of none', async () => {
    const box = openBox();
    await box.take(rating('GREEN', minutes(-9)));
    await env.PAUSES.getByName('pauses').pause({
      id: 'x',
      kind: 'everything',
      name: '',
      actor: 'another isolate',
      reason: 'w',
      since: Date.now(),
    });
    vi.setSystemTime(Date.now() + 5_001);
    await box.take(rating('RED', minutes(-8)));
    expect(await throttle(box)).toBeNull();
  });

  test('stands on record when it is put back', async () => {
    const box = openBox();
    await pause(box, 'action', 'retry');
    await pause(box, 'action', 'retry');
    await resume(box, 'action', 'retry');
    expect(await (await box.ask('/v1/pauses')).json()).toMatchObject({
      pauses: [],
      past: [
        {
          kind: 'action',
          name: 'retry',
          actor: 'ines (api-token)',
          ended_by: 'ines (api-token)',
          ended_reason: 'all is well',
        },
      ],
    });
  });

  test.each([
    ['a rule without a name', { kind: 'rule', actor: 'i', reason: 'w' }],
    ['everything with a name', { kind: 'everything', name: 'x', actor: 'i', reason: 'w' }],
    ['no reason', { kind: 'everything', actor: 'i' }],
    ['an unknown kind', { kind: 'planet', name: 'x', actor: 'i', reason: 'w' }],
  ])('is refused for %s', async (_, body) => {
    expect((await call(openBox(), 'POST', '/v1/pauses', body)).status).toBe(400);
  });
});

describe('a lever that would stop nothing', () => {
  test.each([
    ['rule', 'nonsense', 'no rule "nonsense" is in force: signalbox stats lists the rules'],
    [
      'rule',
      'whatsapp-quality-rde',
      'no rule "whatsapp-quality-rde" is in force: did you mean "whatsapp-quality-red"?',
    ],
    ['action', 'retr', 'there is no action "retr": did you mean "retry"?'],
    [
      'action',
      'suspend-all',
      'there is no action "suspend-all": there are throttle, release, suppress,',
    ],
    [
      'action',
      'suppress',
      'suppress never waits, whatever is paused. To end a wrong rule: signalbox rollback',
    ],
    ['action', 'ignore', 'ignore never waits, whatever is paused'],
    [
      'rule',
      'stop',
      'all that rule "stop" does is suppress, which never waits, whatever is paused',
    ],
  ])('is refused: %s %s', async (kind, name, words) => {
    const box = openBox();
    const answer = await call(box, 'POST', '/v1/pauses', { kind, name, actor: 'i', reason: 'w' });
    expect(answer.status).toBe(400);
    expect((await answer.json<{ detail: string }>()).detail).toContain(words);
    expect(await (await box.ask('/v1/pauses')).json()).toEqual({ pauses: [], past: [] });
  });

  test.each([
    ['WHATSAP', 'there is no channel "WHATSAP": did you mean "WHATSAPP"?'],
    ['FAX', 'there is no channel "FAX"'],
  ])('is refused: a throttle of %s', async (channel, words) => {
    const path = `/v1/senders/${APP}/${channel}/throttle`;
    const answer = await call(openBox(), 'PUT', path, {
      to: '0',
      for: '1h',
      actor: 'i',
      reason: 'w',
    });
    expect(answer.status).toBe(400);
    expect((await answer.json<{ detail: string }>()).detail).toContain(words);
  });

  test('is pulled, and told, for an app that was never heard of', async () => {
    const box = openBox();
    const warnings = async (app: string) => {
      const hand = { actor: 'i', reason: 'w' };
      const paused = await call(box, 'POST', '/v1/pauses', { kind: 'app', name: app, ...hand });
      const limit = { to: '0', for: '1h', ...hand };
      const throttled = await call(box, 'PUT', `/v1/senders/${app}/whatsapp/throttle`, limit);
      expect([paused.status, throttled.status]).toEqual([200, 200]);
      return [
        (await paused.json<{ warning?: string }>()).warning,
        (await throttled.json<{ warning?: string }>()).warning,
      ];
    };
    // Nothing is on record yet: nobody can say.
    expect(await warnings('app-0')).toEqual([undefined, undefined]);
    await box.take(rating('RED'));
    await box.drain();
    const words = `no callback of app ${APP}X is on record: did you mean "${APP}"?`;
    expect(await warnings(`${APP}X`)).toEqual([words, words]);
    expect(await warnings(APP)).toEqual([undefined, undefined]);
  });
});

describe('a budget', () => {
  const start = (budget: object | undefined, action = 'unsuppress') => ({
    'start.json': {
      name: 'start',
      why: 'w',
      owner: 'o',
      on: ['MESSAGE_INBOUND'],
      when: { fact: 'text', operator: 'present' },
      then: [{ action, ...(budget ? { budget } : {}) }],
    },
  });
  async function many(box: Box, count: number, rules: Record<string, object>): Promise<void> {
    const services = open(box.bindings);
    const { rulebook, findings } = compile(
      { rules, lists: {}, conditions: {}, alerts: {} },
      actions,
      'try',
    );
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (let n = 0; n < count; n++) {
      const callback = inbound('START', {
        id: `01J${n}`,
        identity: `467017406${10 + n}`,
        at: minutes(-1),
      });
      await pass(
        await readCallback(new TextEncoder().encode(JSON.stringify(callback)), Date.now()),
        {
          ...services,
          rulebook: async () => rulebook,
        },
      );
    }
    await box.drain();
  }

  test('holds what is past it, tells once, and nothing is lost', async () => {
    const box = openBox();
    await many(box, 5, start({ count: 2, within: '1h' }));
    const [one] = await held(box);
    const listed = async (query: string) =>
      (await box.ask(`/v1/held?${query}`)).json<{ held: object[]; total: number }>();
    expect(await listed('')).toMatchObject({ held: [one, {}, {}], total: 3 });
    expect(await listed(`id=${one?.id}`)).toEqual({ held: [one], total: 1 });
    expect(await listed('rule=another')).toEqual({ held: [], total: 0 });
    expect((await box.arrivals('alert')).map(({ body }) => body.severity)).toEqual(['critical']);
    const released = await (
      await call(box, 'POST', '/v1/held/release', { rule: 'start', actor: 'ines', reason: 'w' })
    ).json();
    expect(released).toEqual({ settled: 3, more: false });
    await box.drain();
    const histories = await Promise.all(
      [0, 1, 2, 3, 4].map(
        async (n) =>
          (
            await (
              await box.ask(`/v1/recipients/SMS/467017406${10 + n}`)
            ).json<{ history: object[] }>()
          ).history.length,
      ),
    );
    expect(histories).toEqual([1, 1, 1, 1, 1]);
  });

  test('is told of, although the queue did not take that at first', async () => {
    const box = openBox();
    const rules = start({ count: 1, within: '1h' });
    vi.spyOn(box.bindings.EFFECTS, 'sendBatch').mockRejectedValueOnce(
      new Error('Queue send failed'),
    );
    await expect(many(box, 2, rules)).rejects.toThrow('Queue send failed');
    await many(box, 2, rules);
    expect(await held(box)).toHaveLength(1);
    expect((await box.arrivals('alert')).map(({ body }) => body.severity)).toEqual(['critical']);
  });

  test('drops what a person says is wrong', async () => {
    const box = openBox();
    await many(box, 4, start({ count: 1, within: '1h' }));
    await call(box, 'POST', '/v1/held/drop', { rule: 'start', actor: 'ines', reason: 'w' });
    await box.drain();
    expect(await held(box)).toEqual([]);
    expect(
      (await (await box.ask('/v1/recipients/SMS/46701740613')).json<{ history: object[] }>())
        .history,
    ).toEqual([]);
  });

  test('counts a redelivery once', async () => {
    const box = openBox();
    await many(box, 1, start({ count: 1, within: '1h' }));
    await many(box, 1, start({ count: 1, within: '1h' }));
    expect(await held(box)).toEqual([]);
  });

  test('never holds a suppression: it is done, and told', async () => {
    const box = openBox();
    await many(box, 3, start({ count: 1, within: '1h' }, 'suppress'));
    expect(await held(box)).toEqual([]);
    expect(await suppressed(box, '46701740612')).toBe(true);
    const [told, ...others] = (await box.arrivals('alert')).map(({ body }) => body);
    expect([told?.severity, others]).toEqual(['critical', []]);
    // A pause would change nothing.
    expect(told?.text).toContain('signalbox rollback, or publish without it');
    expect(told?.text).not.toContain('pause rule');
  });

  test.each([
    ['alert', { severity: 'low', title: 'Hello' }],
    ['review', { because: 'it may be a STOP' }],
  ])('never holds %s: it is done, and told', async (action, params) => {
    const box = openBox();
    const rules = start({ count: 1, within: '1h' }, action);
    await many(box, 3, {
      'start.json': {
        ...rules['start.json'],
        then: [{ action, params, budget: { count: 1, within: '1h' } }],
      },
    });
    expect(await held(box)).toEqual([]);
    const titles = (await box.arrivals('alert')).map(({ body }) => body.title);
    expect(titles).toContain(`Signalbox: rule start is past its budget for ${action}`);
    const { reviews } = await (await box.ask('/v1/reviews')).json<{ reviews: object[] }>();
    expect(reviews).toHaveLength(action === 'review' ? 3 : 0);
  });

  test('is refilled when its time has passed', async () => {
    const box = openBox();
    await many(box, 3, start({ count: 2, within: '1m' }));
    expect(await held(box)).toHaveLength(1);
    vi.setSystemTime(Date.now() + 61_000);
    await many(box, 2, start({ count: 2, within: '1m' }));
    expect(await held(box)).toHaveLength(1);
  });
});

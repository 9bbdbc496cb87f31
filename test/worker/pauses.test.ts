import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, env, openBox } from './box.ts';
import { call, held, suppressed } from './held.ts';
import { endPause } from './resume.ts';
import { APP, inbound, minutes, rating, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

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

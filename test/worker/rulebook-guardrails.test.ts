import { afterEach, describe, expect, test, vi } from 'vitest';
import { bundle } from '../../src/rulebooks/bundled.ts';
import { openBox } from './box.ts';
import {
  BUNDLED,
  firedBy,
  greeting,
  health,
  post,
  publish,
  put,
  rules,
  suppressed,
} from './publisher.ts';
import { inbound } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('guardrails', () => {
  /** Its finding stands at the rule, where the remedy is. */
  const RECORDED = 'a rule for STOP in shadow';
  const weaker = {
    'a rulebook without the rule for STOP': { 'stop.json': undefined },
    [RECORDED]: {
      'stop.json': { ...(bundle.source.rules['stop.json'] as object), mode: 'shadow' },
    },
    'a rule for STOP that will expire': {
      'stop.json': {
        ...(bundle.source.rules['stop.json'] as object),
        expires: '2030-01-01T00:00:00Z',
      },
    },
    'a rule that stops before STOP is asked': {
      'greeting.json': greeting({
        when: { fact: 'keyword', operator: 'present' },
        priority: 900,
        stop: true,
      }),
    },
  };
  test.each(Object.entries(weaker))('refuse %s', async (name, more) => {
    const box = openBox();
    const response = await put(box, { ...rules(more), builds_on: '*' });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          file: name === RECORDED ? 'stop.json' : 'guardrails/stop-suppresses.json',
          code: 'guardrail-broken',
        }),
      ]),
    });
    expect(await suppressed(box)).toBe(false);
    await box.take(inbound('STOP'));
    expect(await suppressed(box)).toBe(true);
  });

  test('hold for a rulebook that does not bring them, and it is told so', async () => {
    const box = openBox();
    expect(
      (await put(box, { ...rules({ 'stop.json': undefined }), guardrails: {}, builds_on: '*' }))
        .status,
    ).toBe(422);
    const { guardrails_kept } = await publish(box, { ...rules(), guardrails: {} });
    expect(guardrails_kept).toContain('stop-suppresses');
    expect(
      (await put(box, { ...rules({ 'stop.json': undefined }), guardrails: {}, builds_on: '*' }))
        .status,
    ).toBe(422);
  });

  test('one that is weakened under its own name holds on as it was', async () => {
    const box = openBox();
    const weak = {
      name: 'stop-suppresses',
      why: 'Weaker.',
      callback: inbound('STOP'),
      must: ['ignore'],
    };
    const guardrails = { ...bundle.source.guardrails, 'guardrails/stop-suppresses.json': weak };
    const response = await put(box, {
      ...rules({ 'stop.json': undefined }),
      guardrails,
      builds_on: '*',
    });
    expect(response.status).toBe(422);
  });

  test('are taken away only by a token with the role admin', async () => {
    const tokens = { anna: { token: 'anna-anna-anna-anna', roles: ['read', 'author'] } };
    const box = openBox({}, { API_TOKENS: JSON.stringify(tokens) });
    const authorization = 'Bearer anna-anna-anna-anna';
    const without = { ...rules({ 'stop.json': undefined }), guardrails: {}, builds_on: '*' };
    const refused = await put(box, without, '?guardrails=replace', { authorization });
    expect(refused.status).toBe(403);
    expect((await put(box, without, '?guardrails=replace')).status).toBe(200);
    expect((await put(box, without, '', { authorization })).status).toBe(200);
  });
});

describe('rolling back', () => {
  test('returns to what was in force before; once more leads further back', async () => {
    const box = openBox();
    const one = await publish(box, rules({ 'greeting.json': greeting({ name: 'greeting' }) }));
    const two = await publish(box, rules({ 'other.json': greeting({ name: 'other' }) }));
    expect(await firedBy(box, 'hello', 'a')).toEqual(['other']);
    expect(await (await post(box, 'rollback', { message: 'too loud' })).json()).toMatchObject({
      version: one.version,
      before: two.version,
    });
    expect(await firedBy(box, 'hello', 'b')).toEqual(['greeting']);
    expect(await (await post(box, 'rollback')).json()).toMatchObject({ version: BUNDLED });
    expect(await firedBy(box, 'hello', 'c')).toEqual([]);
    expect((await post(box, 'rollback')).status).toBe(409);
    const { history } = await (await box.ask('/v1/rulebooks')).json<{ history: object[] }>();
    expect(history).toMatchObject([
      { kind: 'rollback', version: null },
      { kind: 'rollback', version: one.version, reason: 'too loud' },
      {
        kind: 'activate',
        version: two.version,
        code: expect.stringMatching(/^\d+\.\d+\.\d+\+\w+$/),
      },
      { kind: 'activate', version: one.version },
    ]);
  });

  test('a rollback to rules that break a newer guardrail is refused', async () => {
    const box = openBox();
    await publish(box, rules());
    const hello = {
      name: 'hello',
      why: 'Hello is answered.',
      callback: inbound('hello'),
      must: ['alert'],
    };
    const guardrails = { ...bundle.source.guardrails, 'guardrails/hello.json': hello };
    await publish(box, { ...rules({ 'greeting.json': greeting() }), guardrails });
    expect((await post(box, 'rollback')).status).toBe(422);
    expect((await post(box, 'rollback?guardrails=replace')).status).toBe(200);
  });

  test('“bundled” switches to the rules of the deployment', async () => {
    const box = openBox();
    await publish(box, rules({ 'greeting.json': greeting() }));
    expect((await health(box)).rulebook).toMatchObject({
      origin: 'published',
      bundled: { version: BUNDLED, differs: true },
    });
    expect((await post(box, 'bundled/activate')).status).toBe(200);
    expect((await health(box)).rulebook).toMatchObject({
      origin: 'bundled',
      bundled: { differs: false },
    });
    expect(await firedBy(box, 'hello', 'a')).toEqual([]);
  });
});

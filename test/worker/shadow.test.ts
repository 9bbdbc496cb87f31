import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Decisions } from '../../src/api/decisions/decisions.ts';
import { type Box, openBox } from './box.ts';
import {
  BUNDLED,
  firedBy,
  greeting,
  health,
  post,
  publish,
  rules,
  suppressed,
} from './publisher.ts';
import { inbound, rating } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const decided = async (box: Box, query = '') => {
  await box.drain();
  return (await (await box.ask(`/v1/decisions${query}`)).json<Decisions>()).decisions;
};
const suppressing = {
  then: [
    { action: 'suppress', params: { scope: 'all' } },
    { action: 'alert', params: { severity: 'high', title: 'Hello' } },
  ],
};

describe('a rule in shadow', () => {
  test('does nothing, is on record, and tells nobody', async () => {
    const box = openBox();
    await publish(box, rules({ 'greeting.json': greeting({ ...suppressing, mode: 'shadow' }) }));
    expect(await firedBy(box, 'hello', 'a')).toEqual([]);
    expect(await suppressed(box)).toBe(false);
    expect(await decided(box)).toMatchObject([
      { rules: [{ rule: 'greeting', outcome: 'shadow' }], actions: [] },
    ]);
    expect(await box.arrivals('alert')).toEqual([]);
  });

  test('stops no other rule', async () => {
    const box = openBox();
    const loud = greeting({ mode: 'shadow', stop: true, priority: 900 });
    await publish(box, rules({ 'greeting.json': loud, 'other.json': greeting({ name: 'other' }) }));
    expect(await firedBy(box, 'hello', 'a')).toEqual(['other']);
  });
});

describe('a rulebook in shadow', () => {
  test('decides beside the one in force, is on record under its own version, and does nothing', async () => {
    const box = openBox();
    const { version, put } = await publish(
      box,
      rules({ 'greeting.json': greeting(suppressing) }),
      '?shadow=true',
    );
    expect(put).toBe('in shadow');
    expect((await health(box)).rulebook).toMatchObject({ version: BUNDLED, shadow: version });
    expect(await firedBy(box, 'hello', 'a')).toEqual([]);
    expect(await suppressed(box)).toBe(false);
    const all = await decided(box, '?shadow=true');
    expect(all.find(({ shadow }) => shadow)).toMatchObject({
      rulebook: version,
      rules: [{ rule: 'greeting', outcome: 'shadow' }],
      actions: [],
    });
    expect(all.find(({ shadow }) => !shadow)).toMatchObject({ rulebook: BUNDLED, rules: [] });
    expect(await decided(box)).toHaveLength(1);
    expect(await box.arrivals('alert')).toEqual([]);
  });

  test('leaves what the one in force does as it is, redeliveries too', async () => {
    const box = openBox();
    const without = {
      ...rules({ 'stop.json': undefined, 'greeting.json': greeting() }),
      guardrails: {},
    };
    await publish(box, without, '?shadow=true&guardrails=replace');
    await box.take(inbound('STOP'));
    await box.take(inbound('STOP'));
    expect(await suppressed(box)).toBe(true);
    await box.take(rating('RED'));
    await box.drain();
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('ends when it is told to', async () => {
    const box = openBox();
    const { version } = await publish(
      box,
      rules({ 'greeting.json': greeting() }),
      '?activate=false',
    );
    expect((await post(box, `${version}/shadow`)).status).toBe(200);
    expect((await health(box)).rulebook).toMatchObject({ shadow: version });
    expect((await box.ask('/v1/rulebooks/shadow', { method: 'DELETE' })).status).toBe(200);
    expect((await health(box)).rulebook).toMatchObject({ shadow: null });
    await firedBy(box, 'hello', 'a');
    expect((await decided(box, '?shadow=true')).filter(({ shadow }) => shadow)).toEqual([]);
  });

  test('one that cannot be read is told of, and the rules in force go on', async () => {
    const box = openBox();
    const { version } = await publish(box, rules({ 'greeting.json': greeting() }), '?shadow=true');
    await box.bindings.KV.put(`rulebook:${version}`, '{}');
    expect(await firedBy(box, 'STOP', 'a')).toContain('stop');
    expect((await health(box)).troubles).toContainEqual(
      expect.stringMatching(/in shadow: .* does not match its hash$/),
    );
  });
});

describe('a rule that expires', () => {
  test('fires until its time by the clock of receipt, and not from then on', async () => {
    const box = openBox();
    await publish(
      box,
      rules({ 'greeting.json': greeting({ expires: '2026-11-20T14:00:00+02:00' }) }),
    );
    vi.setSystemTime(Date.parse('2026-11-20T11:59:59.999Z'));
    expect(await firedBy(box, 'hello', 'a')).toEqual(['greeting']);
    vi.setSystemTime(Date.parse('2026-11-20T12:00:00Z'));
    expect(await firedBy(box, 'hello', 'b')).toEqual([]);
  });
});

describe('a backtest of what is on record', () => {
  const ask = async (box: Box, rulebook: object) => {
    await box.drain();
    return (await post(box, 'backtest', rulebook)).json();
  };

  test('says what would be different, does nothing, and keeps nothing', async () => {
    const box = openBox();
    await firedBy(box, 'hello', 'a');
    await firedBy(box, 'STOP', 'b');
    const before = await decided(box, '?shadow=true');
    const found = await ask(
      box,
      rules({ 'greeting.json': greeting(suppressing), 'stop.json': undefined }),
    );
    const hello = expect.objectContaining({
      rule: 'greeting',
      action: 'suppress',
      message: 'stop all messages to this person',
      more: 1,
    });
    const stop = expect.objectContaining({ rule: 'stop', action: 'suppress', fewer: 1 });
    expect(found).toMatchObject({
      against: BUNDLED,
      tally: {
        callbacks: 2,
        changed: 2,
        shifts: expect.arrayContaining([hello, stop]),
        suppressed: [expect.any(String)],
        released: [expect.any(String)],
        unknown: [],
      },
      next: null,
    });
    expect(await decided(box, '?shadow=true')).toEqual(before);
    expect(await suppressed(box)).toBe(true);
  });

  test('says “unknown” where a fact was not kept, and guesses nothing', async () => {
    const box = openBox();
    await firedBy(box, 'my lawyer will call', 'a');
    const lawyer = greeting({ when: { fact: 'text', operator: 'containsWord', value: 'lawyer' } });
    expect(await ask(box, rules({ 'greeting.json': lawyer }))).toMatchObject({
      tally: {
        changed: 0,
        shifts: [],
        unknown: [{ rule: 'greeting', count: 1, reason: ['text'], examples: [expect.any(String)] }],
      },
    });
  });

  test('the rules in force change nothing', async () => {
    const box = openBox();
    await firedBy(box, 'STOP', 'a');
    await box.take(rating('RED'));
    expect(await ask(box, rules())).toMatchObject({
      tally: { callbacks: 2, changed: 0, shifts: [], unknown: [] },
    });
  });

  test('refuses rules with an error', async () => {
    const broken = greeting({ when: { fact: 'keywrd', operator: 'present' } });
    expect((await post(openBox(), 'backtest', rules({ 'greeting.json': broken }))).status).toBe(
      422,
    );
  });
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { app } from '../../src/app.ts';
import { signCallback } from '../../src/callbacks/signature.ts';
import { bundle } from '../../src/rulebooks/bundled.ts';
import { canonicalize } from '../../src/rulebooks/canonical.ts';
import type { RulebookSource } from '../../src/rules/model/rule.ts';
import { open } from '../../src/services.ts';
import { type Box, env, openBox, SECRET } from './box.ts';
import { BUNDLED, firedBy, greeting, health, publish, rules } from './publisher.ts';
import { inbound } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const OTHER = rules({ 'other.json': greeting({ name: 'other' }) });

const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

/** Another isolate over the same stores: its own memory, and other bindings if wanted. */
function elsewhere(box: Box, bindings: Partial<Env> = {}) {
  const bound: Env = { ...box.bindings, ...bindings };
  const under: Promise<unknown>[] = [];
  const context = {
    waitUntil: (work: Promise<unknown>) => void under.push(work),
    passThroughOnException() {},
    props: {},
  };
  return {
    bound,
    fired: async (text: string, id: string): Promise<string[]> => {
      const body = new TextEncoder().encode(JSON.stringify(inbound(text, { id })));
      const signing = { nonce: crypto.randomUUID(), timestamp: Math.floor(Date.now() / 1000) };
      const headers = await signCallback(body, SECRET, signing);
      const response = await app.request(
        '/callbacks',
        { method: 'POST', body, headers },
        bound,
        context,
      );
      await Promise.all(under.splice(0));
      const { fired } = await response.json<{ fired: { rule: string }[] }>();
      return fired.map(({ rule }) => rule);
    },
    troubles: async () =>
      (
        await (await app.request('/healthz', {}, bound, context)).json<{ troubles: string[] }>()
      ).troubles.filter((trouble) => /rulebook|rules/.test(trouble)),
  };
}

/** Bindings that count how often they are asked, and fail when told to. */
function counting() {
  const asked = { rulebooks: 0, kv: [] as string[] };
  const faults = { rulebooks: false, kv: false };
  const RULEBOOKS = new Proxy(env.RULEBOOKS, {
    get: (target, key) =>
      key === 'getByName'
        ? (name: string) => {
            const object = target.getByName(name);
            return {
              ...Object.fromEntries(
                ['change', 'list', 'history', 'note'].map((method) => [
                  method,
                  Reflect.get(object, method),
                ]),
              ),
              readState: async (version: string) => {
                asked.rulebooks += 1;
                if (faults.rulebooks) throw new Error('the object does not answer');
                return object.readState(version);
              },
            };
          }
        : Reflect.get(target, key),
  });
  const KV = new Proxy(env.KV, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key !== 'get') return typeof value === 'function' ? value.bind(target) : value;
      return async (name: string) => {
        asked.kv.push(name);
        if (faults.kv) throw new Error('KV GET failed: 500');
        return target.get(name);
      };
    },
  });
  return { asked, faults, bindings: { RULEBOOKS, KV } };
}

/** Puts a rulebook in force that this deployment would not take. */
async function force(box: Box, rulebook: RulebookSource): Promise<string> {
  const { kept } = open(box.bindings).rulebooks;
  const sealed = await canonicalize(rulebook);
  const words = { origin: 'published', author: 'anna', message: '', at: 0, rules: 1 } as const;
  await kept.keep(sealed, words);
  await kept.change({
    kind: 'activate',
    code: '0.1.0+test',
    version: sealed.version,
    at: 0,
    actor: 'anna',
    reason: '',
    bundled: BUNDLED,
  });
  return sealed.version;
}

describe('what decides', () => {
  test('is the bundle as long as nothing was published, and the bundle is kept to explain by', async () => {
    const box = openBox();
    await firedBy(box, 'hello', 'a');
    const { rulebook } = await health(box);
    expect(rulebook).toMatchObject({ version: BUNDLED, origin: 'bundled' });
    expect(await env.KV.get(`rulebook:${BUNDLED}`)).not.toBeNull();
    expect((await open(box.bindings).rulebookOf(BUNDLED)).version).toBe(BUNDLED);
  });

  test('a pointer is asked anew when it is older than 30 seconds, and not before', async () => {
    const box = openBox();
    const { asked, bindings } = counting();
    const other = elsewhere(box, bindings);
    expect(await other.fired('hello', 'a')).toEqual([]);
    await publish(box, rules({ 'greeting.json': greeting() }));
    const before = { rulebooks: asked.rulebooks, kv: asked.kv.length };
    later(30);
    expect(await other.fired('hello', 'b')).toEqual([]);
    expect({ rulebooks: asked.rulebooks, kv: asked.kv.length }).toEqual(before);
    later(0.001);
    expect(await other.fired('hello', 'c')).toEqual(['greeting']);
    expect(asked.rulebooks).toBe(before.rulebooks + 1);
  });

  test('a body is fetched once a version, however often the pointer is asked', async () => {
    const box = openBox();
    const { version } = await publish(box, rules({ 'greeting.json': greeting() }));
    const { asked, bindings } = counting();
    const other = elsewhere(box, bindings);
    for (const id of ['a', 'b', 'c']) {
      expect(await other.fired('hello', id)).toEqual(['greeting']);
      later(60);
    }
    expect(asked.kv.filter((key) => key === `rulebook:${version}`)).toHaveLength(1);
    expect(asked.rulebooks).toBe(3);
  });

  test('a decision of the past can be explained by the rulebook of then', async () => {
    const box = openBox();
    const { version } = await publish(box, rules({ 'greeting.json': greeting() }));
    await publish(box, rules());
    const past = await open(box.bindings).rulebookOf(version);
    expect(past.rules.map(({ name }) => name)).toContain('greeting');
    await expect(open(box.bindings).rulebookOf('0000NOSUCHVERSION')).rejects.toThrow(/is not kept/);
  });
});

describe('never a moment without rules', () => {
  const faults: [string, (version: string) => Promise<void>, RegExp][] = [
    [
      'a body that was tampered with',
      (version) => env.KV.put(`rulebook:${version}`, '{"rules":{}}'),
      /does not match its hash/,
    ],
    [
      'a body that is no JSON',
      (version) => env.KV.put(`rulebook:${version}`, '{'),
      /does not match its hash/,
    ],
    ['a body that is missing', (version) => env.KV.delete(`rulebook:${version}`), /is not kept/],
  ];

  test.each(
    faults,
  )('%s: an isolate goes on with the last good one, and says so', async (_, harm, message) => {
    const box = openBox();
    const other = elsewhere(box);
    await publish(box, rules({ 'greeting.json': greeting() }));
    expect(await other.fired('hello', 'a')).toEqual(['greeting']);
    const { version } = await publish(box, OTHER);
    await harm(version);
    later(31);
    expect(await other.fired('hello', 'b')).toEqual(['greeting']);
    expect(await other.troubles()).toEqual([expect.stringMatching(message)]);
    expect((await other.troubles())[0]).toMatch(
      /the last good one, [0-9A-Z]{26}, decides instead$/,
    );
  });

  test.each(faults)('%s: a new isolate takes the one before, and says so', async (_, harm) => {
    const box = openBox();
    await publish(box, rules({ 'greeting.json': greeting() }));
    const { version } = await publish(box, OTHER);
    await harm(version);
    const other = elsewhere(box);
    expect(await other.fired('hello', 'a')).toEqual(['greeting']);
    expect((await other.troubles())[0]).toMatch(/the last good one/);
  });

  test.each(
    faults,
  )('%s: with nothing good before, the bundle decides, and STOP still counts', async (_, harm) => {
    const box = openBox();
    const { version } = await publish(box, rules({ 'greeting.json': greeting() }));
    await harm(version);
    const other = elsewhere(box);
    expect(await other.fired('STOP', 'a')).toContain('stop');
    expect((await other.troubles())[0]).toMatch(/the bundled one decides instead$/);
  });

  test('it comes back by itself when the body does', async () => {
    const box = openBox();
    const { version } = await publish(box, rules({ 'greeting.json': greeting() }));
    const body = (await env.KV.get(`rulebook:${version}`)) ?? '';
    await env.KV.delete(`rulebook:${version}`);
    const other = elsewhere(box);
    expect(await other.fired('hello', 'a')).toEqual([]);
    await env.KV.put(`rulebook:${version}`, body);
    later(6);
    expect(await other.fired('hello', 'b')).toEqual(['greeting']);
    expect(await other.troubles()).toEqual([]);
  });

  test.each([
    ['the object does not answer', 'rulebooks'],
    ['KV does not answer', 'kv'],
  ] as const)('%s: a new isolate decides by the bundle, one with a memory by the last good one', async (_, part) => {
    const box = openBox();
    await publish(box, rules({ 'greeting.json': greeting() }));
    const { faults: broken, bindings } = counting();
    const old = elsewhere(box, bindings);
    expect(await old.fired('hello', 'a')).toEqual(['greeting']);
    if (part === 'kv') await publish(box, OTHER);
    broken[part] = true;
    later(31);
    expect(await old.fired('hello', 'b')).toEqual(['greeting']);
    expect(await old.troubles()).toHaveLength(1);
    const fresh = elsewhere(box, bindings);
    expect(await fresh.fired('STOP', 'c')).toContain('stop');
    expect(await fresh.troubles()).toHaveLength(1);
    broken[part] = false;
    later(6);
    expect(await fresh.fired('hello', 'd')).toEqual([part === 'kv' ? 'other' : 'greeting']);
    expect(await fresh.troubles()).toEqual([]);
  });

  test('a rule that this deployment can no longer read is left out and named; the others stand', async () => {
    const box = openBox();
    const gone = greeting({ when: { fact: 'keyword', operator: 'resembles', value: 'HELLO' } });
    await force(box, rules({ 'greeting.json': gone, 'other.json': greeting({ name: 'other' }) }));
    expect(await firedBy(box, 'hello', 'a')).toEqual(['other']);
    expect((await health(box)).troubles).toContainEqual(
      expect.stringMatching(/^rules\/greeting\.json: .*resembles/),
    );
  });

  test('a rulebook whose rule for STOP can no longer be read does not decide', async () => {
    const box = openBox();
    const stop = {
      ...(bundle.source.rules['stop.json'] as object),
      when: { fact: 'keyword', operator: 'resembles', value: 'STOP' },
    };
    await force(box, rules({ 'stop.json': stop }));
    expect(await firedBy(box, 'STOP', 'a')).toContain('stop');
    expect((await health(box)).troubles).toContainEqual(
      expect.stringMatching(/the guardrail stop.* does not hold.*bundled one decides/),
    );
  });
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import {
  emptyRulebookCache,
  openActiveRulebook,
  type RulebookCache,
  type RulebookPointer,
  type RulebookStore,
} from '../../src/rulebooks/active-rulebook.ts';
import { canonicalize } from '../../src/rulebooks/canonical.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import type { RulebookSource } from '../../src/rules/model/rule.ts';

vi.mock(import('../../src/rules/compile/compile.ts'), async (original) => {
  const real = await original();
  return { ...real, compile: vi.fn(real.compile) };
});
const compiled = vi.mocked(compile);

const source = (name: string): RulebookSource => ({
  rules: {
    [`${name}.json`]: {
      name,
      why: 'Because.',
      owner: 'ops',
      on: ['MESSAGE_INBOUND'],
      when: { fact: 'keyword', operator: 'equal', value: 'A' },
      then: [{ action: 'ignore', params: { because: 'x' } }],
    },
  },
  lists: {},
  conditions: {},
  alerts: {},
});
const sealed = {
  bundled: await canonicalize(source('bundled')),
  a: await canonicalize(source('a')),
  b: await canonicalize(source('b')),
};
const bodies = new Map(Object.values(sealed).map(({ version, body }) => [version, body]));

/** A pointer, a shelf that answers when the test says so, and a clock. */
function open(memory: RulebookCache = emptyRulebookCache()) {
  const state = {
    now: 0,
    pointer: {
      seq: 1,
      version: null,
      before: null,
      shadow: null,
      bundleKept: true,
    } as RulebookPointer,
  };
  const shelf = {
    actions,
    checkAlerts: () => {},
    bundle: {
      version: sealed.bundled.version,
      source: source('bundled'),
      body: async () => sealed.bundled.body,
    },
    readPointer: vi.fn<RulebookStore['readPointer']>(async () => state.pointer),
    readBody: vi.fn<RulebookStore['readBody']>(async (version) => bodies.get(version) ?? null),
    storeBundle: vi.fn(async () => {}),
  };
  const inForce = openActiveRulebook(memory, shelf, () => state.now);
  const names = async () => (await inForce.current()).rulebook.rules.map(({ name }) => name);
  return { state, shelf, inForce, memory, names };
}

afterEach(() => {
  vi.useRealTimers();
  compiled.mockClear();
});

const pointTo = (seq: number, version: string | null): RulebookPointer => ({
  seq,
  version,
  before: null,
  shadow: null,
  bundleKept: true,
});

describe('the rulebook in force', () => {
  test('an older answer that comes later changes nothing', async () => {
    const { state, shelf, names } = open();
    let answer = (_: RulebookPointer) => {};
    shelf.readPointer.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const slow = names();
    state.pointer = pointTo(7, sealed.b.version);
    expect(await names()).toEqual(['b']);
    answer(pointTo(3, sealed.a.version));
    expect(await slow).toEqual(['b']);
    expect(await names()).toEqual(['b']);
  });

  test('many requests at once make a new rulebook ready once', async () => {
    const { state, names, memory } = open();
    await names();
    compiled.mockClear();
    state.pointer = pointTo(2, sealed.a.version);
    state.now = 30_001;
    const all = await Promise.all(Array.from({ length: 20 }, names));
    expect(new Set(all.flat())).toEqual(new Set(['a']));
    expect(compiled).toHaveBeenCalledTimes(1);
    expect(memory.opened).toBeUndefined();
  });

  test('only one compiled rulebook stays behind a publication', async () => {
    const { state, names, memory } = open();
    for (const [seq, { version }] of [sealed.a, sealed.b, sealed.a].entries()) {
      state.pointer = pointTo(seq + 2, version);
      state.now += 30_001;
      await names();
    }
    expect(memory).toMatchObject({
      book: { version: sealed.a.version },
      shadow: undefined,
      opened: undefined,
      problems: [],
    });
  });

  test('an object that never answers holds a callback up for two seconds, and then not for five', async () => {
    vi.useFakeTimers();
    const { state, shelf, names, inForce } = open();
    shelf.readPointer.mockImplementation(() => new Promise(() => {}));
    const asked = names();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await asked).toEqual(['bundled']);
    state.now = 5_000;
    expect(await names()).toEqual(['bundled']);
    expect(shelf.readPointer).toHaveBeenCalledTimes(1);
    expect(inForce.problems()).toEqual([
      expect.stringMatching(
        /cannot be asked \(no answer within 2000 ms\): the bundled one decides$/,
      ),
    ]);
  });

  test('a bundle that cannot be kept decides all the same', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { state, shelf, names } = open();
    state.pointer = { ...state.pointer, bundleKept: false };
    shelf.storeBundle.mockRejectedValue(new Error('KV PUT failed'));
    expect(await names()).toEqual(['bundled']);
  });

  test('an alerts.json that this deployment cannot use leaves the last good rulebook in force', async () => {
    const { state, shelf, names, inForce } = open();
    await names();
    const harmed = { ...shelf, checkAlerts: vi.fn() };
    harmed.checkAlerts.mockImplementationOnce(() => {
      throw new Error('alerts.json: default: names no destination');
    });
    state.pointer = pointTo(2, sealed.a.version);
    const other = openActiveRulebook(emptyRulebookCache(), harmed, () => state.now);
    expect((await other.current()).version).toBe(sealed.bundled.version);
    expect(other.problems()).toEqual([
      expect.stringMatching(/names no destination: the bundled one decides instead$/),
    ]);
    expect(inForce.problems()).toEqual([]);
  });

  test('one in shadow is made ready beside it, and let go', async () => {
    const { state, inForce, memory } = open();
    state.pointer = { ...state.pointer, shadow: sealed.a.version };
    await inForce.current();
    expect(inForce.shadow()?.version).toBe(sealed.a.version);
    expect((await inForce.current()).version).toBe(sealed.bundled.version);
    state.pointer = { ...state.pointer, seq: 2, shadow: null };
    state.now = 30_001;
    await inForce.current();
    expect(inForce.shadow()).toBeUndefined();
    expect(memory.shadow).toBeUndefined();
  });
});

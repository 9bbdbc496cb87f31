import { stripTypeScriptTypes } from 'node:module';
import { afterEach, describe, expect, test } from 'vitest';
import { applied, mutantsOf } from './mutants.ts';
import { withMutants } from './schemata.ts';
import { Switch } from './trial.ts';

afterEach(() => {
  globalThis.$mutation = undefined;
});

describe('a source with all its mutants', () => {
  /** Loads a module that exports `f`. */
  async function load(source: string): Promise<(...given: unknown[]) => unknown> {
    const text = stripTypeScriptTypes(source);
    const { f } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    return f;
  }

  const SOURCE = `
    const LIMIT: number = 2 * 3;
    const calls: string[] = [];
    const note = (text: string): void => void calls.push(text);
    export function f(list?: readonly number[], deep = 1): unknown {
      calls.length = 0;
      if (deep > LIMIT && !list) note('a'); else note('b');
      const some = list?.some((one) => one === deep || one < 0).valueOf();
      return { some: some ?? null, calls: [...calls], sum: deep + (list?.length ?? 0) };
    }`;
  const GIVEN: readonly (readonly unknown[])[] = [
    [],
    [[1, 2], 1],
    [[-1], 7],
    [undefined, 7],
    [[3]],
  ];

  test('does what it did while none is active, and with one what the changed source does', async () => {
    const mutants = mutantsOf('a.ts', SOURCE).map((mutant, id) => ({ ...mutant, id }));
    expect(mutants.length).toBeGreaterThan(20);
    const all = withMutants(SOURCE, mutants);
    const plain = await load(SOURCE);
    const instrumented = await load(all);
    const answers = (f: (...given: unknown[]) => unknown): unknown =>
      GIVEN.map((given) => {
        try {
          return f(...given);
        } catch (error) {
          return String(error);
        }
      });
    expect(answers(instrumented)).toEqual(answers(plain));
    for (const mutant of mutants) {
      globalThis.$mutation = (id) => id === mutant.id;
      // A comment makes the text another module: its constants are evaluated anew.
      const chosen = await load(`${all}\n// ${mutant.id}`);
      const changed = await load(`${applied(SOURCE, mutant)}\n// ${mutant.id}`);
      expect(answers(chosen), `${mutant.before} → ${mutant.text}`).toEqual(answers(changed));
    }
  });

  test('keeps the numbers of its lines', () => {
    const mutants = mutantsOf('a.ts', SOURCE).map((mutant, id) => ({ ...mutant, id }));
    const lines = (text: string): number => text.split('\n').length;
    expect(lines(withMutants(SOURCE, mutants))).toBe(lines(SOURCE));
  });
});

describe('the switch of mutants', () => {
  test('tells what is reached while none is active, and apart what was reached at rest', () => {
    const chosen = new Switch().install();
    chosen.rest();
    globalThis.$mutation?.(1);
    chosen.activate(undefined);
    globalThis.$mutation?.(2);
    chosen.activate(2);
    expect([globalThis.$mutation?.(2), globalThis.$mutation?.(3)]).toEqual([true, false]);
    expect([chosen.reached(), chosen.takeLoaded(), chosen.takeLoaded()]).toEqual([[2], [1], []]);
  });

  test('ends a loop that a mutant makes endless', () => {
    const chosen = new Switch().install();
    chosen.activate(undefined);
    globalThis.$mutation?.(1);
    chosen.activate(1);
    expect(() => {
      while (globalThis.$mutation?.(1));
    }).toThrow('mutant 1 does not end');
  });
});

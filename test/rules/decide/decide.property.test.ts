import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/rules/compile/compile.ts';
import { decide } from '../../../src/rules/decide/decide.ts';
import { evaluateRule } from '../../../src/rules/decide/evaluate.ts';
import type { CompiledRule, Rulebook } from '../../../src/rules/model/compiled.ts';
import { observeFacts } from '../../../src/rules/model/observed-facts.ts';
import { runs } from '../../setup/runs.ts';
import { actions, callbackWith, rule, sources } from '../rulebook.ts';
import {
  condition,
  conditions,
  conditionValues,
  deepCondition,
  listsFor,
  listValues,
} from './arbitraries.ts';
import { type Happening, happening, TRIGGERS } from './arbitrary-values.ts';
import { truth } from './kleene.ts';

const named = (when: unknown, at: number, over: object = {}) =>
  rule({ name: `r-${at}`, on: TRIGGERS, when, ...over });

/** A rule set in which priorities tie, some rules stop, some are off, and some listen to one trigger only. */
const rules = fc
  .array(
    fc.record({
      when: fc.oneof({ weight: 8, arbitrary: condition }, { weight: 1, arbitrary: deepCondition }),
      priority: fc.constantFrom(1, 1, 2),
      stop: fc.constantFrom(false, false, false, true),
      enabled: fc.constantFrom(true, true, true, false),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((written) => written.map(({ when, ...rest }, at) => named(when, at, rest)));

type Written = Record<string, unknown>;

const compiled = (written: readonly Written[]): Rulebook => {
  const { rulebook, findings } = compile(
    sources(written, { lists: listsFor(written), conditions }),
    actions,
    'v1',
  );
  // The one thing that generated rules may be refused for.
  const errors = findings.filter(
    ({ severity, code }) => severity === 'error' && code !== 'too-deep',
  );
  expect(errors).toEqual([]);
  return rulebook;
};
const callbackIn = ({ trigger, facts, payload, body }: Happening) =>
  callbackWith(trigger, facts, payload, { ...body });
const recallIn =
  ({ recalled }: Happening) =>
  async (name: string) =>
    name === 'previous_quality_rating' ? recalled : undefined;
const namesOf = (fired: readonly { readonly rule: CompiledRule }[]) =>
  fired.map(({ rule: { name } }) => name);

/** The world as the naive reading sees it. */
const worldOf = ({ facts, recalled, payload, body }: Happening) => ({
  lists: listValues,
  conditions: conditionValues,
  see(fact: string, path: string | undefined): unknown {
    if (fact === 'previous_quality_rating') return recalled;
    if (path === undefined)
      return Object.hasOwn(facts, fact) ? facts[fact as keyof typeof facts] : undefined;
    return [payload, body]
      .map((root) => path.split('.').reduce<unknown>(own, root))
      .find((found) => found !== undefined && found !== null && found !== '');
  },
});
const own = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

/** What fires when every rule is asked, in order, without a sieve: by `holds`. */
async function asked(
  rulebook: Rulebook,
  trigger: string,
  holds: (rule: CompiledRule) => Promise<boolean> | boolean,
): Promise<string[]> {
  const fired: string[] = [];
  for (const candidate of rulebook.rules) {
    if (!candidate.enabled || !candidate.on.includes(trigger) || !(await holds(candidate)))
      continue;
    fired.push(candidate.name);
    if (candidate.stop) break;
  }
  return fired;
}

describe('decide', () => {
  test('fires what the naive three-valued reading calls true, and drops nothing that judging every rule would fire', async () => {
    let fires = 0;
    await fc.assert(
      fc.asyncProperty(rules, happening, async (written, seen) => {
        const rulebook = compiled(written);
        const callback = callbackIn(seen);
        const decision = await decide(rulebook, callback, recallIn(seen));
        expect(decision.erred).toEqual([]);
        const fired = namesOf(decision.fired);
        fires += fired.length;

        const whens = new Map(written.map(({ name, when }) => [name, when]));
        expect(fired).toEqual(
          await asked(
            rulebook,
            seen.trigger,
            ({ name }) => truth(whens.get(name), worldOf(seen)) === true,
          ),
        );

        const facts = observeFacts(callback, rulebook.lists, recallIn(seen));
        const bySelf = async (candidate: CompiledRule) => {
          await facts.fetch(candidate.uses);
          return evaluateRule(candidate, facts);
        };
        expect(fired).toEqual(await asked(rulebook, seen.trigger, bySelf));
      }),
      { numRuns: runs(10_000) },
    );
    expect(fires).toBeGreaterThan(runs(1_000));
  });

  test('is not touched by a broken rule, a rule that throws, or the order of the files', async () => {
    const broken = fc.constantFrom<Written>(
      rule({ name: 'broken', when: { all: [] } }),
      rule({ name: 'broken', on: ['NOWHERE'] }),
      rule({ name: 'broken', when: { fact: 'nothing', operator: 'equal', value: 1 } }),
    );
    const throwing = fc.constantFrom<unknown>(
      { fact: 'correlation_id', operator: 'equal', value: 'RED' },
      { not: { fact: 'correlation_id', operator: 'says', value: 'RED' } },
      {
        any: [
          { fact: 'correlation_id', operator: 'present' },
          { fact: 'channel', operator: 'missing' },
        ],
      },
    );
    const isMine = ({ rule: name }: { readonly rule: string }) => name !== 'throwing';
    await fc.assert(
      fc.asyncProperty(
        rules,
        happening,
        broken,
        throwing,
        fc.integer(),
        async (written, seen, wrong, when, seed) => {
          const callback = callbackIn(seen);
          const before = await decide(compiled(written), callback, recallIn(seen));
          const thrower = named(when, 0, { name: 'throwing', priority: 1000 });
          const shuffled = [wrong, thrower, ...written]
            .map((one, at) => ({ one, key: Math.sin(seed + at) }))
            .sort((a, b) => a.key - b.key);
          const { rulebook } = compile(
            sources(
              shuffled.map(({ one }) => one),
              { lists: listsFor(written), conditions },
            ),
            actions,
            'v1',
          );
          const throws = {
            ...callback,
            fact: (name: string, known: typeof rulebook.lists) =>
              name === 'correlation_id' ? fail() : callback.fact(name, known),
          };
          const after = await decide(rulebook, throws, recallIn(seen));
          expect(after.erred).toEqual([{ rule: 'throwing', message: 'cannot be read' }]);
          expect(namesOf(after.fired)).toEqual(namesOf(before.fired));
          expect(after.erred.filter(isMine)).toEqual(before.erred);
        },
      ),
      { numRuns: runs(1_000) },
    );
  });

  test('gives a hundred overlapping callbacks what it gives them one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        rules,
        fc.array(happening, { minLength: 100, maxLength: 100 }),
        async (written, all) => {
          const rulebook = compiled(written);
          const later = (seen: Happening) => async (name: string) => {
            await new Promise(setImmediate);
            return recallIn(seen)(name);
          };
          const together = await Promise.all(
            all.map((seen) => decide(rulebook, callbackIn(seen), later(seen))),
          );
          for (const [at, seen] of all.entries()) {
            expect(namesOf(together[at]?.fired ?? [])).toEqual(
              namesOf((await decide(rulebook, callbackIn(seen), recallIn(seen))).fired),
            );
          }
        },
      ),
      { numRuns: runs(20) },
    );
  });
});

const fail = (): never => {
  throw new Error('cannot be read');
};

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FactValue } from '../../../src/callbacks/facts/fact.ts';
import { fold } from '../../../src/callbacks/facts/fold.ts';
import { neighboursIn } from '../../../src/rules/check/disjoint.ts';
import { type Constraint, solve } from '../../../src/rules/check/solve.ts';
import { evaluateNode, leavesOf, type Node } from '../../../src/rules/model/tree.ts';
import { runs } from '../../setup/runs.ts';
import { list, rule, rulebookOf } from '../rulebook.ts';

/** Small worlds: whatever a fact may be in them, and comparisons that tell these values apart. */
const TEXTS = ['STOP', 'Stop', 'stop it', 'RED', 'red', 'zzz', 'STOP NOW'];
const NUMBERS = [-1, 0, 0.5, 1, 1.5, 2, 3];
const HOURS = { from: '09:00', to: '17:00', timeZone: 'UTC' };
const TIMES = ['2026-01-01T00:00:00Z', '2026-01-01T12:00:00Z', '2026-01-02T12:00:00Z'];
const MISSING = undefined;

const text = fc.constantFrom(...TEXTS.slice(0, 5), 'ZZ');
const texts = fc.oneof(
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
  fc.constantFrom({ list: 'some' }, { list: 'none' }),
);
const leaf = (
  fact: string,
  operators: readonly string[],
  value: fc.Arbitrary<unknown>,
  path?: string,
) =>
  fc.record({
    fact: fc.constant(fact),
    operator: fc.constantFrom(...operators),
    value,
    ...(path && { path: fc.constant(path) }),
  });
const nothing = fc.constant(undefined);

const wordless = (fact: string, path?: string) => [
  leaf(fact, ['equal', 'notEqual'], text, path),
  leaf(fact, ['in', 'notIn', 'says', 'doesNotSay'], texts, path),
  leaf(fact, ['present', 'missing'], nothing, path),
];
const numeric = (fact: string, path?: string) => [
  leaf(
    fact,
    ['lessThan', 'greaterThan', 'lessThanInclusive', 'greaterThanInclusive'],
    fc.constantFrom(0, 1, 2),
    path,
  ),
  leaf(fact, ['equal', 'notEqual'], fc.constantFrom(0, 1, 2), path),
  leaf(fact, ['present', 'missing'], nothing, path),
];
/** Comparisons of which everything is known. */
const foretold = fc.oneof(
  ...['channel', 'metadata', 'keyword'].flatMap((fact) => wordless(fact)),
  ...numeric('age_seconds'),
  leaf('event_time', ['before', 'notBefore', 'after', 'notAfter'], fc.constantFrom(...TIMES)),
  leaf('injected', ['equal', 'notEqual'], fc.boolean()),
  ...wordless('payload', 'a'),
  ...numeric('payload', 'a'),
);
/** And those that can only be tried. */
const tried = fc.oneof(
  ...['channel', 'keyword'].flatMap((fact) => [
    leaf(fact, ['containsWord', 'doesNotContainWord', 'startsWith', 'doesNotStartWith'], text),
    leaf(fact, ['matches', 'doesNotMatch'], fc.constantFrom('ST', '^S', '[a-z]')),
  ]),
  leaf('event_time', ['withinHours', 'outsideHours'], fc.constant(HOURS)),
  leaf('payload', ['before', 'notBefore', 'notAfter'], fc.constantFrom(...TIMES), 'a'),
  leaf('payload', ['withinHours', 'outsideHours'], fc.constant(HOURS), 'a'),
  leaf('payload', ['matches', 'doesNotMatch'], fc.constantFrom('ST', '2026'), 'a'),
  leaf('payload', ['containsWord', 'doesNotStartWith'], text, 'a'),
  // A field can be a list or a text, which is searched for parts.
  leaf('payload', ['contains', 'doesNotContain'], fc.constantFrom('STOP', 1), 'a'),
);

const groups = (leaves: fc.Arbitrary<unknown>) =>
  fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 3, arbitrary: leaves },
      {
        weight: 2,
        arbitrary: fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      },
      { weight: 1, arbitrary: fc.record({ not: tie('node') }) },
    ),
  })).node;

const lists = {
  'lists/some.json': list('some', ['STOP', 'RED']),
  'lists/none.json': list('none', []),
};
const nodeOf = (when: unknown): Node => {
  const { rules } = rulebookOf([rule({ on: ['MESSAGE_INBOUND'], when })], { lists });
  if (!rules[0]) throw new Error('no rule');
  return rules[0].when;
};

/** What each fact may be, without anything that is there to hold only one of the kin. */
const DOMAINS: Readonly<Record<string, readonly FactValue[]>> = {
  channel: [MISSING, ...TEXTS],
  metadata: [MISSING, ...TEXTS],
  keyword: [MISSING, ...new Set([...TEXTS, 'OTHER'].map(fold))],
  age_seconds: [MISSING, ...NUMBERS],
  event_time: [
    MISSING,
    ...TIMES.map(Date.parse),
    Date.parse('2026-01-01T06:00:00Z'),
    0,
    Date.parse('2027-01-01'),
  ],
  injected: [MISSING, true, false],
  'payload.a': [
    MISSING,
    ...TEXTS,
    ...NUMBERS,
    true,
    {},
    [],
    ['STOP'],
    [1],
    ['STOP', 1],
    ...TIMES,
    Date.parse(TIMES[0] ?? ''),
    9e15,
  ],
};

/** Tries every combination of values; the facts that come true first. */
function bruteForce(wishes: readonly Constraint[]): ReadonlyMap<string, FactValue> | undefined {
  const keys = [...new Set(wishes.flatMap(({ node }) => leavesOf(node).map(({ use }) => use.key)))];
  const facts = new Map<string, FactValue>();
  const search = (at: number): boolean => {
    const key = keys[at];
    if (key === undefined) return holds(wishes, facts);
    return (DOMAINS[key] ?? []).some((value) => {
      facts.set(key, value);
      return search(at + 1);
    });
  };
  return search(0) ? facts : undefined;
}

const holds = (wishes: readonly Constraint[], facts: ReadonlyMap<string, FactValue>): boolean =>
  wishes.every(
    (wish) => evaluateNode(wish.node, ({ key }) => ({ value: facts.get(key) })) === wish.holds,
  );

/** How many combinations there are to try. */
const worldOf = (wishes: readonly Constraint[]): number =>
  [...new Set(wishes.flatMap(({ node }) => leavesOf(node).map(({ use }) => use.key)))].reduce(
    (product, key) => product * (DOMAINS[key]?.length ?? 1),
    1,
  );

describe('solve', () => {
  const wished = (leaves: fc.Arbitrary<unknown>) =>
    fc
      .array(fc.tuple(groups(leaves).map(nodeOf), fc.boolean()), { minLength: 1, maxLength: 2 })
      .map((pairs) => pairs.map(([node, wanted]): Constraint => ({ node, holds: wanted })))
      .filter((wishes) => worldOf(wishes) <= 1_500);
  const given = { trigger: 'MESSAGE_INBOUND' };

  test('never calls impossible what some facts bring about, and its witness brings about what it calls possible', () => {
    fc.assert(
      fc.property(wished(fc.oneof(foretold, tried)), (wishes) => {
        const answer = solve(wishes, given);
        if (answer.is === 'possible') expect(holds(wishes, answer.witness)).toBe(true);
        if (answer.is === 'impossible') expect(bruteForce(wishes)).toBe(undefined);
      }),
      { numRuns: runs(500) },
    );
  });

  test('is certain of all comparisons that can be foretold', () => {
    fc.assert(
      fc.property(wished(foretold), (wishes) => {
        const answer = solve(wishes, given);
        expect(answer.is).not.toBe('unknown');
        if (bruteForce(wishes)) expect(answer.is).toBe('possible');
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('neighboursIn', () => {
  test('never leaves a rule out that may fire together with one', () => {
    const rules = fc.array(groups(foretold), { minLength: 2, maxLength: 4 }).map((conditions) => {
      const written = conditions.map((when, at) =>
        rule({ name: `r${at}`, on: ['MESSAGE_INBOUND'], when }),
      );
      return rulebookOf(written, { lists }).rules;
    });
    fc.assert(
      fc.property(rules, (all) => {
        const near = neighboursIn(all);
        for (const one of all) {
          for (const other of all.filter((found) => !near(one).includes(found))) {
            const both = [one, other].map(({ when }) => ({ node: when, holds: true }));
            expect(solve(both, { trigger: 'MESSAGE_INBOUND' }).is).toBe('impossible');
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

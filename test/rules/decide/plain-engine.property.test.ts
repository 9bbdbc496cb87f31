import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/rules/compile/compile.ts';
import { readCondition } from '../../../src/rules/compile/normal-form.ts';
import { buildRuleIndex } from '../../../src/rules/compile/rule-index.ts';
import { decide } from '../../../src/rules/decide/decide.ts';
import type { CompiledRule, Rulebook } from '../../../src/rules/model/compiled.ts';
import { openReport } from '../../../src/rules/model/finding.ts';
import { rootPath } from '../../../src/rules/model/json-path.ts';
import { usesOf } from '../../../src/rules/model/tree.ts';
import { operatorNames } from '../../../src/rules/operators/index.ts';
import { runs } from '../../setup/runs.ts';
import { actions, callbackWith, rule, rulebookOf, sources } from '../rulebook.ts';
import {
  affirmed,
  conditions,
  decisiveCondition,
  decisiveNest,
  listsFor,
  OPERATORS,
} from './arbitraries.ts';
import { DEEP, type Happening, happening, TRIGGERS, wholeHappening } from './arbitrary-values.ts';
import { plainly } from './plain-engine.ts';

const booked = (whens: readonly unknown[]): Rulebook =>
  rulebookOf(
    whens.map((when, at) => rule({ name: `r-${at}`, on: TRIGGERS, when })),
    { lists: listsFor(whens), conditions },
  );

async function decided(rulebook: Rulebook, { trigger, facts, payload, body, recalled }: Happening) {
  const callback = callbackWith(trigger, facts, payload, { ...body });
  const { fired, erred } = await decide(rulebook, callback, async (name) =>
    name === 'previous_quality_rating' ? recalled : undefined,
  );
  expect(erred).toEqual([]);
  return fired.map(({ rule: { name } }) => name).sort();
}

/**
 * The two readings differ in one point, by design: of what is missing, or cannot be compared, plain json-rules-engine
 * says "not equal", and `not` makes true of it; Signalbox says neither (Kleene). So each property leaves one of the two
 * out, and decide.property.test.ts has both, against a naive three-valued reading.
 */
describe('deciding as plain json-rules-engine does', () => {
  test('tries every operator there is', () =>
    expect([...OPERATORS].sort()).toEqual([...operatorNames()].sort()));

  test('fires what it fires by its own operators, where nothing is missing', async () => {
    let fires = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(decisiveCondition, { minLength: 1, maxLength: 4 }),
        wholeHappening,
        async (whens, seen) => {
          const fired = await decided(booked(whens), seen);
          fires += fired.length;
          expect(fired).toEqual(await plainly(whens, seen, 'its own'));
        },
      ),
      { numRuns: runs(10_000) },
    );
    expect(fires).toBeGreaterThan(runs(5_000));
  });

  test('fires what it fires, whatever is missing, null or of another kind, where no "not" is', async () => {
    let fires = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(affirmed, { minLength: 1, maxLength: 4 }),
        happening,
        async (whens, seen) => {
          const fired = await decided(booked(whens), seen);
          fires += fired.length;
          expect(fired).toEqual(await plainly(whens, seen, 'false on what is missing'));
        },
      ),
      { numRuns: runs(10_000) },
    );
    expect(fires).toBeGreaterThan(runs(2_000));
  });

  test(`fires what it fires for conditions of ${DEEP} levels, if they were let in`, async () => {
    await fc.assert(
      fc.asyncProperty(decisiveNest(DEEP), wholeHappening, async (when, seen) => {
        expect(await decided(nested(when), seen)).toEqual(await plainly([when], seen, 'its own'));
      }),
      { numRuns: runs(1_000) },
    );
  });

  test.each([
    DEEP,
    3_000,
  ])('leaves a rule of %d levels out, and decides by the others', async (depth) => {
    const leaf = { fact: 'channel', operator: 'equal', value: 'SMS' };
    const deep = Array.from({ length: depth }).reduce<unknown>((inner) => ({ all: [inner] }), leaf);
    const rules = [rule({ name: 'deep', when: deep }), rule({ name: 'flat', when: leaf })];
    const { rulebook, findings } = compile(sources(rules), actions, 'v1');
    expect(findings.map(({ file, code }) => [file, code])).toEqual([['deep.json', 'too-deep']]);
    expect((await decided(rulebook, CALM)).toString()).toBe('flat');
  });
});

const CALM: Happening = {
  trigger: 'CHANNEL_EVENT',
  facts: { channel: 'SMS' },
  recalled: undefined,
  payload: {},
  body: {},
};

/** A rulebook of one condition that is deeper than rules may be: its reading begins as far above as it needs. */
function nested(when: unknown): Rulebook {
  const rulebook = rulebookOf([rule({ name: 'r-0', on: TRIGGERS })], {
    lists: listsFor(when),
    conditions,
  });
  const { lists } = rulebook;
  const report = openReport('r-0.json', []);
  const none = {
    filled: new Map(),
    brokenLists: new Set<string>(),
    shared: new Map(),
    phrases: new Map(),
    broken: new Set<string>(),
  };
  const reader = { report, lists, ...none, on: TRIGGERS, leaves: 0 };
  const node = readCondition(when, reader, { ...rootPath('when'), depth: -DEEP });
  const [frame] = rulebook.rules;
  if (!node || !frame) throw new Error('the condition does not compile');
  const rules: readonly CompiledRule[] = [
    { ...frame, when: node, indexedCondition: node, uses: usesOf(node) },
  ];
  return { ...rulebook, rules, index: buildRuleIndex(rules) };
}

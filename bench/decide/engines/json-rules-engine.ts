import {
  type EngineOptions,
  Engine as JsonRulesEngine,
  type RuleProperties,
} from 'json-rules-engine';
import type { Condition } from '../../../src/rules/model/rule.ts';
import { type Engine, type Spelling, spell, triggered } from '../engine.ts';
import type { BenchRule } from '../regimes.ts';

type Written = RuleProperties['conditions'];

/** json-rules-engine by its manual: one fact, the callback, and a path into it. `undefined` facts are let pass, as fields may be missing. */
const spelling = (pathOf: (fact: string) => string): Spelling<object> => ({
  leaf: ({ fact, operator, value }) => ({ fact: 'callback', path: pathOf(fact), operator, value }),
  all: (of) => ({ all: of }),
  any: (of) => ({ any: of }),
  not: (inner) => ({ not: inner }),
});

const jsonPath = spelling((fact) => `$.${fact}`);
const plainPath = spelling((fact) => fact);
const withResolver: EngineOptions = {
  // The cheapest there can be: every fact lies at the top.
  pathResolver: (value, path) => (value as Record<string, unknown>)[path],
};

function engineOf(
  rules: readonly (readonly [string, Condition])[],
  words: Spelling<object>,
  options: EngineOptions,
) {
  const engine = new JsonRulesEngine([], { allowUndefinedFacts: true, ...options });
  for (const [name, condition] of rules) {
    // A group at the top, as the grammar wants it; our conditions are such.
    engine.addRule({ conditions: spell(condition, words) as Written, event: { type: name } });
  }
  return async (facts: object): Promise<readonly string[]> => {
    const { events } = await engine.run({ callback: facts });
    return events.map(({ type }) => type);
  };
}

const all = (rules: readonly BenchRule[]) =>
  rules.map((rule) => [rule.name, triggered(rule)] as const);

/** As it comes: paths are JSONPath. */
export const plain: Engine = {
  name: 'json-rules-engine',
  inWorkers: false,
  load(rules) {
    const run = engineOf(all(rules), jsonPath, {});
    return ({ facts }) => run(facts);
  },
};

/** With a path resolver of our own: what all ratios are to. */
export const resolved: Engine = {
  name: 'json-rules-engine, path resolver',
  inWorkers: true,
  load(rules) {
    const run = engineOf(all(rules), plainPath, withResolver);
    return ({ facts }) => run(facts);
  },
};

/** The first thing that everybody tries: an engine for each trigger, with a path resolver too. */
export const perTrigger: Engine = {
  name: 'json-rules-engine, one a trigger',
  inWorkers: true,
  load(rules) {
    const runs = new Map(
      [...Map.groupBy(rules, ({ on }) => on[0])].map(([trigger, some]) => [
        trigger,
        engineOf(
          some.map(({ name, when }) => [name, when] as const),
          plainPath,
          withResolver,
        ),
      ]),
    );
    return ({ callback, facts }) => runs.get(callback.trigger)?.(facts) ?? [];
  },
};

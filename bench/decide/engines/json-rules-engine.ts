import {
  type EngineOptions,
  Engine as JsonRulesEngine,
  type RuleProperties,
} from 'json-rules-engine';
import type { FactValue } from '../../../src/callbacks/facts/fact.ts';
import type { Leaf } from '../../../src/rules/model/tree.ts';
import { type Engine, type PlainRule, speaks, spell } from '../engine.ts';

type Written = RuleProperties['conditions'];

/** Operators that the engine has itself, and that are false of a missing fact there too. */
const OWN = new Map([
  ['equal', 'equal'],
  ['in', 'in'],
  ['lessThan', 'lessThan'],
  ['greaterThan', 'greaterThan'],
  ['lessThanInclusive', 'lessThanInclusive'],
  ['greaterThanInclusive', 'greaterThanInclusive'],
]);
/** The engine copies operands at each run: a long list is given to it as an operator of ours. */
const isOwn = ({ operator, value }: Leaf): boolean =>
  OWN.has(operator.name) && !(Array.isArray(value) && value.length > 100);

function engineOf(
  rules: readonly PlainRule[],
  pathOf: (key: string) => string,
  options: EngineOptions,
  asksTrigger: boolean,
) {
  const engine = new JsonRulesEngine([], { allowUndefinedFacts: true, ...options });
  const places: Leaf[] = [];
  for (const { name, on, when } of rules) {
    const condition = spell<object>(when, {
      leaf: (leaf) => {
        const at = { fact: 'callback', path: pathOf(leaf.use.key) };
        if (isOwn(leaf)) return { ...at, operator: leaf.operator.name, value: leaf.value };
        places.push(leaf);
        return { ...at, operator: 'ours', value: places.length - 1 };
      },
      all: (of) => ({ all: of }),
      any: (of) => ({ any: of }),
    });
    const trigger = { fact: 'callback', path: pathOf('trigger'), operator: 'in', value: on };
    const conditions = { all: asksTrigger ? [trigger, condition] : [condition] } as Written; // built above
    engine.addRule({ conditions, event: { type: name } });
  }
  engine.addOperator(
    'ours',
    (value: FactValue, place: number) => places[place]?.holds(value) ?? false,
  );
  return async (facts: object): Promise<readonly string[]> => {
    const { events } = await engine.run({ callback: facts });
    return events.map(({ type }) => type);
  };
}

const plainPath = (key: string): string => key;
const withResolver: EngineOptions = {
  // The cheapest there can be: every fact lies at the top.
  pathResolver: (value, path) => (value as Record<string, unknown>)[path],
};

/** As it comes: paths are JSONPath. Only for rules of its own operators: elsewhere it takes minutes. */
export const plain: Engine = {
  name: 'json-rules-engine',
  inWorkers: false,
  expresses: speaks(new Map([...OWN, ['notEqual', 'ours'], ['notIn', 'ours']])),
  load(rules) {
    const run = engineOf(rules, (key) => `$.${key}`, {}, true);
    return ({ callback, facts }) => run({ ...facts, trigger: callback.trigger });
  },
};

/** With a path resolver of our own: what all ratios are to. */
export const resolved: Engine = {
  name: 'json-rules-engine, path resolver',
  inWorkers: true,
  expresses: () => true,
  load(rules) {
    const run = engineOf(rules, plainPath, withResolver, true);
    return ({ callback, facts }) => run({ ...facts, trigger: callback.trigger });
  },
};

/** An engine for each trigger, with a path resolver too. */
export const perTrigger: Engine = {
  name: 'json-rules-engine, one a trigger',
  inWorkers: true,
  expresses: () => true,
  load(rules) {
    const triggers = [...new Set(rules.flatMap(({ on }) => on))];
    const runs = new Map(
      triggers.map((trigger) => [
        trigger,
        engineOf(
          rules.filter(({ on }) => on.includes(trigger)),
          plainPath,
          withResolver,
          false,
        ),
      ]),
    );
    return ({ callback, facts }) => runs.get(callback.trigger)?.(facts) ?? [];
  },
};

import { type Engine, type Facts, isInTrigger, type PlainRule, spell } from '../engine.ts';

type Test = (facts: Facts) => boolean;

const testOf = ({ when }: PlainRule): Test =>
  spell<Test>(when, {
    leaf:
      ({ use: { key }, holds }) =>
      (facts) =>
        holds(facts[key]),
    all: (of) => (facts) => {
      for (const test of of) if (!test(facts)) return false;
      return true;
    },
    any: (of) => (facts) => {
      for (const test of of) if (test(facts)) return true;
      return false;
    },
  });

/** What a programmer would write by hand: each rule as a function, every function called for every callback of its trigger. */
export const closures: Engine = {
  name: 'closures',
  inWorkers: true,
  expresses: () => true,
  load(rules) {
    const loaded = rules.map((rule) => ({ rule, test: testOf(rule) }));
    return ({ callback, facts }) => {
      const found: string[] = [];
      for (const { rule, test } of loaded)
        if (isInTrigger(rule, callback) && test(facts)) found.push(rule.name);
      return found;
    };
  },
};

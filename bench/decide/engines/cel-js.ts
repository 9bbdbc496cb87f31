import { type Engine, isInTrigger, type Spelling, speaks, spell } from '../engine.ts';
import { peer } from '../peer.ts';

/** What is used of @marcbachmann/cel-js. */
interface Library {
  readonly parse: (expression: string) => (context: object) => unknown;
}

/** Numbers are doubles here: JavaScript's are. */
const value = (of: unknown): string =>
  typeof of === 'number' ? of.toFixed(1) : JSON.stringify(of);
const signs = new Map([
  ['equal', '=='],
  ['notEqual', '!='],
  ['in', 'in'],
  ['notIn', '!in'],
  ['lessThan', '<'],
  ['lessThanInclusive', '<='],
  ['greaterThan', '>'],
  ['greaterThanInclusive', '>='],
]);

/** A field that may be missing is asked for with `has`, else CEL calls it an error. */
const cel: Spelling<string> = {
  leaf: ({ use: { key }, operator, value: wanted }) =>
    operator.name === 'notIn'
      ? `(has(c.${key}) && !(c.${key} in ${value(wanted)}))`
      : `(has(c.${key}) && c.${key} ${signs.get(operator.name)} ${value(wanted)})`,
  all: (of) => `(${of.join(' && ')})`,
  any: (of) => `(${of.join(' || ')})`,
};

/** Common Expression Language, parsed once. */
export const celJs: Engine = {
  name: '@marcbachmann/cel-js',
  inWorkers: true,
  expresses: speaks(signs),
  async load(rules) {
    const { parse } = (await peer('@marcbachmann/cel-js')) as Library; // its function, by its manual
    const loaded = rules.map((rule) => ({
      rule,
      holds: parse(spell(rule.when, cel)),
    }));
    return ({ callback, facts }) =>
      loaded
        .filter(({ rule, holds }) => isInTrigger(rule, callback) && holds({ c: facts }) === true)
        .map(({ rule }) => rule.name);
  },
};

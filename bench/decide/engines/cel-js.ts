import { type Engine, type Spelling, spell, triggered } from '../engine.ts';
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
  ['lessThan', '<'],
  ['greaterThan', '>'],
  ['greaterThanInclusive', '>='],
]);

/** A field that may be missing is asked for with `has`, else CEL calls it an error. */
const cel: Spelling<string> = {
  leaf: ({ fact, operator, value: wanted }) =>
    `(has(c.${fact}) && c.${fact} ${signs.get(operator)} ${value(wanted)})`,
  all: (of) => `(${of.join(' && ')})`,
  any: (of) => `(${of.join(' || ')})`,
  not: (inner) => `!${inner}`,
};

/** Common Expression Language, parsed once. */
export const celJs: Engine = {
  name: '@marcbachmann/cel-js',
  inWorkers: true,
  async load(rules) {
    const { parse } = (await peer('@marcbachmann/cel-js')) as Library; // its function, by its manual
    const loaded = rules.map((rule) => ({
      name: rule.name,
      holds: parse(spell(triggered(rule), cel)),
    }));
    return ({ facts }) =>
      loaded.filter(({ holds }) => holds({ c: facts }) === true).map(({ name }) => name);
  },
};

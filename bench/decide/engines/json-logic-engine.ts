import { type Engine, isInTrigger, type Spelling, speaks, spell } from '../engine.ts';
import { peer } from '../peer.ts';

/** What is used of json-logic-engine. */
interface Library {
  readonly LogicEngine: new () => {
    readonly run: (logic: object, data: object) => unknown;
    readonly build: (logic: object) => (data: object) => unknown;
  };
}

const isThere = (seen: object): object => ({ '!==': [seen, null] });
const operators = new Map<string, (seen: object, value: unknown) => object>([
  ['equal', (seen, value) => ({ '===': [seen, value] })],
  ['notEqual', (seen, value) => ({ and: [isThere(seen), { '!==': [seen, value] }] })],
  ['in', (seen, value) => ({ in: [seen, value] })],
  ['notIn', (seen, value) => ({ and: [isThere(seen), { '!': [{ in: [seen, value] }] }] })],
  ['lessThanInclusive', (seen, value) => ({ and: [isThere(seen), { '<=': [seen, value] }] })],
  // null < 5 is true in JavaScript, and so in JsonLogic.
  ['lessThan', (seen, value) => ({ and: [{ '!==': [seen, null] }, { '<': [seen, value] }] })],
  ['greaterThan', (seen, value) => ({ and: [{ '!==': [seen, null] }, { '>': [seen, value] }] })],
  [
    'greaterThanInclusive',
    (seen, value) => ({ and: [{ '!==': [seen, null] }, { '>=': [seen, value] }] }),
  ],
]);

const jsonLogic: Spelling<object> = {
  leaf({ use, operator, value }) {
    const written = operators.get(operator.name)?.({ var: use.key }, value);
    if (!written) throw new Error(`JsonLogic: no word for ${operator.name}`);
    return written;
  },
  all: (of) => ({ and: of }),
  any: (of) => ({ or: of }),
};

const open = async () => new ((await peer('json-logic-engine')) as Library).LogicEngine(); // its class, by its manual

/** Interpreted: as it may run in a Worker. */
export const interpreted: Engine = {
  name: 'json-logic-engine, interpreted',
  inWorkers: true,
  expresses: speaks(operators),
  async load(rules) {
    const engine = await open();
    const loaded = rules.map((rule) => ({
      rule,
      logic: spell(rule.when, jsonLogic),
    }));
    return ({ callback, facts }) =>
      loaded
        .filter(
          ({ rule, logic }) => isInTrigger(rule, callback) && engine.run(logic, facts) === true,
        )
        .map(({ rule }) => rule.name);
  },
};

/** Compiled to JavaScript by `new Function`, which a Worker forbids. */
export const compiled: Engine = {
  name: 'json-logic-engine, compiled',
  inWorkers: false,
  expresses: speaks(operators),
  async load(rules) {
    const engine = await open();
    const loaded = rules.map((rule) => ({
      rule,
      holds: engine.build(spell(rule.when, jsonLogic)),
    }));
    return ({ callback, facts }) =>
      loaded
        .filter(({ rule, holds }) => isInTrigger(rule, callback) && holds(facts) === true)
        .map(({ rule }) => rule.name);
  },
};

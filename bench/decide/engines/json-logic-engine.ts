import { type Engine, type Spelling, spell, triggered } from '../engine.ts';
import { peer } from '../peer.ts';

/** What is used of json-logic-engine. */
interface Library {
  readonly LogicEngine: new () => {
    readonly run: (logic: object, data: object) => unknown;
    readonly build: (logic: object) => (data: object) => unknown;
  };
}

const operators = new Map<string, (seen: object, value: unknown) => object>([
  ['equal', (seen, value) => ({ '===': [seen, value] })],
  ['notEqual', (seen, value) => ({ '!==': [seen, value] })],
  ['in', (seen, value) => ({ in: [seen, value] })],
  // null < 5 is true in JavaScript, and so in JsonLogic.
  ['lessThan', (seen, value) => ({ and: [{ '!==': [seen, null] }, { '<': [seen, value] }] })],
  ['greaterThan', (seen, value) => ({ and: [{ '!==': [seen, null] }, { '>': [seen, value] }] })],
  [
    'greaterThanInclusive',
    (seen, value) => ({ and: [{ '!==': [seen, null] }, { '>=': [seen, value] }] }),
  ],
]);

const jsonLogic: Spelling<object> = {
  leaf({ fact, operator, value }) {
    const written = operators.get(operator)?.({ var: fact }, value);
    if (!written) throw new Error(`JsonLogic: no word for ${operator}`);
    return written;
  },
  all: (of) => ({ and: of }),
  any: (of) => ({ or: of }),
  not: (inner) => ({ '!': [inner] }),
};

const open = async () => new ((await peer('json-logic-engine')) as Library).LogicEngine(); // its class, by its manual

/** Interpreted: as it may run in a Worker. */
export const interpreted: Engine = {
  name: 'json-logic-engine, interpreted',
  inWorkers: true,
  async load(rules) {
    const engine = await open();
    const loaded = rules.map((rule) => ({
      name: rule.name,
      logic: spell(triggered(rule), jsonLogic),
    }));
    return ({ facts }) =>
      loaded.filter(({ logic }) => engine.run(logic, facts) === true).map(({ name }) => name);
  },
};

/** Compiled to JavaScript by `new Function`, which a Worker forbids. */
export const compiled: Engine = {
  name: 'json-logic-engine, compiled',
  inWorkers: false,
  async load(rules) {
    const engine = await open();
    const loaded = rules.map((rule) => ({
      name: rule.name,
      holds: engine.build(spell(triggered(rule), jsonLogic)),
    }));
    return ({ facts }) =>
      loaded.filter(({ holds }) => holds(facts) === true).map(({ name }) => name);
  },
};

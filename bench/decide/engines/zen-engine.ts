import { type Engine, type PlainRule, type Spelling, speaks, spell } from '../engine.ts';
import { peer } from '../peer.ts';

/** What is used of @gorules/zen-engine. */
interface Library {
  readonly ZenEngine: new () => {
    readonly createDecision: (content: object) => {
      readonly evaluate: (context: object) => Promise<{ readonly result: unknown }>;
    };
  };
}

const signs = new Map([
  ['equal', '=='],
  ['notEqual', '!='],
  ['in', 'in'],
  ['notIn', 'not in'],
  ['lessThanInclusive', '<='],
  ['lessThan', '<'],
  ['greaterThan', '>'],
  ['greaterThanInclusive', '>='],
]);

const zen: Spelling<string> = {
  leaf: ({ use: { key }, operator, value }) =>
    `(${key} != null and ${key} ${signs.get(operator.name)} ${JSON.stringify(value)})`,
  all: (of) => `(${of.join(' and ')})`,
  any: (of) => `(${of.join(' or ')})`,
};

/** A decision table that collects every row that holds: one row a rule. */
function tableOf(rules: readonly PlainRule[]): object {
  const node = (id: string, type: string, content: object = {}) => ({
    id,
    type,
    name: id,
    position: { x: 0, y: 0 },
    content,
  });
  return {
    nodes: [
      node('in', 'inputNode'),
      node('table', 'decisionTableNode', {
        hitPolicy: 'collect',
        inputs: [{ id: 'when', name: 'when' }],
        outputs: [{ id: 'rule', name: 'rule', field: 'rule' }],
        rules: rules.map((rule) => ({
          _id: rule.name,
          when: `trigger == "${rule.on[0]}" and ${spell(rule.when, zen)}`,
          rule: JSON.stringify(rule.name),
        })),
      }),
      node('out', 'outputNode'),
    ],
    edges: [
      { id: 'a', type: 'edge', sourceId: 'in', targetId: 'table' },
      { id: 'b', type: 'edge', sourceId: 'table', targetId: 'out' },
    ],
  };
}

/** GoRules' engine: Rust behind Node's native interface, one decision table. */
export const zenEngine: Engine = {
  name: '@gorules/zen-engine',
  inWorkers: false,
  expresses: speaks(signs),
  async load(rules) {
    const { ZenEngine } = (await peer('@gorules/zen-engine')) as Library; // its class, by its manual
    const decision = new ZenEngine().createDecision(tableOf(rules));
    return async ({ callback, facts }) => {
      const { result } = await decision.evaluate({ ...facts, trigger: callback.trigger });
      // A collecting table answers a list of its outputs.
      return (result as readonly { readonly rule: string }[]).map(({ rule }) => rule);
    };
  },
};

import { type Engine, type Spelling, spell, triggered } from '../engine.ts';
import { peer } from '../peer.ts';
import type { BenchRule } from '../regimes.ts';

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
  ['lessThan', '<'],
  ['greaterThan', '>'],
  ['greaterThanInclusive', '>='],
]);

const zen: Spelling<string> = {
  leaf: ({ fact, operator, value }) =>
    operator.endsWith('Than') || operator.endsWith('Inclusive')
      ? `(${fact} != null and ${fact} ${signs.get(operator)} ${JSON.stringify(value)})`
      : `${fact} ${signs.get(operator)} ${JSON.stringify(value)}`,
  all: (of) => `(${of.join(' and ')})`,
  any: (of) => `(${of.join(' or ')})`,
  not: (inner) => `not(${inner})`,
};

/** A decision table that collects every row that holds: one row a rule. */
function tableOf(rules: readonly BenchRule[]): object {
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
          when: spell(triggered(rule), zen),
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
  async load(rules) {
    const { ZenEngine } = (await peer('@gorules/zen-engine')) as Library; // its class, by its manual
    const decision = new ZenEngine().createDecision(tableOf(rules));
    return async ({ facts }) => {
      const { result } = await decision.evaluate(facts);
      // A collecting table answers a list of its outputs.
      return (result as readonly { readonly rule: string }[]).map(({ rule }) => rule);
    };
  },
};

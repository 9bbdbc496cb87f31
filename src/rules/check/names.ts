import { isRecord } from '../../callbacks/shapes/parts.ts';
import { closestOrAll } from '../model/closest.ts';
import type { Finding } from '../model/finding.ts';
import { nameOfFile } from '../model/lists.ts';
import type { RulebookSource } from '../model/rule.ts';
import type { ActionDefinition } from '../model/vocabulary.ts';
import { type AnalysisContext, warning } from './analysis-context.ts';

/**
 * Returns a finding for each param that names a rule or a destination that does not exist: an error,
 * or a warning while the rule is disabled, because it then does nothing.
 */
export function nameFindings({ source, rulebook: { rules } }: AnalysisContext): readonly Finding[] {
  const { alerts } = source;
  const known = {
    rule: Object.keys(source.rules).map(nameOfFile),
    destination:
      isRecord(alerts) && isRecord(alerts.destinations)
        ? Object.keys(alerts.destinations)
        : undefined,
  };
  return rules.flatMap(({ file, enabled, actions }) =>
    actions.flatMap(({ definition, index, params }) =>
      Object.entries(definition.references ?? {}).flatMap(([param, kind]) => {
        const name: unknown = Object.hasOwn(params, param) ? Object(params)[param] : undefined;
        const there = known[kind];
        if (typeof name !== 'string' || there === undefined || there.includes(name)) return [];
        const message = `no ${kind} is called "${name}"`;
        const finding = warning(
          file,
          ['then', index, 'params', param],
          `unknown-${kind}`,
          message,
          closestOrAll(name, there),
        );
        return enabled ? { ...finding, severity: 'error' as const } : finding;
      }),
    ),
  );
}

/** Returns the destinations that the actions of rules name, of rules with an error, too. */
export const destinationsNamed = (
  { rules }: Pick<RulebookSource, 'rules'>,
  actions: readonly ActionDefinition[],
): readonly string[] =>
  Object.values(rules).flatMap((rule) => {
    const calls = isRecord(rule) && Array.isArray(rule.then) ? rule.then.filter(isRecord) : [];
    return calls.flatMap(({ action, params }) => {
      const { references = {} } = actions.find(({ name }) => name === action) ?? {};
      return Object.entries(references).flatMap(([param, kind]) => {
        const name = kind === 'destination' && isRecord(params) ? params[param] : undefined;
        return typeof name === 'string' ? name : [];
      });
    });
  });

import { triggerNamed } from '../../callbacks/triggers/index.ts';
import type { CompiledAction, CompiledRule } from '../model/compiled.ts';
import { factEntry, isCarried } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { listed } from '../model/show.ts';
import { templateUses } from '../model/template.ts';
import type { FactUse, Leaf } from '../model/tree.ts';
import { operatorNamed } from '../operators/operators.ts';
import { type Book, isImpossible, warning } from './analysis-context.ts';

/** Facts in texts that may be missing when the rule fires. Where a trigger never carries one, `compile` has said so. */
export const templates = ({ rulebook: { rules } }: Book): readonly Finding[] =>
  rules.flatMap((rule) => rule.actions.flatMap((action) => ofAction(rule, action)));

function ofAction(
  rule: CompiledRule,
  { index, templates: texts }: CompiledAction,
): readonly Finding[] {
  return Object.entries(texts).flatMap(([param, template]) => {
    const empty = templateUses(template).filter(
      (use) => use.otherwise === undefined && mayBeMissing(use, rule),
    );
    const names = [...new Set(empty.map(({ key }) => key))];
    const [first] = names;
    if (first === undefined) return [];
    const message = `${listed(
      names.map((name) => `{{${name}}}`),
      'and',
    )} may be missing when the rule fires, and then ${names.length === 1 ? 'leaves' : 'leave'} nothing`;
    const hint = `say what stands there instead: {{${first}|unknown}}, or {{${first}|}} if nothing is meant`;
    return [
      warning(rule.file, ['then', index, 'params', param], 'template-may-be-empty', message, hint),
    ];
  });
}

/** Whether the rule can fire without the fact, for a trigger that carries it. */
function mayBeMissing(use: FactUse, { on, when, gate }: CompiledRule): boolean {
  // What a window held is known whenever its rule fires.
  if (factEntry(use.fact.name) !== use.fact) return false;
  const missing = { node: absent(use), holds: true };
  const conditions = [...new Set([when, gate])].map((node) => ({ node, holds: true }));
  return on.some(
    (trigger) =>
      isCarried(use.fact, [trigger]) &&
      !isAlwaysCarried(use, trigger) &&
      !isImpossible([...conditions, missing], { trigger }),
  );
}

/** Whether every callback of the trigger has the fact. */
const isAlwaysCarried = ({ fact, key }: FactUse, trigger: string): boolean =>
  fact.always === true || (triggerNamed(trigger)?.always.includes(key) ?? false);

function absent(use: FactUse): Leaf {
  const operator = operatorNamed('missing');
  if (!operator) throw new Error('there is no operator "missing"');
  return { kind: 'leaf', use, operator, value: undefined, holds: operator.bind(undefined) };
}

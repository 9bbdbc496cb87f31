import { triggerNamed } from '../../callbacks/triggers/index.ts';
import type { CompiledAction, CompiledRule } from '../model/compiled.ts';
import { factEntry, isCarried } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { templateUses } from '../model/template.ts';
import type { FactUse, Leaf } from '../model/tree.ts';
import { missing } from '../operators/presence.ts';
import { type AnalysisContext, isImpossible, warning } from './analysis-context.ts';
import { emptyFields } from './empty-fields.ts';

/** Reports facts in templates that may be missing when the rule fires. `compile` reports facts that a trigger never carries. */
export const templates = ({ rulebook: { rules } }: AnalysisContext): readonly Finding[] =>
  rules.flatMap((rule) => rule.actions.flatMap((action) => ofAction(rule, action)));

function ofAction(
  rule: CompiledRule,
  { index, templates: texts }: CompiledAction,
): readonly Finding[] {
  return Object.entries(texts).flatMap(([param, template]) => {
    const path = ['then', index, 'params', param];
    const missing = (use: FactUse): boolean => mayBeMissing(use, rule);
    const empty = templateUses(template).filter(
      (use) => use.otherwise === undefined && missing(use),
    );
    const names = [...new Set(empty.map(({ key }) => key))];
    const [first] = names;
    if (first !== undefined) {
      const message = `${formatList(names.map(braced), 'and')} may be missing when the rule fires, which leaves the text empty there`;
      const hint = `write the text for that case: {{${first}|unknown}}, or put the words around it into [[…{{${first}}}…]], which is left out then`;
      return [warning(rule.file, path, 'template-may-be-empty', message, hint)];
    }
    const hollow = emptyFields(template, missing);
    const [field] = hollow;
    if (field === undefined) return [];
    const message = `${formatList(hollow.map(braced), 'and')} may be missing when the rule fires, which leaves an empty field in the text`;
    const hint = `put the words around it into [[…{{${field}}}…]]: the part is left out when none of its facts is known`;
    return [warning(rule.file, path, 'empty-field', message, hint)];
  });
}

const braced = (name: string): string => `{{${name}}}`;

/** Whether the rule can fire without the fact, for a trigger that carries it. */
function mayBeMissing(use: FactUse, { on, when, indexedCondition }: CompiledRule): boolean {
  // A fact of the window is always known when its rule fires.
  if (factEntry(use.fact.name) !== use.fact) return false;
  const absence = { node: absent(use), holds: true };
  const conditions = [...new Set([when, indexedCondition])].map((node) => ({ node, holds: true }));
  return on.some(
    (trigger) =>
      isCarried(use.fact, [trigger]) &&
      !isAlwaysCarried(use, trigger) &&
      !isImpossible([...conditions, absence], { trigger }),
  );
}

/** Whether every callback of the trigger has the fact. */
const isAlwaysCarried = ({ fact, key }: FactUse, trigger: string): boolean =>
  fact.always === true || (triggerNamed(trigger)?.always.includes(key) ?? false);

function absent(use: FactUse): Leaf {
  return {
    kind: 'leaf',
    use,
    operator: missing,
    value: undefined,
    holds: missing.bind(undefined),
  };
}

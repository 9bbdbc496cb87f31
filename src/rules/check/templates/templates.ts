import { triggerNamed } from '../../../callbacks/triggers/index.ts';
import type { CompiledAction, CompiledRule } from '../../model/compiled.ts';
import { factEntries, factEntry, isCarried } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import { formatList } from '../../model/format.ts';
import { oncePerRule } from '../../model/once-per-rule.ts';
import { tallyFacts } from '../../model/tally-facts.ts';
import { templateUses } from '../../model/template.ts';
import { type FactUse, type Leaf, useOf } from '../../model/tree.ts';
import { missing } from '../../operators/presence.ts';
import { type AnalysisContext, isImpossible, warning } from '../analysis-context.ts';
import { emptyFields } from './empty-fields.ts';

/** Reports facts in templates that may be missing when the rule fires. `compile` reports facts that a trigger never carries. */
export const templates = ({ rulebook: { rules } }: AnalysisContext): readonly Finding[] =>
  rules.flatMap((rule) => ofRule(rule));

const ofRule = oncePerRule((rule): readonly Finding[] =>
  rule.actions.flatMap((action) => [...ofAction(rule, action), ...otherBraces(rule, action)]),
);

/** A name in other brackets than {{…}}: {app_id}, ${app_id}, %app_id%, <app_id>, [[app_id]], [app_id]. */
const OTHER_BRACES =
  /(?<!\{)\$?\{\s*([a-z][\w.]*)\s*\}(?!\})|%([a-z]\w*)%|<([a-z]\w*_\w*)>|\[\[\s*([a-z][\w.]*)\s*\]\]|\[([a-z]\w*_\w*)\]/g;

/** Reports names of facts that are sent as they stand, because they are not in {{two braces}}. */
function otherBraces(
  { file, on, threshold }: CompiledRule,
  { index, definition, written }: CompiledAction,
): readonly Finding[] {
  const window = threshold ? tallyFacts(threshold).map(({ name }) => name) : [];
  return definition.templates.flatMap((param) => {
    const text = Object.hasOwn(written, param) ? written[param] : undefined;
    if (typeof text !== 'string') return [];
    for (const [found, ...names] of text.matchAll(OTHER_BRACES)) {
      const name = names.find((one) => one !== undefined) ?? '';
      const fact = factEntry(name.split('.')[0] ?? '');
      if (!(fact && isCarried(fact, on)) && !window.includes(name)) continue;
      const message = `"${found}" is sent as it stands`;
      return [
        warning(
          file,
          ['then', index, 'params', param],
          'single-braces',
          message,
          `write {{${name}}}`,
        ),
      ];
    }
    return [];
  });
}

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
  // What is read from this fact is missing with it.
  const derived = factEntries()
    .filter(({ derivedFrom }) => derivedFrom === use.key)
    .map((fact) => ({ node: absent(useOf(fact)), holds: true }));
  return on.some(
    (trigger) =>
      isCarried(use.fact, [trigger]) &&
      !isAlwaysCarried(use, trigger) &&
      !isImpossible([...conditions, absence, ...derived], { trigger }),
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

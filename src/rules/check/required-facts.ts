import type { CompiledAction, CompiledRule } from '../model/compiled.ts';
import { missingFacts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { type AnalysisContext, isImpossible, warning } from './analysis-context.ts';

/** Warns of an action that fails on some of its rule's triggers. If it fails on all of them, `compile` has rejected it. */
export const requiredFacts = ({ rulebook: { rules } }: AnalysisContext): readonly Finding[] =>
  rules.flatMap((rule) => rule.actions.flatMap((action) => ofAction(rule, action)));

function ofAction(
  { file, on, when, indexedCondition }: CompiledRule,
  { index, definition }: CompiledAction,
): readonly Finding[] {
  const conditions = [...new Set([when, indexedCondition])].map((node) => ({ node, holds: true }));
  return on.flatMap((trigger) => {
    const missing = missingFacts(definition, trigger);
    const meaningless = definition.isMeaningless?.(trigger) ?? false;
    if (missing.length === 0 && !meaningless) return [];
    if (isImpossible(conditions, { trigger })) return [];
    const message = `"${definition.name}" requires ${formatList(missing, 'and')}, which ${trigger} does not carry`;
    const hint = `remove ${trigger} from "on", or exclude it in the condition`;
    const at = ['then', index, 'action'];
    return [
      missing.length > 0
        ? warning(file, at, 'action-needs', message, hint)
        : warning(
            file,
            at,
            'action-does-not-suit',
            `"${definition.name}" has no meaning for ${trigger}`,
            hint,
          ),
    ];
  });
}

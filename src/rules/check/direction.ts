import { factEntry, isCarried } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { type AnalysisContext, isImpossible, warning } from './analysis-context.ts';

/** Facts of a message that the business wrote itself. Source: Sinch specification, ConversationDirection. */
const FROM_BUSINESS = { direction: 'TO_CONTACT', injected: false } as const;

/** Reports rules that take a message of the business for the person's: their action answers to the person, and they do not exclude `TO_CONTACT`. */
export function direction({ rulebook: { rules } }: AnalysisContext): readonly Finding[] {
  return rules.flatMap((rule) => {
    const action = rule.actions.find(({ definition }) => definition.repliesToPerson);
    if (!action) return [];
    const constraints = [{ node: rule.when, holds: true }];
    const entry = factEntry('direction');
    const trigger = rule.on.find(
      (name) =>
        entry !== undefined &&
        isCarried(entry, [name]) &&
        !isImpossible(constraints, { trigger: name, facts: FROM_BUSINESS }),
    );
    if (!trigger) return [];
    return warning(
      rule.file,
      ['then', action.index, 'action'],
      'any-direction',
      `${action.definition.name} would also act on a ${trigger} that your business wrote itself (direction TO_CONTACT)`,
      'add the condition "from-the-person", or a comparison of "direction"',
    );
  });
}

import { factEntries, isCarried } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { type AnalysisContext, isImpossible, warning } from './analysis-context.ts';

/** The facts that tell a message that the business wrote itself. Source: Sinch specification, ConversationDirection. */
const TELLING = factEntries().filter(({ inOwnMessage }) => inOwnMessage !== undefined);
const FROM_BUSINESS = Object.fromEntries(
  TELLING.map(({ name, inOwnMessage }) => [name, inOwnMessage]),
);

/** Reports rules that take a message of the business for the person's: their action answers to the person, and they do not exclude `TO_CONTACT`. */
export function direction({ rulebook: { rules } }: AnalysisContext): readonly Finding[] {
  return rules.flatMap((rule) => {
    const action = rule.actions.find(({ definition }) => definition.repliesToPerson);
    if (!action) return [];
    const constraints = [{ node: rule.when, holds: true }];
    const trigger = rule.on.find(
      (name) =>
        TELLING.some((entry) => isCarried(entry, [name])) &&
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

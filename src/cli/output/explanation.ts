import { AppError } from '../../errors.ts';
import type { Explanation } from '../../rules/explain/explanation.ts';
import { closest } from '../../rules/model/closest.ts';

const MARKS: Readonly<Record<Explanation['outcome'], string>> = {
  fired: '✓',
  shadow: '○',
  erred: '!',
  counted: '+',
  unknown: '?',
  'did-not-fire': '✗',
  stopped: '-',
  expired: '-',
  disabled: '-',
};

type Told = Pick<Explanation, 'rule' | 'outcome' | 'sentence'>;

/** An explanation as lines, one a rule. */
export const explanationLines = (explanations: readonly Told[]): readonly string[] =>
  explanations.length === 0
    ? ['  no rule listens to this trigger']
    : explanations.map(({ outcome, sentence }) => `  ${MARKS[outcome]} ${sentence}`);

/**
 * What is said of one rule, or of all without a name.
 * @throws AppError `not_found`, with the name that was probably meant
 */
export function ofRule<T extends Told>(explanations: readonly T[], rule: string | undefined): T[] {
  if (rule === undefined) return [...explanations];
  const found = explanations.filter((one) => one.rule === rule);
  if (found.length > 0) return found;
  const names = explanations.map((one) => one.rule);
  const hint = closest(rule, names) ?? `those that do are ${names.join(', ') || 'none'}`;
  throw new AppError('not_found', `no rule called "${rule}" listens to this trigger: ${hint}`);
}

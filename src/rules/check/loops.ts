import type { Finding } from '../model/finding.ts';
import { type AnalysisContext, warning } from './analysis-context.ts';
import { solve } from './solve.ts';

/** Reports rules that fire for callbacks which their own successful actions trigger. */
export function loops({ rulebook: { rules } }: AnalysisContext): readonly Finding[] {
  return rules.flatMap((rule) =>
    rule.actions.flatMap(({ definition: { name, triggersCallbacks = [] }, index }) => {
      const fed = triggersCallbacks
        .filter(({ trigger }) => rule.on.includes(trigger))
        .find(({ trigger, facts }) => {
          const constraint = { node: rule.when, holds: true };
          return solve([constraint], { trigger, facts, nothingElse: true }).is === 'possible';
        });
      if (!fed) return [];
      const words = Object.entries(fed.facts).map(([fact, value]) => ` with ${fact} ${value}`);
      return warning(
        rule.file,
        ['then', index, 'action'],
        'feeds-itself',
        `${name} triggers a ${fed.trigger} callback${words.join('')}, for which this rule fires again`,
        'add a condition for the failure to handle, for example on "status" or "failure_class"',
      );
    }),
  );
}

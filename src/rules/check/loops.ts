import type { Finding } from '../model/finding.ts';
import { type Book, warning } from './analysis-context.ts';
import { solve } from './solve.ts';

/** Rules that fire for the callbacks that their own actions bring about when all goes well. */
export function loops({ rulebook: { rules } }: Book): readonly Finding[] {
  return rules.flatMap((rule) =>
    rule.actions.flatMap(({ definition: { name, triggersCallbacks = [] }, index }) => {
      const fed = triggersCallbacks
        .filter(({ trigger }) => rule.on.includes(trigger))
        .find(({ trigger, facts }) => {
          const wish = { node: rule.when, holds: true };
          return solve([wish], { trigger, facts, nothingElse: true }).is === 'possible';
        });
      if (!fed) return [];
      const words = Object.entries(fed.facts).map(([fact, value]) => ` with ${fact} ${value}`);
      return warning(
        rule.file,
        ['then', index],
        'feeds-itself',
        `${name} brings about a ${fed.trigger} callback${words.join('')}, and this rule fires for it again`,
        'ask for the failure that is to be mended, for example by "status" or "failure_class"',
      );
    }),
  );
}

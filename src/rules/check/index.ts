import type { Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { RulebookSource } from '../model/rule.ts';
import { conflictingActions } from './conflicting-actions.ts';
import { direction } from './direction.ts';
import { exampleKeys } from './examples/example-keys.ts';
import { exampleValues } from './examples/example-values.ts';
import { examples, runExamples } from './examples/examples.ts';
import { firing } from './firing.ts';
import { knownValues } from './known-values.ts';
import { listUses } from './lists/list-uses.ts';
import { lists } from './lists/lists.ts';
import { loops } from './loops.ts';
import { missingFacts } from './missing-facts.ts';
import { pairs } from './pairs.ts';
import { params } from './params.ts';
import { payloadPaths } from './payload-paths.ts';
import { requiredFacts } from './required-facts.ts';
import { tautologies } from './tautologies.ts';
import { repeatedParams } from './templates/repeated-params.ts';
import { templates } from './templates/templates.ts';
import { texts } from './texts.ts';
import { thresholds } from './thresholds.ts';
import { repeats } from './written/repeats.ts';

/** Returns warnings about valid rules. Reports only what is certain. */
export async function analyse(
  source: RulebookSource,
  rulebook: Rulebook,
): Promise<readonly Finding[]> {
  const context = { source, rulebook };
  const runs = await runExamples(rulebook);
  return [
    ...firing(context),
    ...tautologies(context),
    ...missingFacts(context),
    ...thresholds(context),
    ...params(context),
    ...payloadPaths(context),
    ...texts(context),
    ...repeats(context),
    ...knownValues(context),
    ...requiredFacts(context),
    ...templates(context),
    ...repeatedParams(context),
    ...pairs(context),
    ...loops(context),
    ...direction(context),
    ...conflictingActions(context, runs),
    ...lists(context),
    ...listUses(context),
    ...exampleKeys(context),
    ...(await exampleValues(context)),
    ...examples(context, runs),
  ];
}

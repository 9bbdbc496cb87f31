import type { Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { RulebookSource } from '../model/rule.ts';
import { examples, runExamples } from './examples.ts';
import { firing } from './firing.ts';
import { lists } from './lists.ts';
import { loops } from './loops.ts';
import { opposites } from './opposites.ts';
import { pairs } from './pairs.ts';
import { requiredFacts } from './required-facts.ts';
import { templates } from './templates.ts';

/** What is doubtful about rules that are well by themselves. Exact in what it says, silent where nobody can know. */
export async function analyse(
  source: RulebookSource,
  rulebook: Rulebook,
): Promise<readonly Finding[]> {
  const book = { source, rulebook };
  const runs = await runExamples(rulebook);
  return [
    ...firing(book),
    ...requiredFacts(book),
    ...templates(book),
    ...pairs(book),
    ...loops(book),
    ...opposites(book, runs),
    ...lists(book),
    ...examples(book, runs),
  ];
}

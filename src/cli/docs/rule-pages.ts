import { isRecord } from '../../callbacks/shapes/parts.ts';
import { placesOf } from '../../rules/check/source-places.ts';
import { describe, describeCondition } from '../../rules/explain/describe.ts';
import type { Rulebook } from '../../rules/model/compiled.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';

/** All rules as sentences, by owner: what a rules folder's README.md says. */
export function rulePages(rulebook: Rulebook, source: RulebookSource): string {
  const { rules } = rulebook;
  const owners = [...new Set(rules.map(({ owner }) => owner))].sort();
  const parts = owners.flatMap((owner) => [
    `## ${owner}`,
    ...rules
      .filter((rule) => rule.owner === owner)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((rule) => entry(rule.name, rule.file, describe(rule), rule.why)),
  ]);
  const shared = conditionEntries(rulebook, source);
  return `${[HEAD, ...parts, ...(shared.length > 0 ? ['## Shared conditions', ...shared] : [])].join('\n\n')}\n`;
}

const HEAD = `# The rules

What each rule does, by the people who answer for it. Drawn from the rules themselves by \`npm run -s signalbox -- docs\`; do not edit.`;

const entry = (name: string, file: string, sentence: string, why: string): string =>
  `### [${name}](${file})\n\n${sentence}\n\n*Why:* ${why}`;

/** What the words of shared conditions stand for, from the rules that use them as they are. */
function conditionEntries({ rules }: Rulebook, source: RulebookSource): readonly string[] {
  const used = rules.flatMap((rule) => [...placesOf(rule, source)]);
  return Object.entries(source.conditions).flatMap(([file, written]) => {
    if (!isRecord(written) || typeof written.summary !== 'string') return [];
    const [node] =
      used.find(
        ([{ phrase }, { shared }]) => shared === written.name && phrase === written.summary,
      ) ?? [];
    if (!node) return [];
    const summary = written.summary.replaceAll('{it}', 'it');
    return entry(
      String(written.name),
      file,
      `“${summary}” means: ${describeCondition(node)}.`,
      String(written.why),
    );
  });
}

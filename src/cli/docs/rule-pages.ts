import type { Rulebook } from '../../rules/compiled.ts';
import { describe } from '../../rules/describe.ts';

/** All rules as sentences, by owner: what a rules folder's README.md says. */
export function rulePages({ rules }: Rulebook): string {
  const owners = [...new Set(rules.map(({ owner }) => owner))].sort();
  const parts = owners.flatMap((owner) => [
    `## ${owner}`,
    ...rules
      .filter((rule) => rule.owner === owner)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((rule) => `### [${rule.name}](${rule.file})\n\n${describe(rule)}\n\n*Why:* ${rule.why}`),
  ]);
  return `${[HEAD, ...parts].join('\n\n')}\n`;
}

const HEAD = `# The rules

What each rule does, by the people who answer for it. Drawn from the rules themselves by \`npm run -s signalbox -- docs\`; do not edit.`;

import { closest } from '../model/closest.ts';
import type { CompiledRule } from '../model/compiled.ts';
import { type Finding, openReport } from '../model/finding.ts';
import { nameOfFile } from '../model/lists.ts';
import type { RulebookSource } from '../model/rule.ts';

/** Reports a rule in `resolves` or `also_fires` that does not exist, and a rule that resolves itself. Rules with an error count as existing. */
export function checkResolves(
  rules: readonly CompiledRule[],
  sources: RulebookSource['rules'],
  findings: Finding[],
): void {
  const naming = rules.filter(({ resolves, alsoFires }) => resolves.length + alsoFires.length > 0);
  if (naming.length === 0) return;
  const known = Object.keys(sources).map(nameOfFile);
  for (const { name, file, resolves, alsoFires } of naming) {
    const report = openReport(file, findings);
    for (const [index, other] of alsoFires.entries()) {
      if (known.includes(other)) continue;
      report.error(['also_fires', index], {
        code: 'unknown-rule',
        message: `"also_fires": no rule is called "${other}"`,
        hint: closest(other, known),
      });
    }
    for (const other of resolves) {
      if (other === name)
        report.error(['resolves'], {
          code: 'bad-value',
          message: '"resolves": a rule cannot end its own alerts',
        });
      else if (!known.includes(other))
        report.error(['resolves'], {
          code: 'unknown-rule',
          message: `"resolves": no rule is called "${other}"`,
          hint: closest(other, known),
        });
    }
  }
}

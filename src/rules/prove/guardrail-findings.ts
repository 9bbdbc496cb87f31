import type { Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { RulebookSource } from '../model/rule.ts';
import type { ActionDefinition } from '../model/vocabulary.ts';
import { readGuardrails } from './guardrail.ts';
import { type Breach, evaluateGuardrails } from './guardrails.ts';
import { silencedFinding, silencedRule } from './silenced-rules.ts';

/** Returns the findings about a rulebook's own guardrails, and about its rules by these guardrails. */
export async function guardrailFindings(
  source: Pick<RulebookSource, 'guardrails'>,
  rulebook: Rulebook,
  actions: readonly ActionDefinition[],
  now: number,
): Promise<readonly Finding[]> {
  const { cases, findings } = readGuardrails(source.guardrails, actions);
  const breaches: Breach[] = [];
  for (const breach of await evaluateGuardrails(rulebook, cases, now)) {
    const silenced = await silencedRule(rulebook, cases, breach, now);
    breaches.push(silenced ? { ...breach, silenced } : breach);
  }
  return [...findings, ...breachFindings(breaches)];
}

/** Returns violations as findings in the guardrails' files, one per guardrail; of a rule that is switched off, one in its own file. */
export function breachFindings(breaches: readonly Breach[]): readonly Finding[] {
  const found = breaches.flatMap((breach, index): (Finding & Pick<Breach, 'silenced'>)[] => {
    const { file, path, guardrail, sentence, why, lacks, causedBy, silenced } = breach;
    if (breaches.findIndex((other) => other.guardrail === guardrail) !== index) return [];
    const more = breaches.filter((other) => other.guardrail === guardrail).length - 1;
    const message = more > 0 ? `${sentence} (and ${more} more)` : sentence;
    const words = { code: 'guardrail-broken', severity: 'error', message, hint: why } as const;
    return [
      { file, path, ...words, lacks, ...(causedBy && { causedBy }), ...(silenced && { silenced }) },
    ];
  });
  const rules = new Set(found.flatMap(({ silenced }) => silenced ?? []));
  return [
    ...[...rules].map((rule) =>
      silencedFinding(
        rule,
        found.filter(({ silenced }) => silenced === rule).map(({ silenced: _, ...own }) => own),
      ),
    ),
    ...found.filter(({ silenced }) => silenced === undefined).map(({ silenced: _, ...own }) => own),
  ];
}

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
  const each = [...Map.groupBy(breaches, ({ guardrail }) => guardrail).values()];
  const findings = each.flatMap(([breach, ...more]) =>
    breach ? [{ silenced: breach.silenced, finding: findingOf(breach, more.length) }] : [],
  );
  const bySilenced = Map.groupBy(findings, ({ silenced }) => silenced);
  const own = bySilenced.get(undefined) ?? [];
  return [
    ...[...bySilenced].flatMap(([rule, some]) =>
      rule
        ? silencedFinding(
            rule,
            some.map(({ finding }) => finding),
          )
        : [],
    ),
    ...own.map(({ finding }) => finding),
  ];
}

function findingOf({ file, path, sentence, why, lacks, causedBy }: Breach, more: number): Finding {
  const message = more > 0 ? `${sentence} (and ${more} more)` : sentence;
  const words = { code: 'guardrail-broken', severity: 'error', message, hint: why } as const;
  return { file, path, ...words, lacks, ...(causedBy && { causedBy }) };
}

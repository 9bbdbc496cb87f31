import { buildRuleIndex } from '../compile/rule-index.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { GuardrailCase } from './guardrail.ts';
import { type Breach, evaluateGuardrails } from './guardrails.ts';

/** Returns the rule that is switched off or in shadow, and with which a case of a violated guardrail would hold. */
export async function silencedRule(
  rulebook: Rulebook,
  cases: readonly GuardrailCase[],
  { guardrail, lacks }: Pick<Breach, 'guardrail' | 'lacks'>,
  now: number,
): Promise<CompiledRule | undefined> {
  const silent = rulebook.rules.filter(
    ({ enabled, shadow, actions }) =>
      (!enabled || shadow) && actions.some(({ action }) => lacks.includes(action)),
  );
  if (silent.length === 0) return undefined;
  const own = cases.filter((one) => one.guardrail === guardrail);
  const broken = await evaluateGuardrails(rulebook, own, now);
  for (const rule of silent) {
    const rules = rulebook.rules.map((one) =>
      one === rule ? { ...one, enabled: true, shadow: false } : one,
    );
    const active = { ...rulebook, rules, index: buildRuleIndex(rules) };
    if ((await evaluateGuardrails(active, own, now)).length < broken.length) return rule;
  }
  return undefined;
}

/** The finding about a rule that is switched off, with the guardrails that it would satisfy. */
export function silencedFinding(rule: CompiledRule, guardrails: readonly Finding[]): Finding {
  const [first] = guardrails;
  const [key, state, remedy] = rule.enabled
    ? ['mode', 'only recorded ("mode": "shadow")', 'remove "mode": "shadow"']
    : ['enabled', 'switched off', 'remove "enabled": false'];
  return {
    file: rule.file,
    path: [key],
    code: 'guardrail-broken',
    severity: 'error',
    message: `the rule is ${state}, and a guardrail needs it: ${first?.message ?? ''}`,
    hint: `${remedy}, or write another rule that does the same`,
    consequences: guardrails,
  };
}

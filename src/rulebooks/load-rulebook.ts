import { AppError } from '../errors.ts';
import { compile, type Rulebook } from '../rules/compile/compile.ts';
import type { Finding } from '../rules/model/finding.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import type { ActionDefinition } from '../rules/model/vocabulary.ts';
import { readGuardrails } from '../rules/prove/guardrail.ts';
import { evaluateGuardrails } from '../rules/prove/guardrails.ts';

/** A compiled rulebook in an isolate's memory. */
export interface LoadedRulebook {
  readonly version: string;
  readonly rulebook: Rulebook;
  /** `alerts.json`, already checked. */
  readonly alerts: unknown;
  /** The errors of rules that are left out, because this deployment cannot read them. */
  readonly errors: readonly Finding[];
}

/** What loading a rulebook depends on. */
export interface LoadContext {
  readonly actions: readonly ActionDefinition[];
  /** @throws AppError `rule_invalid` for an `alerts.json` that cannot be used */
  readonly checkAlerts: (alerts: unknown) => void;
}

/**
 * Compiles a stored rulebook. A rule with an error is left out and reported, as long as the guardrails still hold.
 * @param now milliseconds
 * @throws AppError `rule_invalid` if a guardrail does not hold without the rule
 */
export async function loadRulebook(
  { version, source }: { readonly version: string; readonly source: RulebookSource },
  { actions, checkAlerts }: LoadContext,
  now: number,
): Promise<LoadedRulebook> {
  checkAlerts(source.alerts);
  const { rulebook, findings } = compile(source, actions, version);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const [breach] = await evaluateGuardrails(
      rulebook,
      readGuardrails(source.guardrails, actions).cases,
      now,
    );
    if (breach) {
      const [{ file, message } = { file: '', message: '' }] = errors;
      throw new AppError(
        'rule_invalid',
        `rules/${file} can no longer be read (${message}), and without it the guardrail ${breach.guardrail} does not hold`,
      );
    }
  }
  return { version, rulebook, alerts: source.alerts, errors };
}

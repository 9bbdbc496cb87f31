import { AppError } from '../errors.ts';
import { compile, type Rulebook } from '../rules/compile/compile.ts';
import type { Finding } from '../rules/model/finding.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import type { ActionDefinition } from '../rules/model/vocabulary.ts';
import { judgeGuardrails, readGuardrails } from '../rules/prove/guardrails.ts';

/** A rulebook in an isolate's memory, ready to decide. */
export interface Book {
  readonly version: string;
  readonly rulebook: Rulebook;
  /** `alerts.json`, already checked. */
  readonly alerts: unknown;
  /** Rules that are left out, because this deployment can no longer read them. */
  readonly errors: readonly Finding[];
}

/** What a rulebook is made ready with. */
export interface Maker {
  readonly actions: readonly ActionDefinition[];
  /** @throws AppError `rule_invalid` for an `alerts.json` that cannot be used */
  readonly checkAlerts: (alerts: unknown) => void;
}

/**
 * Makes a rulebook ready. A rule with an error is left out and named, as long as the guardrails still hold.
 * @param now milliseconds
 * @throws AppError `rule_invalid` when it must not decide
 */
export async function openBook(
  { version, source }: { readonly version: string; readonly source: RulebookSource },
  { actions, checkAlerts }: Maker,
  now: number,
): Promise<Book> {
  checkAlerts(source.alerts);
  const { rulebook, findings } = compile(source, actions, version);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const [breach] = await judgeGuardrails(
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

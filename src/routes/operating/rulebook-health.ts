import type { Alerts } from '../../alerts/config.ts';
import { openRulebooks } from '../../objects/rulebooks/rulebooks-client.ts';
import { alertsOf, rulebooksInForce } from '../../pipeline/active-rulebooks.ts';
import { bundle } from '../../rulebooks/bundled.ts';

/** The state of the rulebook: the version in force, its problems, and whether the bundled rules differ. */
export interface RulebookHealth {
  readonly troubles: readonly string[];
  readonly alerts: Alerts;
  readonly shown: object;
}

/** Reads the state of the rulebook in force. @throws AppError where not even the bundled rules can be loaded */
export async function rulebookHealth(
  env: Env,
  jurisdiction: 'eu' | undefined,
): Promise<RulebookHealth> {
  const inForce = rulebooksInForce(env, openRulebooks(env, jurisdiction), Date.now);
  const { version, rulebook, alerts, errors } = await inForce.current();
  const shadow = inForce.shadow();
  const differs = version !== bundle.version;
  return {
    troubles: [
      ...inForce.problems(),
      ...errors.map(({ file, message }) => `rules/${file}: ${message}`),
    ],
    alerts: alertsOf(alerts),
    shown: {
      version,
      rules: rulebook.rules.length,
      origin: differs ? 'published' : 'bundled',
      shadow: shadow?.version ?? null,
      bundled: {
        version: bundle.version,
        differs,
        ...(differs
          ? {
              message:
                'the rules of this deployment differ from those in force; "signalbox activate bundled" switches',
            }
          : {}),
      },
    },
  };
}

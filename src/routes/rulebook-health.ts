import type { Alerts } from '../alerts/config.ts';
import { openRulebooks } from '../objects/rulebooks/rulebooks-client.ts';
import { alertsOf, rulebooksInForce } from '../pipeline/active-rulebooks.ts';
import { bundle } from '../rulebooks/bundled.ts';

/** How the rules are: which decide, what is wrong, and whether those of the deployment differ. */
export interface RulebookHealth {
  readonly troubles: readonly string[];
  readonly alerts: Alerts;
  readonly shown: object;
}

/** Looks at the rulebook in force. @throws AppError where not even the bundled rules can decide */
export async function rulebookHealth(
  env: Env,
  jurisdiction: 'eu' | undefined,
): Promise<RulebookHealth> {
  const inForce = rulebooksInForce(env, openRulebooks(env, jurisdiction), Date.now);
  const { version, rulebook, alerts, errors } = await inForce.book();
  const shadow = inForce.shadow();
  const differs = version !== bundle.version;
  return {
    troubles: [
      ...inForce.troubles(),
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

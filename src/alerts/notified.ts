import * as v from 'valibot';
import type { CompiledRule } from '../rules/model/compiled.ts';
import { Severity } from '../rules/model/values.ts';
import type { Alerts } from './config.ts';
import type { Alert } from './match.ts';
import { route } from './route.ts';

/**
 * Returns the destinations that an alert of a rule goes to, by the routes at a time (milliseconds), sorted; `undefined` for
 * an action without a severity, which notifies no one.
 */
export function notifiedBy(
  alerts: Alerts,
  { app_id, channel, at }: Pick<Alert, 'app_id' | 'channel'> & { readonly at: number },
): (
  rule: CompiledRule,
  params: Readonly<Record<string, unknown>>,
) => readonly string[] | undefined {
  return ({ name: rule, owner, labels }, { severity, to }) => {
    if (!v.is(Severity, severity)) return undefined;
    const alert = { rule, owner, severity, app_id, channel, labels };
    const wish = { to: typeof to === 'string' ? to : undefined, resolvable: false };
    return [...new Set(route(alert, wish, alerts, at).flatMap((way) => way.to))].sort();
  };
}

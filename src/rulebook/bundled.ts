import source from '#rulebook';
import { type Compilation, compile } from '../rules/compile.ts';
import type { ActionWords } from '../rules/vocabulary.ts';

/** The version of the rules that came with the deployment. */
export const BUNDLED = 'bundled';

let compiled: Compilation | undefined;

/** The rules that came with the deployment, compiled once an isolate. A rule with an error is left out and stands in the findings. */
export function bundledRulebook(actions: readonly ActionWords[]): Compilation {
  compiled ??= compile(source, actions, BUNDLED);
  return compiled;
}

/** `alerts.json` as it came with the deployment. */
export const bundledAlerts: unknown = source.alerts;

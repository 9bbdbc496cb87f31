import type { NewAlert } from '../actions/action.ts';
import { actionNamed } from '../actions/index.ts';
import type { Alerts } from '../alerts/config.ts';
import { previewRoutes, type RoutePreview } from '../alerts/preview.ts';
import type { Callback } from '../callbacks/callback.ts';
import { messageOf } from '../errors.ts';
import { durationText } from '../objects/alerts/alert-state.ts';
import { type Fired, fire } from '../rules/decide/decide.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { readFact } from '../rules/model/facts.ts';
import type { Example, ExpectedAlert } from '../rules/model/rule.ts';
import { milliseconds } from '../rules/model/values.ts';
import { countExample, openDecided } from '../rules/prove/examples.ts';
import { isResolvable, summarizeRule } from './dispatch.ts';
import { subjectOf } from './queue-message.ts';

/** An alert that a rule would raise, and its routes. */
export interface AlertPreview {
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly text: string;
  readonly to: string | undefined;
  readonly member: NewAlert['member'];
  readonly routes: readonly RoutePreview[];
}

/** The alerts that a fired rule would raise, with the facts, texts, routes and rendering of the Worker. Nothing is sent. */
export async function previewAlerts(
  fired: Fired,
  callback: Callback,
  rulebook: Rulebook,
  alerts: Alerts,
  now: number,
  publicUrl?: string,
): Promise<readonly AlertPreview[]> {
  const previews: AlertPreview[] = [];
  for (const { action: name, params } of fired.actions) {
    const action = actionNamed(name);
    if (!action?.alert) continue;
    const carried = action.carriesFacts.map((fact) => [fact, readFact(rulebook, callback, fact)]);
    const effect = {
      rule: summarizeRule(fired.rule),
      facts: { ...fired.saw, ...Object.fromEntries(carried) },
    };
    const resolvable = isResolvable(fired.rule.name, rulebook);
    const member = { ...action.alert(params, effect, subjectOf(callback)), resolvable };
    const { rule, severity, title, text, to } = member;
    const routes = await previewRoutes(member, { to, resolvable }, alerts, now, publicUrl);
    previews.push({ rule, severity, title, text, to, member, routes });
  }
  return previews;
}

/** The alerts of an example: its callback decided by its rule alone. `now` (ms) selects the schedules; default: the example's own time. */
export async function previewExample(
  rule: CompiledRule,
  example: Example,
  rulebook: Rulebook,
  alerts: Alerts,
  publicUrl?: string,
  now?: number,
): Promise<readonly AlertPreview[]> {
  if (rule.threshold) {
    const { crossing } = await countExample(rulebook, rule, example);
    if (!crossing) return [];
    const { fired } = crossing;
    // The id without the repetition number that the example adds.
    const callback = { ...crossing.callback, id: crossing.callback.id.replace(/\/\d+$/, '') };
    return previewAlerts(fired, callback, rulebook, alerts, now ?? callback.receivedAt, publicUrl);
  }
  const { callback, seen } = await openDecided(rulebook, rule, example);
  await seen.fetch(rule.uses);
  const { found } = await fire(rule, seen);
  return previewAlerts(found, callback, rulebook, alerts, now ?? callback.receivedAt, publicUrl);
}

/** How the alert of an example differs from its `alert`; `undefined` when it does not. */
export async function alertMismatch(
  rule: CompiledRule,
  example: Example,
  rulebook: Rulebook,
  alerts: Alerts,
): Promise<string | undefined> {
  const { alert: expected } = example;
  if (!expected) return undefined;
  try {
    const previews = await previewExample(rule, example, rulebook, alerts);
    if (previews.length === 0) return 'the rule raises no alert';
    const mismatches = previews.map((preview) => mismatchOf(preview, expected));
    return mismatches.includes(undefined) ? undefined : mismatches[0];
  } catch (error) {
    return messageOf(error);
  }
}

/** How an alert differs from the expected one; `undefined` when it does not. */
export function mismatchOf(
  { severity, title, text, routes }: AlertPreview,
  expected: ExpectedAlert,
): string | undefined {
  const to = [...new Set(routes.flatMap((way) => way.to))].toSorted();
  const wanted = typeof expected.to === 'string' ? [expected.to] : expected.to;
  const wait = Math.min(...routes.map(({ timing }) => timing.wait));
  const after =
    expected.after === undefined
      ? undefined
      : expected.after === '0s'
        ? 0
        : milliseconds(expected.after);
  if (wanted && wanted.toSorted().join() !== to.join())
    return `the alert goes to ${to.join(', ')}, expected ${wanted.join(', ')}`;
  if (expected.severity !== undefined && expected.severity !== severity)
    return `the alert is ${severity}, expected ${expected.severity}`;
  if (expected.title !== undefined && expected.title !== title)
    return `the title is “${title}”, expected “${expected.title}”`;
  if (expected.text !== undefined && !text.includes(expected.text))
    return `the text is “${text}”, expected “${expected.text}” in it`;
  if (after !== undefined && after !== wait)
    return `the alert goes out after ${durationText(wait)}, expected ${durationText(after)}`;
  return undefined;
}

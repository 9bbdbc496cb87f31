import * as v from 'valibot';
import type { RaisedAlert } from '../actions/action.ts';
import { AlertParams, alert, memberOf } from '../actions/alert.ts';
import type { Alerts } from '../alerts/config.ts';
import { type Preview, preview } from '../alerts/preview.ts';
import type { Callback } from '../callbacks/callback.ts';
import { messageOf } from '../errors.ts';
import { durationText } from '../objects/alerts/alert-state.ts';
import { type Fired, fire } from '../rules/decide/decide.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { readFact } from '../rules/model/facts.ts';
import type { Example, ExpectedAlert } from '../rules/model/rule.ts';
import { milliseconds } from '../rules/model/values.ts';
import { countExample, openExample } from '../rules/prove/examples.ts';
import { subjectOf } from './dispatch.ts';
import { isResolvable, ruleWords } from './rule-summary.ts';

/** An alert that a rule would raise, and its ways. */
export interface Foreseen {
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly text: string;
  readonly to: string | undefined;
  readonly member: RaisedAlert['member'];
  readonly ways: readonly Preview[];
}

/** What a rule that fired would tell, and to whom: the same facts, words, routes and rendering as in earnest. Nothing is sent. */
export async function foresee(
  fired: Fired,
  callback: Callback,
  rulebook: Rulebook,
  alerts: Alerts,
  now: number,
  publicUrl?: string,
): Promise<readonly Foreseen[]> {
  const foreseen: Foreseen[] = [];
  for (const { action, params } of fired.actions) {
    if (action !== alert.name) continue;
    const wanted = alert.carriesFacts.map((name) => [name, readFact(rulebook, callback, name)]);
    const told = v.parse(AlertParams, params);
    const effect = {
      rule: ruleWords(fired.rule),
      facts: { ...fired.saw, ...Object.fromEntries(wanted) },
    };
    const resolvable = isResolvable(fired.rule.name, rulebook);
    const member = { ...memberOf(told, effect, subjectOf(callback)), resolvable };
    const ways = await preview(member, { to: told.to, resolvable }, alerts, now, publicUrl);
    foreseen.push({ rule: fired.rule.name, ...told, to: told.to, member, ways });
  }
  return foreseen;
}

/** The alerts of an example: its callback by its rule alone. `now`: the hour that the routes see, where it is not the example's own. */
export async function foreseeExample(
  rule: CompiledRule,
  example: Example,
  rulebook: Rulebook,
  alerts: Alerts,
  publicUrl?: string,
  now?: number,
): Promise<readonly Foreseen[]> {
  if (rule.threshold) {
    const { crossing } = await countExample(rulebook, rule, example);
    if (!crossing) return [];
    const { fired } = crossing;
    // As the example names it, without its place in the row.
    const callback = { ...crossing.callback, id: crossing.callback.id.replace(/\/\d+$/, '') };
    return foresee(fired, callback, rulebook, alerts, now ?? callback.receivedAt, publicUrl);
  }
  const { callback, seen } = await openExample(rulebook, example);
  await seen.fetch(rule.uses);
  const { found } = await fire(rule, seen);
  return foresee(found, callback, rulebook, alerts, now ?? callback.receivedAt, publicUrl);
}

/** What is wrong with an example's `alert`: nothing, or what would be told otherwise. */
export async function alertFault(
  rule: CompiledRule,
  example: Example,
  rulebook: Rulebook,
  alerts: Alerts,
): Promise<string | undefined> {
  const { alert: expected } = example;
  if (!expected) return undefined;
  try {
    const foreseen = await foreseeExample(rule, example, rulebook, alerts);
    if (foreseen.length === 0) return 'the rule raises no alert';
    const faults = foreseen.map((one) => faultOf(one, expected));
    return faults.includes(undefined) ? undefined : faults[0];
  } catch (error) {
    return messageOf(error);
  }
}

/** What is wrong with an alert: nothing, or how it differs from the expected one. */
export function faultOf(
  { severity, title, text, ways }: Foreseen,
  expected: ExpectedAlert,
): string | undefined {
  const to = [...new Set(ways.flatMap((way) => way.to))].toSorted();
  const wanted = typeof expected.to === 'string' ? [expected.to] : expected.to;
  const wait = Math.min(...ways.map(({ timing }) => timing.wait));
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

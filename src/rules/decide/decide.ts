import * as v from 'valibot';
import type { Callback } from '../../callbacks/callback.ts';
import type { FactValue, Lists } from '../../callbacks/facts/fact.ts';
import { messageOf } from '../../errors.ts';
import type { CompiledAction, CompiledRule, Rulebook } from '../model/compiled.ts';
import { type ObservedFacts, observeFacts, type Recall } from '../model/observed-facts.ts';
import { render, templateUses } from '../model/template.ts';
import { evaluateNode } from '../model/tree.ts';
import { type Counted, countCallback } from './counted.ts';
import { evaluateRule } from './evaluate.ts';
import { witnessOf } from './witness.ts';

export type { Recall } from '../model/observed-facts.ts';

/** An action to run, with complete and valid params. */
export interface DecidedAction {
  readonly action: string;
  /** Its position in the rule's `then`. */
  readonly index: number;
  readonly params: object;
}

/** A rule that fired. */
export interface Fired {
  readonly rule: CompiledRule;
  readonly actions: readonly DecidedAction[];
  /** The values of the facts that the rule used. */
  readonly saw: Readonly<Record<string, FactValue>>;
}

/** The result of all rules for one callback. */
export interface Decision {
  /** The rulebook that decided. */
  readonly version: string;
  /** Its named lists, which some facts depend on. */
  readonly lists: Lists;
  readonly fired: readonly Fired[];
  /** Rules in shadow that would have fired. They are recorded, run no action and stop no other rule. */
  readonly shadowed: readonly Fired[];
  /** Rules with a threshold for which the callback counts. Their windows decide later whether they fire. */
  readonly counted: readonly Counted[];
  /** Rules, or single actions of rules, that failed. They do not affect the others. */
  readonly erred: readonly { readonly rule: string; readonly message: string }[];
}

/**
 * Decides a callback. Pure except for `recall`, which is called at most once per fact, and only for rules that can still
 * hold by the callback's own facts. Rejects only when `recall` does.
 */
export async function decide(
  rulebook: Rulebook,
  callback: Callback,
  recall: Recall,
): Promise<Decision> {
  const seen = observeFacts(callback, rulebook.lists, recall);
  const fired: Fired[] = [];
  const shadowed: Fired[] = [];
  const counted: Counted[] = [];
  const erred: { rule: string; message: string }[] = [];
  for (const place of rulebook.index.candidates(callback.trigger, seen)) {
    const rule = rulebook.rules[place];
    if (!rule || hasExpired(rule, callback)) continue;
    const recalls = rule.uses.some(({ fact }) => fact.recalled);
    if (recalls) await seen.fetch(rule.uses);
    try {
      if (rule.threshold) {
        const found = countCallback(rule, rule.threshold, seen);
        if (found) counted.push(found);
        continue;
      }
      // What can hold by the callback's own facts was looked at by the index.
      if (recalls && evaluateNode(rule.when, seen.peek) === false) continue;
      if (!(await evaluateRule(witnessOf(rule, seen.peek), seen))) continue;
    } catch (error) {
      erred.push({ rule: rule.name, message: messageOf(error) });
      continue;
    }
    const { found, faults } = await fire(rule, seen);
    erred.push(...faults.map((message) => ({ rule: rule.name, message })));
    (rule.shadow ? shadowed : fired).push(found);
    if (rule.stop && !rule.shadow) break;
  }
  return { version: rulebook.version, lists: rulebook.lists, fired, shadowed, counted, erred };
}

/** Whether a rule had expired when the callback was received. */
export const hasExpired = (
  { expires }: Pick<CompiledRule, 'expires'>,
  { receivedAt }: Pick<Callback, 'receivedAt'>,
): boolean => expires !== undefined && receivedAt >= expires;

/** Renders the actions of a rule that fires, and returns the faults of those that cannot be rendered. The facts of its condition must have been fetched. */
export async function fire(
  rule: CompiledRule,
  seen: ObservedFacts,
): Promise<{ readonly found: Fired; readonly faults: readonly string[] }> {
  await seen.fetch(
    rule.actions.flatMap(({ templates }) => Object.values(templates).flatMap(templateUses)),
  );
  const { actions, faults } = fill(rule.actions, seen);
  const saw = Object.fromEntries(rule.uses.map((use) => [use.key, seen.read(use)]));
  return { found: { rule, actions, saw }, faults };
}

/** Renders the templates of actions. An action whose params are then invalid is left out. */
function fill(
  actions: readonly CompiledAction[],
  seen: ObservedFacts,
): { actions: readonly DecidedAction[]; faults: readonly string[] } {
  const done: DecidedAction[] = [];
  const faults: string[] = [];
  for (const call of actions) {
    try {
      done.push({ action: call.action, index: call.index, params: filled(call, seen) });
    } catch (error) {
      faults.push(`${call.action} (action ${call.index + 1}): ${messageOf(error)}`);
    }
  }
  return { actions: done, faults };
}

function filled(
  { definition, written, params, templates }: CompiledAction,
  seen: ObservedFacts,
): object {
  const texts = Object.entries(templates).map(([key, template]) => [
    key,
    render(template, seen.read),
  ]);
  if (texts.length === 0) return params;
  const read = v.safeParse(definition.params, { ...written, ...Object.fromEntries(texts) });
  if (read.success) return read.output;
  const [issue] = read.issues;
  throw new Error(`${v.getDotPath(issue) ?? 'params'}: ${issue.message}`);
}

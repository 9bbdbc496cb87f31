import * as v from 'valibot';
import type { Callback } from '../../callbacks/callback.ts';
import type { FactValue, Lists } from '../../callbacks/facts/fact.ts';
import { messageOf } from '../../errors.ts';
import type { CompiledAction, CompiledRule, Rulebook } from '../model/compiled.ts';
import { render, templateUses } from '../model/template.ts';
import { verdict } from '../model/tree.ts';
import { type Counted, count } from './counted.ts';
import { judge } from './evaluate.ts';
import { openFacts, type Recall, type Seen } from './observed-facts.ts';

export type { Recall } from './observed-facts.ts';

/** An action to be done: its params are complete and checked. */
export interface DecidedAction {
  readonly action: string;
  /** Its place in the rule's `then`. */
  readonly index: number;
  readonly params: object;
}

/** A rule that fired. */
export interface Fired {
  readonly rule: CompiledRule;
  readonly actions: readonly DecidedAction[];
  /** The facts that the rule used, as they were. */
  readonly saw: Readonly<Record<string, FactValue>>;
}

/** What the rules say about one callback. */
export interface Decision {
  /** The rulebook that decided. */
  readonly version: string;
  /** Its named lists: some facts are read by them. */
  readonly lists: Lists;
  readonly fired: readonly Fired[];
  /** Rules in shadow that would have fired. They are put on record; nothing is done, and they stop no other. */
  readonly shadowed: readonly Fired[];
  /** Rules with a threshold for which the callback counts. Whether they fire is judged later, by all that counted. */
  readonly counted: readonly Counted[];
  /** Rules, or single actions of rules that fired, that could not be decided. They change nothing for the others. */
  readonly erred: readonly { readonly rule: string; readonly message: string }[];
}

/**
 * Decides a callback: pure but for `recall`, which is asked once a fact, and only for rules that the callback itself
 * leaves a chance. Rejects only when `recall` does: that our state cannot be asked is no rule's fault.
 */
export async function decide(
  rulebook: Rulebook,
  callback: Callback,
  recall: Recall,
): Promise<Decision> {
  const seen = openFacts(callback, rulebook.lists, recall);
  const fired: Fired[] = [];
  const shadowed: Fired[] = [];
  const counted: Counted[] = [];
  const erred: { rule: string; message: string }[] = [];
  for (const place of rulebook.sieve.candidates(callback.trigger, seen)) {
    const rule = rulebook.rules[place];
    if (!rule || hasExpired(rule, callback)) continue;
    await seen.fetch(rule.uses);
    try {
      if (rule.threshold) {
        const found = await count(rule, rule.threshold, seen);
        if (found) counted.push(found);
        continue;
      }
      if (verdict(rule.when, seen.peek) === false || !(await judge(rule, seen))) continue;
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

/** Whether a rule's time was over when the callback was received. */
export const hasExpired = (
  { expires }: Pick<CompiledRule, 'expires'>,
  { receivedAt }: Pick<Callback, 'receivedAt'>,
): boolean => expires !== undefined && receivedAt >= expires;

/** A rule that fires, with its actions made ready, and what is wrong with those that could not be. The facts of its condition have been fetched. */
export async function fire(
  rule: CompiledRule,
  seen: Seen,
): Promise<{ readonly found: Fired; readonly faults: readonly string[] }> {
  await seen.fetch(
    rule.actions.flatMap(({ templates }) => Object.values(templates).flatMap(templateUses)),
  );
  const { actions, faults } = fill(rule.actions, seen);
  const saw = Object.fromEntries(rule.uses.map((use) => [use.key, seen.read(use)]));
  return { found: { rule, actions, saw }, faults };
}

/** Fills the facts into the actions' params. An action whose params are then not valid is left out; the others stand. */
function fill(
  actions: readonly CompiledAction[],
  seen: Seen,
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

function filled({ definition, written, params, templates }: CompiledAction, seen: Seen): object {
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

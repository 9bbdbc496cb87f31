import type { Callback } from '../../callbacks/callback.ts';
import type { ReadWindow } from '../decide/counted.ts';
import { decide, hasExpired } from '../decide/decide.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { type ObservedFacts, observeFacts, type Recall } from '../model/observed-facts.ts';
import { explainRule } from './explain-rule.ts';
import { readEmptyWindow, withWindows } from './explain-windows.ts';
import { distanceOf, type Explanation } from './explanation.ts';

/**
 * Explains for every rule of the callback's trigger why it fired or did not: rules that fired first, then the nearest misses.
 * @param look reads the window that the callback counts in; by default windows are empty
 */
export async function explain(
  rulebook: Rulebook,
  callback: Callback,
  recall: Recall,
  look: ReadWindow = readEmptyWindow(callback),
): Promise<readonly Explanation[]> {
  const recallOnce = once(recall);
  const decision = await decide(rulebook, callback, recallOnce);
  const seen = observeFacts(callback, rulebook.lists, recallOnce);
  const fired = new Set([...decision.fired, ...decision.shadowed].map(({ rule }) => rule));
  const erred = new Map(decision.erred.map(({ rule, message }) => [rule, message]));
  const all = await explainAll(rulebook, callback, seen, (rule) => ({
    fired: fired.has(rule),
    error: erred.get(rule.name),
  }));
  return (await withWindows(all, decision.counted, callback, look)).toSorted(byNearness);
}

/** Whether a rule fired (`undefined`: not known), or why it could not be decided. */
export interface RuleOutcome {
  readonly fired: boolean | undefined;
  readonly error?: string | undefined;
}

/** Explains the rules of a trigger by observed facts and known outcomes, of a current or a past callback. */
export async function explainAll(
  rulebook: Rulebook,
  about: Pick<Callback, 'trigger' | 'receivedAt'>,
  seen: ObservedFacts,
  judged: (rule: CompiledRule) => RuleOutcome,
): Promise<readonly Explanation[]> {
  const explanations: Explanation[] = [];
  let stopper: CompiledRule | undefined;
  for (const rule of rulebook.rules) {
    if (!rule.on.includes(about.trigger)) continue;
    await seen.fetch(rule.uses);
    const { fired, error } = judged(rule);
    const found = explainRule(rule, seen, fired, error);
    if (!rule.enabled)
      explanations.push(notEvaluated(found, 'disabled', 'it is switched off ("enabled": false)'));
    else if (hasExpired(rule, about))
      explanations.push(
        notEvaluated(
          found,
          'expired',
          `its time was over ("expires": "${new Date(rule.expires ?? 0).toISOString()}")`,
        ),
      );
    else if (stopper)
      explanations.push(
        notEvaluated(
          found,
          'stopped',
          `${stopper.name} fired before it and stops the rules after it`,
        ),
      );
    else explanations.push(rule.shadow && found.outcome === 'fired' ? inShadow(found) : found);
    if (!stopper && fired && rule.stop && !rule.shadow) stopper = rule;
  }
  return explanations.sort(byNearness);
}

function once(recall: Recall): Recall {
  const pending = new Map<string, ReturnType<Recall>>();
  return (fact) => {
    const recalling = pending.get(fact) ?? recall(fact);
    pending.set(fact, recalling);
    return recalling;
  };
}

const inShadow = (found: Explanation): Explanation => ({
  ...found,
  outcome: 'shadow',
  sentence: found.sentence.replace(' fired: ', ' would have fired, but is in shadow: '),
});

const notEvaluated = (
  found: Explanation,
  outcome: 'stopped' | 'expired' | 'disabled',
  reason: string,
): Explanation => ({
  ...found,
  outcome,
  sentence: `${found.rule} was not asked: ${reason}`,
});

const ORDER = {
  ...{ fired: 0, shadow: 1, erred: 2, counted: 3, unknown: 4, 'did-not-fire': 5 },
  ...{ stopped: 6, expired: 7, disabled: 8 },
} as const;

/** Rules that fired stay in the order of decision. Of the others, those with the fewest misses and the most hits come first. */
const byNearness = (a: Explanation, b: Explanation): number =>
  ORDER[a.outcome] - ORDER[b.outcome] ||
  (ORDER[a.outcome] < ORDER.erred
    ? 0
    : distanceOf(a.misses) - distanceOf(b.misses) || b.held - a.held);

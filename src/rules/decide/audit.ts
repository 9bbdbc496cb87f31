import type { Callback } from '../../callbacks/callback.ts';
import type { CompiledRule, NamedCondition, Rulebook } from '../model/compiled.ts';
import { type ObservedFacts, observeFacts, type Recall } from '../model/observed-facts.ts';
import { type Decision, hasExpired } from './decide.ts';
import { evaluateRule } from './evaluate.ts';

/** How two ways of deciding one callback differ, by the names of rules. */
export interface Difference {
  /** Rules that hold, but the index left them out. */
  readonly dropped: readonly string[];
  /** Rules that were decided to hold, but json-rules-engine alone rejects them. */
  readonly added: readonly string[];
}

/** How many rules that did not fire are audited for one callback. */
const SAMPLE = 50;

/**
 * Decides a callback a second time with json-rules-engine alone, without index and compiled leaves, and returns the differences.
 * It looks at every rule that fired or counted and at a sample of the others, so that the cost does not grow with the rulebook.
 * @param random from 0 up to, but not, 1. Rejects only when `recall` does.
 */
export async function audit(
  decision: Decision,
  rulebook: Rulebook,
  callback: Callback,
  recall: Recall,
  random: () => number,
): Promise<Difference> {
  const seen = observeFacts(callback, rulebook.lists, recall);
  const found = [...decision.fired, ...decision.shadowed, ...decision.counted];
  const decided = new Set(found.map(({ rule }) => rule));
  const hits = new Set(decision.counted.filter(({ hit }) => hit).map(({ rule }) => rule));
  const dropped: string[] = [];
  const added: string[] = [];
  let stopped = false;
  for (const rule of audited(rulebook, callback, decided, random)) {
    if (stopped) {
      if (decided.has(rule)) added.push(rule.name);
      continue;
    }
    await seen.fetch(rule.uses);
    const { threshold } = rule;
    const pairs: readonly (readonly [boolean, NamedCondition])[] = threshold?.among
      ? [
          [decided.has(rule), threshold.among],
          [hits.has(rule), conjunction(rule, threshold.among)],
        ]
      : [[decided.has(rule), rule]];
    const expected = await Promise.all(pairs.map(([, condition]) => holds(condition, seen)));
    if (pairs.some(([was], at) => expected[at] === true && !was)) {
      dropped.push(rule.name);
      stopped = stops(rule);
    } else if (pairs.some(([was], at) => expected[at] === false && was)) added.push(rule.name);
  }
  return { dropped, added };
}

/** Returns the rules that were decided to hold, and a sample of those that were not, in the order of decision. */
function audited(
  { rules }: Rulebook,
  callback: Callback,
  decided: ReadonlySet<CompiledRule>,
  random: () => number,
): readonly CompiledRule[] {
  const others: CompiledRule[] = [];
  let met = 0;
  for (const rule of rules) {
    if (decided.has(rule)) {
      // What is below a rule that stopped the callback was not decided.
      if (stops(rule)) break;
      continue;
    }
    if (!rule.enabled || !rule.on.includes(callback.trigger) || hasExpired(rule, callback))
      continue;
    met += 1;
    // Reservoir sampling: each rule is as likely as any other.
    const place = met <= SAMPLE ? met - 1 : Math.floor(random() * met);
    if (place < SAMPLE) others[place] = rule;
  }
  const chosen = new Set([...decided, ...others]);
  return rules.filter((rule) => chosen.has(rule));
}

const stops = ({ stop, shadow, threshold }: CompiledRule): boolean => stop && !shadow && !threshold;

/** The condition of a hit: a callback counts as one only among those that the share is taken of. */
const conjunction = (rule: CompiledRule, among: NamedCondition): NamedCondition => ({
  name: rule.name,
  when: { kind: 'all', of: [among.when, rule.when] },
  uses: rule.uses,
});

/** Whether a condition holds, by json-rules-engine alone; `undefined` if it cannot be evaluated, which the decision reports. */
async function holds(condition: NamedCondition, seen: ObservedFacts): Promise<boolean | undefined> {
  try {
    return await evaluateRule(condition, seen);
  } catch {
    return undefined;
  }
}

import { readCallbackText } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { hasExpired } from '../rules/decide/decide.ts';
import { explainAll, type RuleOutcome } from '../rules/explain/explain.ts';
import type { Explanation } from '../rules/explain/explanation.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { type ObservedFacts, observeFacts } from '../rules/model/observed-facts.ts';
import { type Comparison, evaluateNode, type FactUse, leavesOf } from '../rules/model/tree.ts';
import type { Entry } from './entry.ts';
import { hashFact } from './redact.ts';

type Keys = Pick<DataKey, 'hash'>;

/** Represents a text that is present and equal to none of the words that the rules compare it with. */
const HIDDEN = '\u0000';

/**
 * Opens the facts of a journal entry for a rulebook: the one that decided it, or another. A fact that
 * was not stored is unknown: `peek` returns undefined. A hashed text is known where a rule tests for
 * equality, because the rule's words can be hashed too.
 */
export async function openEntryFacts(
  entry: Entry,
  rulebook: Rulebook,
  keys: Keys,
): Promise<ObservedFacts> {
  const { facts, body, receivedAt } = entry;
  const clear: Readonly<Record<string, unknown>> = facts.erased
    ? { trigger: entry.trigger, channel: entry.channel, app_id: entry.appId || undefined }
    : facts.clear;
  if (body !== undefined) {
    const callback = await readCallbackText(body, receivedAt);
    const seen = observeFacts(callback, rulebook.lists, async (name) => asFact(clear[name]));
    await seen.fetch(recalledBy(rulebook, entry.trigger));
    return seen;
  }
  const words =
    Object.keys(facts.hashed).length > 0 ? wordsOf(rulebook, entry.trigger, keys) : new Map();
  const peek: ObservedFacts['peek'] = (use, leaf) => {
    const { key, fact } = use;
    if (fact.recompute) return { value: fact.recompute(clear, rulebook.lists) };
    if (Object.hasOwn(clear, key)) return { value: asFact(clear[key]) };
    if (facts.erased) return undefined;
    const hash = Object.hasOwn(facts.hashed, key) ? facts.hashed[key] : undefined;
    if (hash !== undefined) {
      const word: unknown = words.get(hash);
      if (word !== undefined) return { value: asFact(word) };
      return leaf && (leaf.operator.takesNoValue || comparedWords(leaf))
        ? { value: HIDDEN }
        : undefined;
    }
    if (facts.withheld.includes(key))
      return leaf?.operator.takesNoValue ? { value: HIDDEN } : undefined;
    return use.path === undefined && fact.readByPath === undefined
      ? MISSING
      : facts.absent.includes(key)
        ? MISSING
        : undefined;
  };
  return {
    peek,
    read: (use) => peek(use)?.value,
    fetch: async () => {},
    unavailable: (use) =>
      peek(use) === undefined ? (facts.erased ? 'erased' : 'not kept') : undefined,
  };
}

const MISSING = { value: undefined };

/** Returns a value that was stored as JSON. */
const asFact = (value: unknown): FactValue => (value === null ? undefined : (value as FactValue)); // it was one when it was written

/** Returns the words that a test for equality compares with; undefined for any other test. */
function comparedWords({ operator, value, use }: Comparison): readonly unknown[] | undefined {
  const { partition, takesNoValue } = operator;
  if (takesNoValue) return undefined;
  if (partition?.by === 'value' || (partition?.by === 'fold' && use.fact.folded))
    return partition.at(value);
  return undefined;
}

/** Keeps what is found for a rulebook and a trigger. */
function oncePerTrigger<T, More extends unknown[]>(
  find: (rulebook: Rulebook, trigger: string, ...more: More) => T,
) {
  const known = new WeakMap<Rulebook, Map<string, T>>();
  return (rulebook: Rulebook, trigger: string, ...more: More): T => {
    const byTrigger = known.get(rulebook) ?? new Map<string, T>();
    known.set(rulebook, byTrigger);
    const found = byTrigger.get(trigger) ?? find(rulebook, trigger, ...more);
    byTrigger.set(trigger, found);
    return found;
  };
}

/** Returns the words that the rules on a trigger compare facts with, by their hash. */
const wordsOf = oncePerTrigger(hashWords);

/** Returns the facts beyond the callback that the rules on a trigger read. */
const recalledBy = oncePerTrigger((rulebook: Rulebook, trigger: string): readonly FactUse[] =>
  rulebook.rules
    .filter(({ on }) => on.includes(trigger))
    .flatMap(({ uses }) => uses.filter(({ fact }) => fact.recalled)),
);

function hashWords(rulebook: Rulebook, trigger: string, keys: Keys): ReadonlyMap<string, string> {
  const words = new Set<string>();
  for (const rule of rulebook.rules) {
    if (!rule.on.includes(trigger)) continue;
    for (const leaf of leavesOf(rule.when))
      for (const word of comparedWords(leaf) ?? []) if (typeof word === 'string') words.add(word);
  }
  return new Map([...words].map((word) => [hashFact(word, keys), word]));
}

/** Explains for each rule of a rulebook why it fired for a journal entry or not. For the rulebook that decided, the outcome is read from the entry; for another it is evaluated again. */
export async function explainEntry(
  entry: Entry,
  rulebook: Rulebook,
  keys: Keys,
): Promise<readonly Explanation[]> {
  const seen = await openEntryFacts(entry, rulebook, keys);
  const own = entry.rulebook === rulebook.version;
  const fired = new Set(
    entry.rules.filter(({ outcome }) => outcome !== 'erred').map(({ rule }) => rule),
  );
  const erred = new Map(
    entry.rules.flatMap(({ rule, outcome, detail }) =>
      outcome === 'erred' ? [[rule, detail]] : [],
    ),
  );
  const judged = (rule: CompiledRule): RuleOutcome =>
    own
      ? { fired: fired.has(rule.name), error: erred.get(rule.name) }
      : { fired: evaluateAlone(rule, seen) };
  return explainAll(rulebook, entry, seen, judged);
}

/** Evaluates a rule for one callback alone: a rule with a threshold may count it, but never fires by it alone. */
function evaluateAlone(rule: CompiledRule, { peek }: ObservedFacts): boolean | undefined {
  const holds = evaluateNode(rule.when, peek);
  return rule.threshold && holds ? false : holds;
}

/** The decision of a rulebook about a journal entry, as far as its facts are stored. */
export interface ReEvaluation {
  readonly fired: readonly CompiledRule[];
  /** Rules in shadow that would have fired. */
  readonly shadowed: readonly CompiledRule[];
  /** Rules with a threshold that count the callback: whether they fire depends on other callbacks. */
  readonly counted: readonly CompiledRule[];
  /** Rules that may fire or count it, with the names of the facts that were not stored. */
  readonly unknown: readonly { readonly rule: CompiledRule; readonly reason: readonly string[] }[];
}

/** Decides a journal entry again. A rule whose facts were not stored is returned as unknown. */
export function reEvaluate(entry: Entry, rulebook: Rulebook, seen: ObservedFacts): ReEvaluation {
  const fired: CompiledRule[] = [];
  const shadowed: CompiledRule[] = [];
  const counted: CompiledRule[] = [];
  const unknown: { rule: CompiledRule; reason: readonly string[] }[] = [];
  let maybeStopped: string | undefined;
  for (const place of rulebook.index.candidates(entry.trigger, seen)) {
    const rule = rulebook.rules[place];
    if (!rule || hasExpired(rule, entry)) continue;
    const holds = evaluateNode(rule.when, seen.peek);
    if (holds === false) continue;
    if (holds && rule.threshold && maybeStopped === undefined) counted.push(rule);
    else if (holds === undefined) unknown.push({ rule, reason: lostIn(rule.uses, seen) });
    else if (maybeStopped !== undefined) unknown.push({ rule, reason: [maybeStopped] });
    else (rule.shadow ? shadowed : fired).push(rule);
    if (!rule.stop || rule.shadow || rule.threshold) continue;
    if (holds && maybeStopped === undefined) break;
    maybeStopped ??= `whether ${rule.name} stopped it`;
  }
  return { fired, shadowed, counted, unknown };
}

const lostIn = (uses: readonly FactUse[], { unavailable }: ObservedFacts): readonly string[] =>
  uses.filter((use) => unavailable?.(use) !== undefined).map(({ key }) => key);

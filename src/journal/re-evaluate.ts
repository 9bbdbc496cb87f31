import { readCallbackText } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { failureClass } from '../callbacks/facts/failure-class.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { hasExpired } from '../rules/decide/decide.ts';
import { openFacts, type Seen } from '../rules/decide/observed-facts.ts';
import { type Explanation, explainAll, type Judged } from '../rules/explain/explain.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { type FactUse, leavesOf, type Spoken, verdict } from '../rules/model/tree.ts';
import { operatorNamed } from '../rules/operators/operators.ts';
import type { Entry } from './entry.ts';
import { hashFact } from './redact.ts';

type Keys = Pick<DataKey, 'hash' | 'unseal'>;

/** Stands for a text of which only this is known: that it is there, and none of the words that any rule compares it with. */
const HIDDEN = '\u0000';

/**
 * Opens the facts of a journal entry for a rulebook, the one that decided or another. What was not kept is not known:
 * `peek` has no box for it. A hashed text is known where a rule asks for equality, because its words can be hashed too.
 */
export async function openPast(entry: Entry, rulebook: Rulebook, keys: Keys): Promise<Seen> {
  const { facts, body, receivedAt } = entry;
  const clear: Readonly<Record<string, unknown>> = facts.erased
    ? { trigger: entry.trigger, channel: entry.channel, app_id: entry.appId || undefined }
    : facts.clear;
  if (body !== undefined) {
    const callback = await readCallbackText(await keys.unseal(body), receivedAt);
    const uses = rulebook.rules
      .filter(({ on }) => on.includes(entry.trigger))
      .flatMap((rule) => rule.uses);
    const seen = openFacts(callback, rulebook.lists, async (name) => asFact(clear[name]));
    await seen.fetch(uses);
    return seen;
  }
  const words =
    Object.keys(facts.hashed).length > 0 ? wordsOf(rulebook, entry.trigger, keys) : new Map();
  const peek: Seen['peek'] = (use, leaf) => {
    const { key, fact } = use;
    if (key === 'failure_class') return { value: failureClassOf(clear, rulebook) };
    if (Object.hasOwn(clear, key)) return { value: asFact(clear[key]) };
    if (facts.erased) return undefined;
    const hash = Object.hasOwn(facts.hashed, key) ? facts.hashed[key] : undefined;
    if (hash !== undefined) {
      const word: unknown = words.get(hash);
      if (word !== undefined) return { value: asFact(word) };
      return leaf && (leaf.operator.takesNothing || comparedWords(leaf))
        ? { value: HIDDEN }
        : undefined;
    }
    if (facts.withheld.includes(key))
      return leaf?.operator.takesNothing ? { value: HIDDEN } : undefined;
    return use.path === undefined && fact.name !== 'payload'
      ? MISSING
      : facts.absent.includes(key)
        ? MISSING
        : undefined;
  };
  return {
    peek,
    read: (use) => peek(use)?.value,
    fetch: async () => {},
    lost: (use) => (peek(use) === undefined ? (facts.erased ? 'erased' : 'not kept') : undefined),
  };
}

const MISSING = { value: undefined };

/** What was read from our own JSON. */
const asFact = (value: unknown): FactValue => (value === null ? undefined : (value as FactValue)); // it was one when it was written

/** The class of a failure goes by the rulebook's own lists. */
function failureClassOf(clear: Readonly<Record<string, unknown>>, { lists }: Rulebook): FactValue {
  const text = (name: string): string | undefined =>
    typeof clear[name] === 'string' ? clear[name] : undefined;
  const reason = {
    code: text('reason_code'),
    sub_code: text('reason_sub_code'),
    channel_code: text('channel_code'),
  };
  return failureClass({ status: text('status'), reason }, lists);
}

/** The words that a comparison for equality names; `undefined` for any other comparison. */
function comparedWords({ operator, value, use }: Spoken): readonly unknown[] | undefined {
  const index = operator.index ?? operatorNamed(operator.negation)?.index;
  if (index === undefined || (index.kind === 'folded' && !use.fact.folded)) return undefined;
  return index.keysOf(value);
}

const known = new WeakMap<Rulebook, Map<string, ReadonlyMap<string, string>>>();

/** Hash → word, of all words that the rules on a trigger compare facts with. */
function wordsOf(rulebook: Rulebook, trigger: string, keys: Keys): ReadonlyMap<string, string> {
  const ofRulebook = known.get(rulebook) ?? new Map<string, ReadonlyMap<string, string>>();
  known.set(rulebook, ofRulebook);
  const found = ofRulebook.get(trigger) ?? hashWords(rulebook, trigger, keys);
  ofRulebook.set(trigger, found);
  return found;
}

function hashWords(rulebook: Rulebook, trigger: string, keys: Keys): ReadonlyMap<string, string> {
  const words = new Set<string>();
  for (const rule of rulebook.rules) {
    if (!rule.on.includes(trigger)) continue;
    for (const leaf of leavesOf(rule.when))
      for (const word of comparedWords(leaf) ?? []) if (typeof word === 'string') words.add(word);
  }
  return new Map([...words].map((word) => [hashFact(word, keys), word]));
}

/** Says of a past decision why each rule fired or not, under a rulebook: the one of then knows what fired, another judges anew. */
export async function explainPast(
  entry: Entry,
  rulebook: Rulebook,
  keys: Keys,
): Promise<readonly Explanation[]> {
  const seen = await openPast(entry, rulebook, keys);
  const own = entry.rulebook === rulebook.version;
  const fired = new Set(
    entry.rules.filter(({ outcome }) => outcome !== 'erred').map(({ rule }) => rule),
  );
  const erred = new Map(
    entry.rules.flatMap(({ rule, outcome, detail }) =>
      outcome === 'erred' ? [[rule, detail]] : [],
    ),
  );
  const judged = (rule: CompiledRule): Judged =>
    own
      ? { fired: fired.has(rule.name), error: erred.get(rule.name) }
      : { fired: judgedAlone(rule, seen) };
  return explainAll(rulebook, entry, seen, judged);
}

/** What one callback alone tells of a rule: one with a threshold may have counted it, but never fires by it alone. */
function judgedAlone(rule: CompiledRule, { peek }: Seen): boolean | undefined {
  const holds = verdict(rule.when, peek);
  return rule.threshold && holds ? false : holds;
}

/** What a rulebook says about a callback of the past, as far as it can be known. */
export interface Recount {
  readonly fired: readonly CompiledRule[];
  /** Rules in shadow that would have fired. */
  readonly shadowed: readonly CompiledRule[];
  /** Rules with a threshold that count the callback: whether they fire depends on the others that counted. */
  readonly counted: readonly CompiledRule[];
  /** Rules that may have fired, or counted: the facts that were not kept, by name. */
  readonly unknown: readonly { readonly rule: CompiledRule; readonly reason: readonly string[] }[];
}

/** Decides an entry of the journal anew. Pure; a rule whose facts were not kept is unknown, never guessed. */
export function recount(entry: Entry, rulebook: Rulebook, seen: Seen): Recount {
  const fired: CompiledRule[] = [];
  const shadowed: CompiledRule[] = [];
  const counted: CompiledRule[] = [];
  const unknown: { rule: CompiledRule; reason: readonly string[] }[] = [];
  let maybeStopped: string | undefined;
  for (const rule of rulebook.rules) {
    if (!rule.enabled || !rule.on.includes(entry.trigger) || hasExpired(rule, entry)) continue;
    const holds = verdict(rule.when, seen.peek);
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

const lostIn = (uses: readonly FactUse[], { lost }: Seen): readonly string[] =>
  uses.filter((use) => lost?.(use) !== undefined).map(({ key }) => key);

import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import type { DataKey } from '../crypto/data-key.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import { factEntries, isCarried } from '../rules/model/facts.ts';
import { observeFacts } from '../rules/model/observed-facts.ts';
import { type FactUse, useOf } from '../rules/model/tree.ts';
import type { StoredFacts } from './entry.ts';

/** The longest text or list that is stored, in characters: a longer one is neither a code nor a name. */
const LONGEST = 200;

/** Returns the keyed hash of a fact's value, 80 bits of it: the same for equal values of all facts. */
export const hashFact = (value: string, { hash }: Pick<DataKey, 'hash'>): string =>
  hash(`fact\n${value}`).slice(0, 16);

/**
 * Returns the facts of a callback as the journal stores them: enough to explain later why a rule fired or not.
 * @param recalled facts that came from our own state when it was decided
 */
export async function redactFacts(
  callback: Callback,
  rulebook: Rulebook,
  recalled: Readonly<Record<string, FactValue>>,
  dataKey: Pick<DataKey, 'hash'>,
): Promise<StoredFacts> {
  const seen = observeFacts(callback, rulebook.lists, async (name) => recalled[name]);
  const clear: Record<string, unknown> = {};
  const short: [string, string][] = [];
  const withheld: string[] = [];
  const absent: string[] = [];
  const uses = [...factsOf(callback.trigger), ...pathsOf(rulebook, callback.trigger)];
  await seen.fetch(uses);
  for (const use of uses) {
    const value = readOf(() => seen.read(use));
    if (value === undefined) {
      if (use.path !== undefined) absent.push(use.key);
    } else if (
      isShort(value) &&
      (typeof value === 'boolean' || (use.path === undefined && !use.fact.personal))
    )
      clear[use.key] = value;
    else if (typeof value === 'string' && isShort(value)) short.push([use.key, value]);
    else withheld.push(use.key);
  }
  const hashed = Object.fromEntries(short.map(([key, value]) => [key, hashFact(value, dataKey)]));
  return { clear, hashed, withheld, absent };
}

/** Treats a fact that cannot be read as missing: the error of its rule is recorded. */
function readOf(read: () => FactValue): FactValue {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const isShort = (value: FactValue): boolean =>
  typeof value !== 'object' ? String(value).length <= LONGEST : isShortList(value);
const isShortList = (value: object): boolean =>
  Array.isArray(value) && JSON.stringify(value).length <= LONGEST;

const carried = new Map<string, readonly FactUse[]>();

/** Returns the facts of a trigger, without those that are stored by their paths. */
function factsOf(trigger: string): readonly FactUse[] {
  const known = carried.get(trigger);
  if (known) return known;
  const uses = factEntries()
    .filter((fact) => fact.readByPath === undefined && isCarried(fact, [trigger]))
    .map((fact) => useOf(fact));
  carried.set(trigger, uses);
  return uses;
}

const asked = new WeakMap<Rulebook, Map<string, readonly FactUse[]>>();

/** Returns the payload fields that the rules on a trigger use by a path. */
function pathsOf(rulebook: Rulebook, trigger: string): readonly FactUse[] {
  const ofRulebook = asked.get(rulebook) ?? new Map<string, readonly FactUse[]>();
  asked.set(rulebook, ofRulebook);
  const known = ofRulebook.get(trigger);
  if (known) return known;
  const uses = new Map<string, FactUse>();
  for (const rule of rulebook.rules) {
    if (!rule.on.includes(trigger)) continue;
    for (const use of rule.uses) if (use.path !== undefined) uses.set(use.key, use);
  }
  const found = [...uses.values()];
  ofRulebook.set(trigger, found);
  return found;
}

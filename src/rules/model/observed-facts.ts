import type { Callback } from '../../callbacks/callback.ts';
import { coerceFact, type FactValue, type Lists } from '../../callbacks/facts/fact.ts';
import { lookup, PAYLOAD } from './facts.ts';
import type { FactReader, FactUse } from './tree.ts';

/** Reads a fact that Signalbox stores and the callback does not carry: `attempt`, `previous_quality_rating`. */
export type Recall = (fact: string) => Promise<FactValue>;

/** The facts of one callback. Each is read on first use and then cached. */
export interface ObservedFacts {
  /** Returns `{ value }`; `undefined` for a fact that has yet to be recalled. Throws if the fact cannot be read. */
  readonly peek: FactReader;
  /** Returns the value of a fact. A recalled fact must have been fetched. Throws if the fact cannot be read. */
  readonly read: (use: FactUse) => FactValue;
  /** Returns the words for a fact whose value is no longer available: "not kept". */
  readonly unavailable?: (use: FactUse) => string | undefined;
  /** Recalls the facts among `uses` that the callback does not carry. Rejects if the state cannot be read. */
  readonly fetch: (uses: readonly FactUse[]) => Promise<void>;
}

/** Returns the facts of a callback. */
export function observeFacts(callback: Callback, lists: Lists, recall: Recall): ObservedFacts {
  // Most facts have a slot, which is found faster than a name.
  const slots: ({ readonly value: FactValue } | undefined)[] = [];
  const values = new Map<string, { readonly value: FactValue }>();
  const known = ({ slot, key }: FactUse): { readonly value: FactValue } | undefined =>
    slot === undefined ? values.get(key) : slots[slot];
  const keep = ({ slot, key }: FactUse, entry: { readonly value: FactValue }): void => {
    if (slot === undefined) values.set(key, entry);
    else slots[slot] = entry;
  };
  const pending = new Map<string, Promise<void>>();
  const peek: ObservedFacts['peek'] = (use) => {
    const found = known(use);
    if (found) return found;
    const entry = { value: readFact(callback, lists, use) };
    if (use.fact.recalled && entry.value === undefined) return undefined;
    keep(use, entry);
    return entry;
  };
  const fetchOne = async (use: FactUse): Promise<void> => {
    const value = coerceFact(use.fact.type, await recall(use.fact.name));
    keep(use, { value: use.path === undefined ? value : atPath(value, use.path) });
  };
  return {
    peek,
    read: (use) => peek(use)?.value,
    async fetch(uses) {
      for (const use of uses) {
        if (!use.fact.recalled || peek(use)) continue;
        const fetching = pending.get(use.key) ?? fetchOne(use);
        pending.set(use.key, fetching);
        await fetching;
      }
    },
  };
}

function readFact(callback: Callback, lists: Lists, { fact, path }: FactUse): FactValue {
  if (path === undefined) return callback.fact(fact.name, lists);
  if (fact.name !== PAYLOAD) return atPath(callback.fact(fact.name, lists), path);
  return atPath(callback.payload, path) ?? atPath(callback.envelope.body, path);
}

/** A field as a fact: `null` and `""` are missing, as Sinch writes `""` for "none". */
function atPath(value: unknown, path: string): FactValue {
  const found = lookup(value, path);
  return found === null || found === '' ? undefined : (found as FactValue); // parsed from JSON, so it is one
}

import type { Callback } from '../../callbacks/callback.ts';
import { coerceFact, type FactValue, type Lists } from '../../callbacks/facts/fact.ts';
import { lookup, PAYLOAD } from '../model/facts.ts';
import type { FactUse, See } from '../model/tree.ts';

/** Asks our own state for a fact that the callback does not carry: `attempt`, `previous_quality_rating`. */
export type Recall = (fact: string) => Promise<FactValue>;

/** The facts of one callback. Each is read when it is first asked for, and once. */
export interface Seen {
  /** A fact in a box; `undefined` for one that has yet to be recalled. Throws what reading it threw. */
  readonly peek: See;
  /** A fact's value; a recalled one must have been fetched. Throws what reading it threw. */
  readonly read: (use: FactUse) => FactValue;
  /** What to say of a fact whose value is not at hand any more: "not kept". */
  readonly lost?: (use: FactUse) => string | undefined;
  /** Recalls those of the facts that have to be. Rejects where our state cannot be asked. */
  readonly fetch: (uses: readonly FactUse[]) => Promise<void>;
}

/** Opens the facts of a callback. */
export function openFacts(callback: Callback, lists: Lists, recall: Recall): Seen {
  const boxes = new Map<string, { readonly value: FactValue }>();
  const asked = new Map<string, Promise<void>>();
  const peek: Seen['peek'] = (use) => {
    const known = boxes.get(use.key);
    if (known || use.fact.recalled) return known;
    const box = { value: readFact(callback, lists, use) };
    boxes.set(use.key, box);
    return box;
  };
  const ask = async (use: FactUse): Promise<void> => {
    boxes.set(use.key, { value: coerceFact(use.fact.type, await recall(use.fact.name)) });
  };
  return {
    peek,
    read: (use) => peek(use)?.value,
    async fetch(uses) {
      for (const use of uses) {
        if (!use.fact.recalled || boxes.has(use.key)) continue;
        const asking = asked.get(use.key) ?? ask(use);
        asked.set(use.key, asking);
        await asking;
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

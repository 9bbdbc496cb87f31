import type * as v from 'valibot';
import type { FactWords } from '../callbacks/fact.ts';

/** What rules need to know of an action: the words and the schema, not how it is done. Defined in full in `actions/`. */
export interface ActionWords {
  readonly name: string;
  /** `state` is stored before the callback is acknowledged, `effect` goes out from the queue, `record` only leaves a trace. */
  readonly kind: 'state' | 'effect' | 'record';
  readonly description: string;
  /** A strict object. */
  readonly params: v.GenericSchema<unknown, object>;
  /** Params that are mustache templates over facts. */
  readonly templates: readonly string[];
  /** Facts without which the action cannot be done: `suppress` needs `channel` and `identity`. */
  readonly needs: readonly string[];
  /** The action as a part of a sentence: "limit marketing to 10 a minute for 7 days". Params are already parsed. */
  readonly says: (params: object) => string;
}

/** A fact that at least one trigger carries. `triggers` is empty for facts that every callback has. */
export interface FactEntry extends FactWords {
  readonly name: string;
  readonly triggers: readonly string[];
}

import type { Lists } from '../callbacks/fact.ts';
import type { Example } from './rule.ts';
import type { Sieve } from './sieve.ts';
import type { Template } from './template.ts';
import type { FactUse, Node } from './tree.ts';
import type { ActionWords } from './vocabulary.ts';

/** One action of a rule, checked. */
export interface CompiledAction {
  readonly action: string;
  /** Its place in the rule's `then`. */
  readonly index: number;
  readonly words: ActionWords;
  /** As written, before the schema filled in what was left out. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Parsed. Where there are templates, they are still to be filled in. */
  readonly params: object;
  /** The params that hold facts. */
  readonly templates: Readonly<Record<string, Template>>;
}

/** A rule that passed every check. */
export interface CompiledRule {
  readonly name: string;
  readonly file: string;
  readonly why: string;
  readonly owner: string;
  readonly on: readonly string[];
  readonly priority: number;
  readonly stop: boolean;
  readonly enabled: boolean;
  /** It decides, and nothing is done. */
  readonly shadow: boolean;
  /** Milliseconds since 1970: callbacks received from then on do not ask it. */
  readonly expires: number | undefined;
  readonly when: Node;
  /** What its condition reads. */
  readonly uses: readonly FactUse[];
  readonly actions: readonly CompiledAction[];
  readonly examples: readonly Example[];
}

/** The rules in force, ready to decide. */
export interface Rulebook {
  readonly version: string;
  /** In the order of decision: the highest priority first, then by name. */
  readonly rules: readonly CompiledRule[];
  readonly lists: Lists;
  readonly sieve: Sieve;
}

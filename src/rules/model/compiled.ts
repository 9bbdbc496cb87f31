import type { Lists } from '../../callbacks/facts/fact.ts';
import type { ObservedFacts } from './observed-facts.ts';
import type { Example } from './rule.ts';
import type { Template } from './template.ts';
import type { FactUse, Node } from './tree.ts';
import type { ActionDefinition } from './vocabulary.ts';
import type { Terms } from './window.ts';

/** One action of a rule, checked. */
export interface CompiledAction {
  readonly action: string;
  /** Its position in the rule's `then`. */
  readonly index: number;
  readonly definition: ActionDefinition;
  /** The params as written, without defaults. */
  readonly written: Readonly<Record<string, unknown>>;
  /** The parsed params. Templates are not rendered yet. */
  readonly params: object;
  /** How many times the rule may run the action; `within` in milliseconds. */
  readonly budget?: { readonly count: number; readonly within: number };
  /** The params that contain facts. */
  readonly templates: Readonly<Record<string, Template>>;
}

/** A condition that json-rules-engine evaluates. */
export interface NamedCondition {
  readonly name: string;
  readonly when: Node;
  /** The facts that it reads. May contain more. */
  readonly uses: readonly FactUse[];
}

/** How many times a rule's condition must hold before the rule fires. */
export interface CompiledThreshold {
  readonly terms: Terms;
  /** As written: `10m`. */
  readonly within: string;
  readonly cooldown: string;
  /** Each combination of the values of these facts has a window of its own. */
  readonly per: readonly FactUse[];
  /** For a share: the condition of the callbacks in the sample. */
  readonly among?: NamedCondition;
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
  /** The rule is evaluated and recorded, but its actions do not run. */
  readonly shadow: boolean;
  /** Milliseconds since 1970: callbacks received from then on do not evaluate the rule. */
  readonly expires: number | undefined;
  readonly when: Node;
  /** The condition that the index uses: `when`, or `among` of a share. Without it the callback does not concern the rule. */
  readonly indexedCondition: Node;
  /** With a threshold, the rule counts callbacks and fires when the threshold is crossed. */
  readonly threshold: CompiledThreshold | undefined;
  /** The facts that its conditions read. */
  readonly uses: readonly FactUse[];
  readonly actions: readonly CompiledAction[];
  /** Rules whose alerts about the same sender end when this rule fires. */
  readonly resolves: readonly string[];
  /** Labels of its alerts, for matching in `alerts.json`. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the reader of an alert should do. */
  readonly nextStep: string | undefined;
  /** Rules that are expected to fire for the same callbacks. */
  readonly alsoFires: readonly string[];
  readonly examples: readonly Example[];
}

/** Finds the rules that may fire for a callback. Rules are identified by their position in the rulebook. */
export interface RuleIndex {
  /** Returns the positions of the rules that may fire, in the order of decision. It only leaves out rules that evaluation would reject. */
  readonly candidates: (trigger: string, facts: ObservedFacts) => readonly number[];
  /** The rules that every callback of a trigger has to evaluate: those triggers by rule name. Builds the index of every trigger. */
  readonly unindexed: () => ReadonlyMap<string, readonly string[]>;
}

/** A compiled set of rules. */
export interface Rulebook {
  readonly version: string;
  /** In the order of decision: the highest priority first, then by name. */
  readonly rules: readonly CompiledRule[];
  readonly lists: Lists;
  readonly index: RuleIndex;
}

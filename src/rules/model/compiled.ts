import type { Lists } from '../../callbacks/facts/fact.ts';
import type { Sieve } from '../compile/rule-index.ts';
import type { Example } from './rule.ts';
import type { Template } from './template.ts';
import type { FactUse, Node } from './tree.ts';
import type { ActionDefinition } from './vocabulary.ts';
import type { Terms } from './window.ts';

/** One action of a rule, checked. */
export interface CompiledAction {
  readonly action: string;
  /** Its place in the rule's `then`. */
  readonly index: number;
  readonly definition: ActionDefinition;
  /** As written, before the schema filled in what was left out. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Parsed. Where there are templates, they are still to be filled in. */
  readonly params: object;
  /** How often the rule may do this; `within` in milliseconds. */
  readonly budget?: { readonly count: number; readonly within: number };
  /** The params that hold facts. */
  readonly templates: Readonly<Record<string, Template>>;
}

/** A condition as the judge takes it. */
export interface Judged {
  readonly name: string;
  readonly when: Node;
  /** What it reads; more does not hurt. */
  readonly uses: readonly FactUse[];
}

/** How often a rule's condition must hold before the rule fires. */
export interface CompiledThreshold {
  readonly terms: Terms;
  /** `10m`, as it was written. */
  readonly within: string;
  readonly cooldown: string;
  /** Each combination of these facts' values is counted by itself. */
  readonly per: readonly FactUse[];
  /** Of a share: which callbacks are looked at. */
  readonly among?: Judged;
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
  /** What must hold, or the rule has nothing to say about a callback: `when`, or `among` of a share. */
  readonly gate: Node;
  /** The rule does not fire at once: how often its condition holds is counted. */
  readonly threshold: CompiledThreshold | undefined;
  /** What its conditions read. */
  readonly uses: readonly FactUse[];
  readonly actions: readonly CompiledAction[];
  /** Rules whose alerts about the same sender are over when this one fires. */
  readonly resolves: readonly string[];
  /** What its alerts can be told apart by in `alerts.json`. */
  readonly labels: Readonly<Record<string, string>>;
  /** What to do about it, as alerts say it. */
  readonly nextStep: string | undefined;
  /** Rules that are meant to fire for the same callbacks. */
  readonly alsoFires: readonly string[];
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

import type { FileFinding } from '../../authoring/json-source.ts';
import type { Difference } from '../../rules/explain/diff.ts';
import type { Clause } from '../../rules/prove/coverage.ts';
import type { ExampleResult } from '../../rules/prove/examples.ts';

/** Texts of files by their names relative to `rules/`. */
export type Texts = Readonly<Record<string, string>>;
/** What a draft changes: a file's new text, or `null` where the file is deleted. */
export type Changes = Readonly<Record<string, string | null>>;
/** Callbacks by name. */
export type Bodies = Readonly<Record<string, Record<string, unknown>>>;

/** Which of the two rulebooks: the one in force, or that one with the draft's changes. */
export type Side = 'base' | 'draft';

/** A rule in short. */
export interface RuleSummary {
  readonly name: string;
  readonly file: string;
  /** Empty where the rule has errors. */
  readonly sentence: string;
  readonly why: string;
  readonly owner: string;
  readonly on: readonly string[];
  readonly enabled: boolean;
  readonly shadow: boolean;
  readonly expires: string | null;
  /** The rule has errors and does not decide. */
  readonly broken: boolean;
  /** Whether the draft adds or changes it. */
  readonly drafted: boolean;
  /** Everything a search looks at, folded. */
  readonly search: string;
}

/** A text that an action sends, filled in from the first example that fires. */
export interface ShownText {
  /** The place of the action in `then`. */
  readonly at: number;
  readonly action: string;
  readonly param: string;
  readonly text: string;
}

/** An alert as one destination shows it. */
export interface ShownAlert {
  readonly to: string;
  readonly type: string;
  readonly shows: readonly string[];
}

/** One way that an alert takes. */
export interface AlertWay {
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly to: readonly string[];
  readonly reason: string;
  readonly timing: string;
  readonly shown: readonly ShownAlert[];
}

/** A rule's page. */
export interface RuleDetail {
  readonly summary: RuleSummary;
  readonly text: string;
  readonly texts: readonly ShownText[];
  readonly alerts: readonly AlertWay[];
  readonly examples: readonly ExampleResult[];
  readonly clauses: readonly Clause[];
  readonly lists: readonly string[];
  readonly findings: readonly PageFinding[];
}

/** A finding with what it means, what to do about it, and whether it can be corrected. */
export interface PageFinding extends FileFinding {
  readonly means: string;
  readonly cure: string;
  readonly fixable: boolean;
}

/** How a guardrail came out. */
export interface GuardrailShown {
  readonly guardrail: string;
  readonly callbacks: number;
  readonly passed: boolean;
  readonly breaches: readonly string[];
}

/** How a story came out; `failed` are the steps that did not come out as they say. */
export interface StoryShown {
  readonly story: string;
  readonly steps: number;
  readonly passed: boolean;
  readonly failed: readonly {
    readonly step: number;
    readonly name: string;
    readonly faults: readonly { readonly expected: string; readonly got: string }[];
  }[];
}

/** What is known of the whole rulebook a little later. */
export interface WholeCheck {
  readonly findings: readonly PageFinding[];
  readonly examples: readonly ExampleResult[];
  readonly guardrails: readonly GuardrailShown[];
  readonly stories: readonly StoryShown[];
}

/** A callback to try: JSON as Sinch sends it, or a message in a few words. */
export interface Attempt {
  readonly json?: string;
  readonly message?: {
    readonly text: string;
    readonly channel: string;
    readonly app: string;
    readonly sender: string;
  };
  /** When it is received, ISO 8601; the callback's own time otherwise. */
  readonly at?: string;
  /** Facts that Signalbox would remember. */
  readonly given?: Readonly<Record<string, unknown>>;
}

/** What one rule makes of an attempt. */
export interface Result {
  readonly rule: string;
  readonly fired: boolean;
  readonly outcome: string;
  readonly reason: string;
}

/** What both rulebooks make of an attempt. */
export interface Trial {
  readonly trigger: string;
  /** The callback that was tried, as an example can hold it. */
  readonly callback: Record<string, unknown>;
  readonly base: readonly Result[];
  readonly draft: readonly Result[];
}

/** A change in words, old beside new. */
export interface Change {
  /** `rule stop`, `list stop-words-en`, `alerts.json`. */
  readonly what: string;
  readonly file: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly old?: string;
  readonly new?: string;
  /** Params and texts in words. */
  readonly details?: Difference['details'];
  readonly tree?: Difference['tree'];
  /** Single values that differ, where words do not show them. */
  readonly values: readonly {
    readonly path: string;
    readonly old?: string;
    readonly new?: string;
  }[];
}

/** A list and who uses it. */
export interface ListSummary {
  readonly name: string;
  readonly file: string;
  readonly why: string;
  readonly values: readonly (string | number)[];
  /** The fact that reads the list, whether or not a rule names it. */
  readonly fact: string | null;
  /** Names of rules. */
  readonly usedBy: readonly string[];
  readonly guardrails: readonly string[];
  readonly drafted: boolean;
}

/** A branch of the alert routes. */
export interface Branch {
  readonly name: string;
  readonly match: string;
  readonly to: readonly string[];
  readonly schedule: string | null;
  readonly otherwise: readonly string[];
  readonly goesOn: boolean;
  readonly settings: readonly string[];
  readonly routes: readonly Branch[];
}

/** Where alerts go. */
export interface AlertTree {
  readonly default: string;
  readonly settings: readonly string[];
  readonly routes: readonly Branch[];
  readonly inhibitions: readonly string[];
  readonly fallbacks: readonly string[];
  readonly destinations: readonly { readonly name: string; readonly type: string }[];
}

/** What a completion list proposes at a place in the text. */
export interface Completion {
  readonly label: string;
  readonly detail: string;
  readonly info: string;
  readonly insert: string;
  readonly from: number;
  readonly to: number;
}

/** What the worker can be asked. Each takes one argument and answers with plain data. */
export interface Operations {
  open: (input: { base: Texts; changes: Changes; samples: Bodies; now: number }) => null;
  change: (changes: Changes) => null;
  rules: (side: Side) => readonly RuleSummary[];
  rule: (input: { side: Side; name: string }) => RuleDetail | null;
  lists: (side: Side) => readonly ListSummary[];
  affected: (input: { list: string; word: string }) => readonly string[];
  whole: (side: Side) => WholeCheck;
  fix: (finding: FileFinding) => string | null;
  attempt: (attempt: Attempt) => Trial;
  changes: (input: null) => readonly Change[];
  between: (input: { old: Texts; new: Texts }) => readonly Change[];
  alerts: (side: Side) => AlertTree | null;
  notified: (input: { side: Side; rule: string; at: string }) => readonly AlertWay[];
  complete: (input: { file: string; offset: number }) => readonly Completion[];
  hover: (input: { file: string; offset: number }) => string;
  catalogue: (input: null) => Catalogue;
  draftRule: (input: NewRule) => string;
}

/** A new rule in its first words. */
export interface NewRule {
  readonly name: string;
  readonly why: string;
  readonly owner: string;
  readonly trigger: string;
  /** `fact operator value`, as `signalbox new` takes it. */
  readonly when: string;
  readonly action: string;
  /** A callback that must make it fire. */
  readonly callback?: Record<string, unknown>;
}

/** A JSON Schema as the form reads it. */
export interface FormSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly required?: readonly string[];
  readonly items?: FormSchema;
  readonly anyOf?: readonly FormSchema[];
  readonly additionalProperties?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What rules may be made of. */
export interface Catalogue {
  readonly triggers: readonly { readonly name: string; readonly description: string }[];
  readonly facts: readonly {
    readonly name: string;
    readonly type: string;
    readonly label: string;
    readonly description: string;
    readonly known: readonly string[];
    readonly triggers: readonly string[];
    /** A path into it, for one that is read by paths. */
    readonly examplePath?: string;
  }[];
  readonly operators: readonly {
    readonly name: string;
    readonly label: string;
    readonly description: string;
    readonly takesList: boolean;
    readonly takesNothing: boolean;
    readonly values: Readonly<Record<string, FormSchema>>;
  }[];
  readonly actions: readonly {
    readonly name: string;
    readonly description: string;
    readonly templates: readonly string[];
    readonly params: FormSchema;
  }[];
  readonly lists: readonly string[];
  readonly conditions: readonly string[];
  readonly destinations: readonly string[];
  readonly rules: readonly string[];
}

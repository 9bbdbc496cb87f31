import * as v from 'valibot';
import { Duration, SchemaLine, Severity, told } from './values.ts';

/** One comparison: a fact, an operator, a value (or `{"list": name}`). `path` reaches into `payload`. */
export interface Leaf {
  readonly fact: string;
  readonly operator: string;
  readonly value?: unknown;
  readonly path?: string | undefined;
}
/** json-rules-engine's own grammar. `condition` names a shared one from rules/conditions/. */
export type Condition =
  | Leaf
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly condition: string };

const LeafShape = v.strictObject({
  fact: v.string(),
  operator: v.string(),
  value: v.optional(v.unknown()),
  path: v.optional(v.string()),
});

/** A condition as written. Facts, operators and values are checked by `compile`, which knows them. */
export const Condition: v.GenericSchema<unknown, Condition> = v.lazy((input) => {
  const keys = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  if (keys.includes('all')) return v.strictObject({ all: v.array(Condition) });
  if (keys.includes('any')) return v.strictObject({ any: v.array(Condition) });
  if (keys.includes('not')) return v.strictObject({ not: Condition });
  if (keys.includes('condition')) return v.strictObject({ condition: v.string() });
  return LeafShape;
});

/** One action of a rule. Its params are checked by the action's own schema. */
export const ActionCall = v.strictObject({
  action: v.string(),
  params: v.optional(v.record(v.string(), v.unknown()), {}),
  /** How often the rule may do this; past it the rest is held for a person. Each action has a budget of its own otherwise. */
  budget: v.optional(
    v.strictObject({ count: v.pipe(v.number(), v.integer(), v.minValue(1)), within: Duration }),
  ),
});
export type ActionCall = v.InferOutput<typeof ActionCall>;

/** For a rule with a threshold: the callback comes so often, each time as another event, so long after the one before. */
const Repetition = {
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000))),
  every: v.optional(Duration),
};

/** What an example's alert must be. `text` must stand in it; `after` is the wait of its route, "0s" for at once. */
export const ExpectedAlert = v.strictObject({
  to: v.optional(v.union([v.string(), v.array(v.string())])),
  severity: v.optional(Severity),
  title: v.optional(v.string()),
  text: v.optional(v.string()),
  after: v.optional(v.union([v.literal('0s'), Duration])),
});
export type ExpectedAlert = v.InferOutput<typeof ExpectedAlert>;

/** An example inside a rule: this callback does or does not make the rule fire. */
export const Example = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  callback: v.looseObject({}),
  fires: v.boolean(),
  /** Facts that our own state would know: `{"attempt": 2}`. */
  given: v.optional(v.record(v.string(), v.unknown())),
  /** The time of receipt, RFC 3339. */
  at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  /** For a rule with a threshold: what comes before. */
  before: v.optional(v.array(v.strictObject({ callback: v.looseObject({}), ...Repetition }))),
  /** What the rule then tells, to whom and when; what is left out may be anything. */
  alert: v.optional(ExpectedAlert),
  ...Repetition,
});
export type Example = v.InferOutput<typeof Example>;

export const Name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words joined by "-"'),
  v.maxLength(80),
);

const wholeNumber = (most: number) =>
  v.pipe(
    v.number(),
    v.integer('expected a whole number'),
    v.minValue(1, 'expected 1 or more'),
    v.maxValue(most, `expected at most ${most}`),
  );

const Window = {
  within: told('How long the sliding window is: `10m`; a day at most.', Duration),
  per: v.optional(
    told('Facts: each combination of their values is counted by itself.', v.array(v.string())),
    [],
  ),
};
/** Fires when the condition has held so often. */
export const CountThreshold = v.strictObject({
  count: told('So many callbacks for which `when` holds, 1 to 10,000.', wholeNumber(10_000)),
  ...Window,
});
/** Fires when the condition has held for too large a part. */
export const ShareThreshold = v.strictObject({
  share: told(
    'More than this part of the callbacks for which `among` holds: 0.05 is 5 %.',
    v.pipe(
      v.number(),
      v.gtValue(0, 'expected more than 0'),
      v.ltValue(1, 'expected less than 1: 0.05 is 5 %'),
    ),
  ),
  among: told('The condition of those callbacks that are looked at.', Condition),
  at_least: told('Nothing fires before so many callbacks were looked at.', wholeNumber(1_000_000)),
  ...Window,
});

/** A rule as its author writes it: one file, the file's name is the rule's. */
export const Rule = v.strictObject({
  $schema: SchemaLine,
  name: told('Lower-case words joined by `-`; the file is called the same.', Name),
  why: told(
    'Why the rule exists, for whoever reads it next; alerts carry it.',
    v.pipe(v.string(), v.nonEmpty()),
  ),
  owner: told(
    'Who answers for it: `messaging-ops`, `compliance`, …',
    v.pipe(v.string(), v.nonEmpty()),
  ),
  on: told('The triggers that it listens to.', v.pipe(v.array(v.string()), v.nonEmpty())),
  when: told('The condition.', Condition),
  threshold: v.optional(
    told(
      'The rule fires only when `when` has held often enough: `{"count": 20, "within": "10m", "per": ["app_id"]}`, or `{"share": 0.05, "among": {…}, "at_least": 200, "within": "10m"}`.',
      v.union([CountThreshold, ShareThreshold]),
    ),
  ),
  cooldown: v.optional(
    told(
      'With `threshold`: how long a group that fired is quiet then. Default: as long as `within`.',
      Duration,
    ),
  ),
  then: told(
    'The actions, in order: `{"action": name, "params": {…}}`.',
    v.pipe(v.array(ActionCall), v.nonEmpty()),
  ),
  priority: v.optional(
    told(
      '1 to 1000: the highest is decided first, ties in the order of names. Default 1.',
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    ),
    1,
  ),
  stop: v.optional(
    told('`true`: when this rule fires, the rules after it are not asked.', v.boolean()),
    false,
  ),
  enabled: v.optional(told('`false`: the rule is checked, but never fires.', v.boolean()), true),
  mode: v.optional(
    told(
      '`shadow`: the rule decides and its decisions are on record, but nothing is done. Default `act`.',
      v.picklist(['act', 'shadow']),
    ),
    'act',
  ),
  expires: v.optional(
    told(
      'From this time of receipt on, like `2027-01-31T18:00:00Z`, the rule is not asked any more.',
      v.pipe(v.string(), v.isoTimestamp('expected a time like "2027-01-31T18:00:00Z"')),
    ),
  ),
  resolves: v.optional(
    told(
      'A rule, or several: when this one fires, their alerts about the same sender (app and channel) are over.',
      v.union([v.array(Name), Name]),
    ),
    () => [],
  ),
  labels: v.optional(
    told(
      'What its alerts can be told apart by in `alerts.json`: `{"team": "payments"}`.',
      v.record(Name, v.string()),
    ),
    {},
  ),
  next_step: v.optional(
    told(
      'What to do about it, in a sentence: its alerts say it.',
      v.pipe(v.string(), v.nonEmpty()),
    ),
  ),
  also_fires: v.optional(
    told(
      'Rules that are meant to fire for the same callbacks: `test` names any other.',
      v.array(Name),
    ),
    () => [],
  ),
  examples: v.optional(
    told(
      'Callbacks with `"fires": true` or `false`; at least one of each is good manners.',
      v.array(Example),
    ),
    [],
  ),
});
export type Rule = v.InferOutput<typeof Rule>;
export type RuleInput = v.InferInput<typeof Rule>;

/** A named list: rules/lists/<name>.json. */
export const List = v.strictObject({
  $schema: SchemaLine,
  name: told('Lower-case words joined by `-`; the file is called the same.', Name),
  why: told(
    'What the values have in common, and where they come from.',
    v.pipe(v.string(), v.nonEmpty()),
  ),
  values: told('Texts or numbers.', v.array(v.union([v.string(), v.number()]))),
});
export type List = v.InferOutput<typeof List>;

const Phrase = v.pipe(
  v.string(),
  v.includes('{it}', 'expected a text with {it} in it, which stands for the callback'),
);

/** A shared condition: rules/conditions/<name>.json. */
export const SharedCondition = v.strictObject({
  $schema: SchemaLine,
  name: told('Lower-case words joined by `-`; the file is called the same.', Name),
  why: told('What it is for, for whoever reads it next.', v.pipe(v.string(), v.nonEmpty())),
  says: v.optional(
    told(
      'In a sentence, `{it}` for the callback: `{it} comes from the person`. Without, the sentence says it all.',
      Phrase,
    ),
  ),
  denies: v.optional(told('The contrary, where a rule wants that it does not hold.', Phrase)),
  when: told('The condition.', Condition),
});
export type SharedCondition = v.InferOutput<typeof SharedCondition>;

/** Everything that decides: what `rules/` holds, still unchecked. Keys are file names relative to `rules/`. */
export interface RulebookSource {
  readonly rules: Readonly<Record<string, unknown>>;
  readonly lists: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  /** `alerts.json`: destinations and routes. */
  readonly alerts: unknown;
  /** `guardrails/`: what every rulebook must do, whatever its rules say. */
  readonly guardrails?: Readonly<Record<string, unknown>>;
  /** `tests/`: stories. They prove the rules and decide nothing. */
  readonly stories?: Readonly<Record<string, unknown>>;
}

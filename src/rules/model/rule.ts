import * as v from 'valibot';
import { Duration, described, isRealDay, NO_SUCH_DAY, SchemaLine, Severity } from './values.ts';

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
  /** How many times the rule may run the action; beyond that, runs are held for an operator. By default the action's own budget. */
  budget: v.optional(
    v.strictObject({ count: v.pipe(v.number(), v.integer(), v.minValue(1)), within: Duration }),
  ),
});
export type ActionCall = v.InferOutput<typeof ActionCall>;

/** For a rule with a threshold: the callback arrives this many times, each as a separate event, with this interval. */
const Repetition = {
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000))),
  every: v.optional(Duration),
};

/** The expected alert of an example. Its text must contain `text`; `after` is the delay of its route, "0s" for none. */
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
  /** Facts that Signalbox would recall: `{"attempt": 2}`. */
  given: v.optional(v.record(v.string(), v.unknown())),
  /** The time of receipt, RFC 3339. */
  at: v.optional(v.pipe(v.string(), v.isoTimestamp(), v.check(isRealDay, NO_SUCH_DAY))),
  /** For a rule with a threshold: earlier callbacks. */
  before: v.optional(v.array(v.strictObject({ callback: v.looseObject({}), ...Repetition }))),
  /** The expected alert. A property that is left out can have any value. */
  alert: v.optional(ExpectedAlert),
  ...Repetition,
});
export type Example = v.InferOutput<typeof Example>;

export const Name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words joined by "-"'),
  v.maxLength(80),
);

/** The name of a label. One without letters is the place in a list, which labels are not. */
const LabelName = v.pipe(
  Name,
  v.regex(/[a-z]/, 'expected labels by name, like {"team": "payments"}, not a list'),
);

const wholeNumber = (most: number) =>
  v.pipe(
    v.number(),
    v.integer('expected a whole number'),
    v.minValue(1, 'expected 1 or more'),
    v.maxValue(most, `expected at most ${most}`),
  );

const Window = {
  within: described('How long the sliding window is: `10m`; a day at most.', Duration),
  per: v.optional(
    described(
      'Facts: each combination of their values is counted separately.',
      v.array(v.string()),
    ),
    [],
  ),
};
/** Fires when the condition has held this many times. */
export const CountThreshold = v.strictObject({
  count: described(
    'The number of callbacks for which `when` holds, 1 to 10,000.',
    wholeNumber(10_000),
  ),
  ...Window,
});
/** Fires when the condition has held for too large a share. */
export const ShareThreshold = v.strictObject({
  share: described(
    'The share of the callbacks for which `among` holds that must be exceeded: 0.05 is 5 %.',
    v.pipe(
      v.number(),
      v.gtValue(0, 'expected more than 0'),
      v.ltValue(1, 'expected less than 1: 0.05 is 5 %'),
    ),
  ),
  among: described('The condition of the callbacks in the sample.', Condition),
  at_least: described('The smallest sample for which the rule fires.', wholeNumber(1_000_000)),
  ...Window,
});

/** A rule as its author writes it, one per file. The file has the rule's name. */
export const Rule = v.strictObject({
  $schema: SchemaLine,
  name: described('Lower-case words joined by `-`. The file has the same name.', Name),
  why: described(
    'Why the rule exists, for its readers. Alerts contain it.',
    v.pipe(v.string(), v.nonEmpty()),
  ),
  owner: described(
    'The team that is responsible: `messaging-ops`, `compliance`, …',
    v.pipe(v.string(), v.nonEmpty()),
  ),
  on: described('The triggers of the rule.', v.pipe(v.array(v.string()), v.nonEmpty())),
  when: described('The condition.', Condition),
  threshold: v.optional(
    described(
      'The rule fires only when `when` has held often enough: `{"count": 20, "within": "10m", "per": ["app_id"]}`, or `{"share": 0.05, "among": {…}, "at_least": 200, "within": "10m"}`.',
      v.union([CountThreshold, ShareThreshold]),
    ),
  ),
  cooldown: v.optional(
    described(
      'With `threshold`: how long a group does not fire again. Default: as long as `within`.',
      Duration,
    ),
  ),
  then: described(
    'The actions, in order: `{"action": name, "params": {…}}`.',
    v.pipe(v.array(ActionCall), v.nonEmpty()),
  ),
  priority: v.optional(
    described(
      '1 to 1000: the highest is decided first, ties in the order of names. Default 1.',
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    ),
    1,
  ),
  stop: v.optional(
    described('`true`: when this rule fires, the rules after it are not evaluated.', v.boolean()),
    false,
  ),
  enabled: v.optional(
    described('`false`: the rule is checked, but never fires.', v.boolean()),
    true,
  ),
  mode: v.optional(
    described(
      '`shadow`: the rule is evaluated and recorded, but its actions do not run. Default `act`.',
      v.picklist(['act', 'shadow']),
    ),
    'act',
  ),
  expires: v.optional(
    described(
      'From this time of receipt on, like `2027-01-31T18:00:00Z`, the rule no longer fires.',
      v.pipe(
        v.string(),
        v.isoTimestamp('expected a time like "2027-01-31T18:00:00Z"'),
        v.check(isRealDay, NO_SUCH_DAY),
      ),
    ),
  ),
  resolves: v.optional(
    described(
      'A rule, or several: when this one fires, their alerts about the same sender (app and channel) end.',
      v.union([v.array(Name), Name]),
    ),
    () => [],
  ),
  labels: v.optional(
    described(
      'Labels of its alerts, for matching in `alerts.json`: `{"team": "payments"}`.',
      v.record(LabelName, v.string()),
    ),
    {},
  ),
  next_step: v.optional(
    described(
      'What the reader of an alert should do, in a sentence. Alerts contain it.',
      v.pipe(v.string(), v.nonEmpty()),
    ),
  ),
  also_fires: v.optional(
    described(
      'Rules that are expected to fire for the same callbacks. `test` reports any other.',
      v.array(Name),
    ),
    () => [],
  ),
  examples: v.optional(
    described(
      'Callbacks with `"fires": true` or `false`; write at least one of each.',
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
  name: described('Lower-case words joined by `-`. The file has the same name.', Name),
  why: described(
    'What the values have in common, and their source.',
    v.pipe(v.string(), v.nonEmpty()),
  ),
  values: described(
    'Texts or numbers.',
    v.array(
      v.union([v.pipe(v.string(), v.nonEmpty('expected a text, not an empty one')), v.number()]),
    ),
  ),
});
export type List = v.InferOutput<typeof List>;

const Phrase = v.pipe(
  v.string(),
  v.includes('{it}', 'expected a text with {it} in it, which stands for the callback'),
);

/** A shared condition: rules/conditions/<name>.json. */
export const SharedCondition = v.strictObject({
  $schema: SchemaLine,
  name: described('Lower-case words joined by `-`. The file has the same name.', Name),
  why: described('What it is for.', v.pipe(v.string(), v.nonEmpty())),
  says: v.optional(
    described(
      'The condition in a sentence, with `{it}` for the callback: `{it} comes from the person`. By default its comparisons are listed.',
      Phrase,
    ),
  ),
  denies: v.optional(described('The negated condition in a sentence.', Phrase)),
  when: described('The condition.', Condition),
});
export type SharedCondition = v.InferOutput<typeof SharedCondition>;

/** The content of `rules/`, unchecked. Keys are file names relative to `rules/`. */
export interface RulebookSource {
  readonly rules: Readonly<Record<string, unknown>>;
  readonly lists: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  /** `alerts.json`: destinations and routes. */
  readonly alerts: unknown;
  /** `guardrails/`: what every rulebook must do, whatever its rules are. */
  readonly guardrails?: Readonly<Record<string, unknown>>;
  /** `tests/`: stories. They prove the rules and decide nothing. */
  readonly stories?: Readonly<Record<string, unknown>>;
}

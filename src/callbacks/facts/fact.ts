/** What a fact can be. `time` is milliseconds since 1970; `list` is a list of texts or numbers; `json` is anything. */
export type FactType = 'text' | 'number' | 'boolean' | 'list' | 'time' | 'json';

/** A fact's value as rules see it. `undefined` is "missing": no operator but `missing` is true on it. */
export type FactValue =
  | string
  | number
  | boolean
  | readonly (string | number)[]
  | object
  | undefined;

/** Named lists: `{"list": "stop-words"}` in a rule stands for one of these. */
export type Lists = Readonly<Record<string, readonly (string | number)[]>>;

/** All that `describe`, the JSON Schema, the documentation and `check` say about a fact. */
export interface FactWords {
  readonly type: FactType;
  /** The noun in a sentence: "quality rating". */
  readonly summary: string;
  /** One line for editors and the reference. */
  readonly description: string;
  /** Values that Sinch is known to send; an unseen one is a warning, not an error. */
  readonly known?: readonly string[];
  /** The fact that holds this one's earlier value, for `changedTo` and `changedFrom`. */
  readonly previous?: string;
  /** The value is folded (`fold`): `equal` must be given the folded spelling. */
  readonly folded?: true;
  /** Not in the callback: remembered by us and looked up when a rule needs it. */
  readonly recalled?: true;
}

/** What a fact may look at beside its trigger's own payload. */
export interface FactContext {
  readonly lists: Lists;
}

/** A fact of a trigger whose payload, in the specification's shape, is `P`. */
export interface Fact<P> extends FactWords {
  readonly read: (payload: P, context: FactContext) => unknown;
}

type Extras = Partial<Pick<FactWords, 'known' | 'previous' | 'folded'>>;

const of =
  (type: FactType) =>
  <P>(
    summary: string,
    description: string,
    read: Fact<P>['read'],
    extras: Extras = {},
  ): Fact<P> => ({
    type,
    summary,
    description,
    read,
    ...extras,
  });

/** Builders, one a type: `fact.text('delivery status', 'What became of the message.', (report) => report.status)`. */
export const fact = {
  text: of('text'),
  number: of('number'),
  boolean: of('boolean'),
  list: of('list'),
  time: of('time'),
  json: of('json'),
  /** A fact that our own state knows: `attempt`, `previous_quality_rating`. */
  recalled: (
    type: FactType,
    summary: string,
    description: string,
    extras: Extras = {},
  ): Fact<unknown> => ({
    type,
    summary,
    description,
    recalled: true,
    read: () => undefined,
    ...extras,
  }),
};

/** Brings a read value into its type, or `undefined` (missing) where it does not fit: Sinch writes `""` for "none". */
export function settle(type: FactType, value: unknown): FactValue {
  if (value === null || value === undefined) return undefined;
  switch (type) {
    case 'text':
      return typeof value === 'string' && value !== '' ? value : undefined;
    case 'number':
    case 'time':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'list':
      return Array.isArray(value)
        ? value.filter((item) => typeof item === 'string' || typeof item === 'number')
        : undefined;
    case 'json':
      return typeof value === 'object' ? value : undefined;
  }
}

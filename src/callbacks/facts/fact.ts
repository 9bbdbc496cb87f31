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

/** The numbers that a fact can be, both ends included. */
export interface NumberRange {
  readonly least: number;
  /** Absent: there is no highest number. */
  readonly most?: number;
  /** Only whole numbers. */
  readonly whole?: true;
}
/** How many of something there are. */
export const COUNT: NumberRange = { least: 0, whole: true };
/** A share or a certainty: 1 is all. */
export const SHARE: NumberRange = { least: 0, most: 1 };
/** A length of time. */
export const SPAN: NumberRange = { least: 0 };

/** What decisions and messages can be searched by, beside the person. */
export const SEARCH_KINDS = [
  'message_id',
  'batch_id',
  'request_id',
  'contact_id',
  'conversation_id',
  'metadata',
] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** What `describe`, the JSON Schema, the reference, `check` and the journal know about a fact. */
export interface FactDefinition {
  readonly type: FactType;
  /** The noun in a sentence: "quality rating". */
  readonly summary: string;
  /** One line for editors and the reference. */
  readonly description: string;
  /** Whether a value can identify or describe a person. The journal stores at most a keyed hash of it. */
  readonly personal: boolean;
  /** Values that Sinch is known to send; an unseen one is a warning, not an error. */
  readonly known?: readonly string[];
  /** The fact that holds this one's earlier value, for `changedTo` and `changedFrom`. */
  readonly previous?: string;
  /** The value is folded (`fold`): `equal` must be given the folded spelling. */
  readonly folded?: true;
  /** Stored by us and looked up when a rule needs it, where the callback does not carry it. */
  readonly recalled?: true;
  /** The journal finds an entry by this value, of which it stores a keyed hash. */
  readonly search?: SearchKind;
  /** No callback is without it. */
  readonly always?: true;
  /** What people call a known value: `FACEBOOK` for MESSENGER. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** Most callbacks lack it: only the sender of a message sets it. */
  readonly usuallyMissing?: true;
  /** Only callbacks with one of these values of another fact have it. */
  readonly onlyWith?: { readonly fact: string; readonly values: readonly string[] };
  /** It is read from another fact, so wherever it is present, that one is. */
  readonly derivedFrom?: string;
  /** At most so many different callbacks have the same value: 1 for an id of the event itself. */
  readonly callbacksPerValue?: number;
  /** What its numbers can be: `check` reports a comparison that none or all of them meet. */
  readonly range?: NumberRange;
  /** Its values are kinds of event: drift detection reports an unseen one as a new event type. */
  readonly eventType?: true;
  /** Its value is the name of the trigger. */
  readonly isTrigger?: true;
  /** Part of the person's address: a callback about a contact supplies the address without it. */
  readonly isAddressPart?: true;
  /** Its values are codes that the lists of failures name. */
  readonly isFailureCode?: true;
  /** What it is in a message that the business wrote itself, like one from its own phone. */
  readonly inOwnMessage?: string | boolean;
  /** In a sentence, its value stands before the noun: "a WHATSAPP number". */
  readonly leadsNoun?: true;
  /** It holds all other fields, so rules and the journal read it only by a path. The path of an example. */
  readonly readByPath?: string;
  /** What it is with other lists, from the callback's stored facts: it is not stored itself. */
  readonly recompute?: (stored: Readonly<Record<string, unknown>>, lists: Lists) => FactValue;
}

/** What a fact reads beside its trigger's payload. */
export interface FactContext {
  readonly lists: Lists;
}

/** A fact of a trigger whose payload, in the specification's shape, is `P`. */
export interface Fact<P> extends FactDefinition {
  readonly read: (payload: P, context: FactContext) => unknown;
}

/** Returns a table of facts without their readers: plain data. */
export const definitionsOf = <P>(
  facts: Readonly<Record<string, Fact<P>>>,
): Readonly<Record<string, FactDefinition>> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, { read: _, ...definition }]) => [name, definition]),
  );

/** The attributes of a fact beside its texts. `personal` is required: every fact decides it. */
type Attributes = Pick<
  FactDefinition,
  | 'personal'
  | 'known'
  | 'previous'
  | 'folded'
  | 'always'
  | 'eventType'
  | 'isTrigger'
  | 'isAddressPart'
  | 'isFailureCode'
  | 'inOwnMessage'
  | 'leadsNoun'
  | 'readByPath'
  | 'recompute'
  | 'synonyms'
  | 'usuallyMissing'
  | 'onlyWith'
  | 'derivedFrom'
  | 'callbacksPerValue'
  | 'recalled'
  | 'range'
  | 'search'
>;

const of =
  (type: FactType) =>
  <P>(
    summary: string,
    description: string,
    attributes: Attributes,
    read: Fact<P>['read'],
  ): Fact<P> => ({ type, summary, description, read, ...attributes });

/**
 * Builders, one for each type.
 * @example fact.text('delivery status', 'The status of the message.', { personal: false }, ({ status }) => status)
 */
export const fact = {
  text: of('text'),
  number: of('number'),
  boolean: of('boolean'),
  list: of('list'),
  time: of('time'),
  json: of('json'),
  /** A fact that our own state supplies: `attempt`, `previous_quality_rating`. */
  recalled: (
    type: FactType,
    summary: string,
    description: string,
    attributes: Attributes,
  ): Fact<unknown> => ({
    type,
    summary,
    description,
    recalled: true,
    read: () => undefined,
    ...attributes,
  }),
};

/** Returns a value as the fact's type, or `undefined` (missing) if it does not fit: Sinch writes `""` for "none". */
export function coerceFact(type: FactType, value: unknown): FactValue {
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

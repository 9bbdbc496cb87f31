import * as v from 'valibot';

/** Returns what is wrong with a value, and where. The received value is never repeated, because it may identify a person. */
export function said(issue: v.BaseIssue<unknown>, whole?: string): string {
  const place = v.getDotPath(issue) ?? whole;
  return place === undefined ? wrong(issue) : `${place}: ${wrong(issue)}`;
}

function wrong({ expected, received, message }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'is not known here';
  if (received === 'undefined') return 'is missing';
  return message.replace(/^Invalid \w+: Expected/, 'expected').replace(/ but received .*$/s, '');
}

/** The longest form that is stated with its nested objects, in characters. */
const LONGEST_FORM = 600;

type Schema = v.GenericSchema<unknown, unknown>;

/**
 * Returns the form of a JSON body in one line: `{"actor": text, "reason": text, "dry_run"?: true | false}`. A `?` marks what may be
 * left out. Nested objects are left out of a form that gets too long.
 */
export function formOf(schema: Schema): string {
  for (const depth of [4, 2]) {
    const form = formAt(schema, depth);
    if (form.length <= LONGEST_FORM) return form;
  }
  return formAt(schema, 1);
}

/** Returns the form of a query in one line: `?actor=text&reason=text[&limit=text]`. */
export function queryForm(entries: v.ObjectEntries): string {
  const parts = Object.entries(entries).map(([name, schema]) => {
    const part = `${name}=${formAt(asSchema(schema), 0).replaceAll(/"| (?=\|)|(?<=\|) /g, '')}`;
    return isOptional(schema) ? `[&${part}]` : `&${part}`;
  });
  return parts.length === 0 ? 'no parameters' : `?${parts.join('').replace(/^&|(?<=^\[)&/, '')}`;
}

/** A schema by what valibot's own kinds have: which of the members are there depends on `type`. */
interface Parts {
  readonly type: string;
  readonly pipe?: readonly { readonly kind: string; readonly message?: unknown }[];
  readonly entries?: v.ObjectEntries;
  readonly item?: Schema;
  readonly wrapped?: Schema;
  readonly value?: Schema;
  readonly literal?: unknown;
  readonly options?: readonly unknown[];
}

// Every schema of valibot is such an object; the generic type hides the members of the kinds.
const partsOf = (schema: unknown): Parts => schema as Parts;
// The members of an object are schemas.
const asSchema = (schema: unknown): Schema => schema as Schema;

const isOptional = (schema: unknown): boolean =>
  ['optional', 'nullish', 'exact_optional', 'undefinedable'].includes(partsOf(schema).type);

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  boolean: 'true | false',
  null: 'null',
};

function formAt(schema: Schema, depth: number): string {
  const { type, pipe, entries, item, wrapped, value, literal, options } = partsOf(schema);
  const example = pipe?.map(({ message }) => exampleIn(message)).find(Boolean);
  if (example) return example;
  if (entries) return depth === 0 ? '{…}' : objectForm(entries, depth - 1);
  if (type === 'array' && item) return `[${formAt(item, depth)}, …]`;
  if (type === 'record' && value)
    return depth === 0 ? '{…}' : `{"<name>": ${formAt(value, depth - 1)}}`;
  if (type === 'literal') return JSON.stringify(literal);
  if (type === 'picklist' || type === 'enum')
    return (options ?? []).map((one) => JSON.stringify(one)).join(' | ');
  if (type === 'union' || type === 'variant')
    return [...new Set((options ?? []).map((one) => formAt(asSchema(one), depth)))].join(' | ');
  if (wrapped) return `${formAt(wrapped, depth)}${/^null/.test(type) ? ' | null' : ''}`;
  return NAMES[type] ?? 'any value';
}

function objectForm(entries: v.ObjectEntries, depth: number): string {
  const members = Object.entries(entries).map(
    ([name, schema]) =>
      `"${name}"${isOptional(schema) ? '?' : ''}: ${formAt(asSchema(schema), depth)}`,
  );
  return `{${members.join(', ')}}`;
}

/** The example in a message such as `expected a channel like "SMS"`; `number` for a number in a query. */
function exampleIn(message: unknown): string | undefined {
  if (typeof message !== 'string') return undefined;
  return (
    /\blike ("[^"]+")/.exec(message)?.[1] ?? /^expected a (?:line )?(number)\b/.exec(message)?.[1]
  );
}

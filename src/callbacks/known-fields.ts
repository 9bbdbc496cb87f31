import type * as v from 'valibot';

/** The fields of an object that a schema names, each with the fields of the object within it, if the schema names any. */
export interface KnownFields {
  /** Whether fields that are not listed are expected too. */
  readonly open: boolean;
  readonly fields: ReadonlyMap<string, KnownFields | undefined>;
}

/** What valibot's schemas may hold inside them. Each kind has some of it; all of it is plain data. */
interface Inner {
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly wrapped?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly options?: readonly v.GenericSchema[];
  readonly pipe?: readonly (v.GenericSchema | v.GenericPipeAction | v.GenericMetadata)[];
}

/** Returns the fields that a schema names, nested: those of every object in a pipe, a list or a union. None: no fields. */
export function knownFieldsOf(schema: v.GenericSchema): KnownFields {
  const fields = new Map<string, KnownFields | undefined>();
  collect(schema, fields);
  return { fields, open: isOpen(schema) };
}

/** Whether `v.metadata({ open: true })` marks the schema or what it wraps. */
function isOpen(schema: v.GenericSchema): boolean {
  const { wrapped, pipe = [] } = schema as Inner; // see Inner
  if (wrapped) return isOpen(wrapped);
  return pipe.some((step) => step.type === 'metadata' && isMarkedOpen(step));
}

const isMarkedOpen = (step: object): boolean =>
  'metadata' in step &&
  typeof step.metadata === 'object' &&
  step.metadata !== null &&
  'open' in step.metadata;

function collect(schema: v.GenericSchema, fields: Map<string, KnownFields | undefined>): void {
  const { entries, wrapped, item, options = [], pipe = [] } = schema as Inner; // read by duck typing: see Inner
  for (const [name, entry] of Object.entries(entries ?? {})) {
    const inner = knownFieldsOf(entry);
    fields.set(name, inner.fields.size > 0 ? inner : undefined);
  }
  if (wrapped) collect(wrapped, fields);
  if (item) collect(item, fields);
  for (const option of options) collect(option, fields);
  // The first item of a pipe is the schema itself.
  for (const step of pipe) if (step.kind === 'schema' && step !== schema) collect(step, fields);
}

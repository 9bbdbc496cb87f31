import { useEffect, useState } from 'preact/hooks';
import { CheckField, NumberField, SelectField, TextField } from '../../parts/field.tsx';
import type { FormSchema } from '../../worker/protocol.ts';

interface SchemaFieldProps {
  readonly label: string;
  readonly schema: FormSchema;
  readonly value: unknown;
  readonly required?: boolean;
  /** Proposed values: names of rules, destinations, lists. */
  readonly proposed?: readonly string[];
  readonly rows?: number;
  /** `undefined` leaves the value out. */
  readonly set: (value: unknown) => void;
}

/** A field for a value of a JSON Schema: a choice, a number, a yes or no, a text, a list of texts, or JSON. */
export function SchemaField(props: SchemaFieldProps) {
  const { label, schema, value, required = false, set } = props;
  const examples = (props.proposed ?? schema.examples ?? []).map(String);
  const hint = hintOf(props, examples);
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (schema.enum) {
    const options = schema.enum.map(String);
    const none: readonly [string, string] = [
      '',
      hasDefault(schema) ? `default (${shown(schema.default)})` : 'none',
    ];
    return (
      <SelectField
        label={label}
        value={text}
        options={required ? options : [none, ...options.map((one) => [one, one] as const)]}
        hint={schema.description}
        onChange={(next) => set(next === '' ? undefined : next)}
      />
    );
  }
  if (schema.type === 'boolean')
    return <CheckField label={label} checked={value === true} onChange={(on) => set(on)} />;
  if (schema.type === 'number' || schema.type === 'integer') {
    return (
      <NumberField label={label} value={value} required={required} hint={hint} onInput={set} />
    );
  }
  if (schema.type === 'array' && schema.items?.type === 'string') {
    return (
      <TextField
        label={label}
        rows={2}
        value={Array.isArray(value) ? value.join('\n') : ''}
        hint={[schema.description, 'One per line.'].filter(Boolean).join(' ')}
        onInput={(next) => set(next === '' ? undefined : next.split('\n'))}
      />
    );
  }
  if (
    schema.type === 'object' ||
    schema.type === 'array' ||
    (schema.anyOf && typeof value === 'object')
  )
    return (
      <JsonField
        label={label}
        value={value}
        required={required}
        hint={[schema.description, 'JSON.'].filter(Boolean).join(' ')}
        set={set}
      />
    );
  return (
    <TextField
      label={label}
      value={text}
      required={required}
      {...(props.rows ? { rows: props.rows } : {})}
      {...(examples.length > 0 ? { list: examples } : {})}
      hint={hint}
      onInput={(next) => set(next === '' && !required ? undefined : next)}
    />
  );
}

/** What a value means, what it looks like, and what holds without it. */
function hintOf(
  { schema, proposed, required = false }: SchemaFieldProps,
  examples: readonly string[],
): string | undefined {
  const words = [
    schema.description,
    examples.length > 0 && !proposed && `Like ${examples.slice(0, 3).join(', ')}.`,
    hasDefault(schema) ? `Default: ${shown(schema.default)}.` : !required && 'Optional.',
  ];
  return words.filter(Boolean).join(' ') || undefined;
}

const hasDefault = ({ default: value }: FormSchema): boolean => value !== undefined && value !== '';

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** A value as JSON. What cannot be read stays in the field with its error, and changes nothing. */
export function JsonField(props: {
  label: string;
  value: unknown;
  required?: boolean;
  rows?: number;
  hint?: string;
  set: (value: unknown) => void;
}) {
  const text = useJsonText(props.value);
  return (
    <TextField
      label={props.label}
      rows={props.rows ?? 4}
      code
      value={text.written}
      fault={text.fault}
      hint={props.hint ?? 'JSON.'}
      onInput={(next) => {
        const read = text.write(next);
        if (read) props.set(read.value);
      }}
    />
  );
}

/** Keeps what is written in a JSON field as long as it says the same as the value, whatever its spaces. */
function useJsonText(value: unknown) {
  const [written, setWritten] = useState(pretty(value));
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    const said = parse(written);
    if (!said || JSON.stringify(said.value) === JSON.stringify(value)) return;
    setWritten(pretty(value));
    setFault(undefined);
  }, [value]);
  return {
    written,
    fault,
    write(next: string): { readonly value: unknown } | undefined {
      setWritten(next);
      const read = parse(next);
      setFault(read ? undefined : 'This is not JSON yet.');
      return read;
    },
  };
}

const pretty = (value: unknown): string =>
  value === undefined ? '' : JSON.stringify(value, undefined, 2);

function parse(text: string): { readonly value: unknown } | undefined {
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

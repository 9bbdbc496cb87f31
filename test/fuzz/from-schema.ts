import fc from 'fast-check';

/** A JSON Schema as OpenAPI documents have it. */
export interface JsonSchema {
  readonly [key: string]: unknown;
}

type Json = fc.Arbitrary<unknown>;

/** Values that readers trip over. */
export const oddValues: Json = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, 1.5, '', ' ', '0', 'null', [], {}, [
    [],
  ]),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '\u0000',
    '\uD800',
    '🙂'.repeat(50),
    'x'.repeat(5_000),
  ),
  fc.constantFrom(
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'not a time',
    '-1',
    '1e9',
    'true',
  ),
  fc.constantFrom(
    "'; DROP TABLE held; --",
    '../../etc/passwd',
    '{{title}}',
    '<script>',
    '%00',
    'a.b.0',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(fc.constantFrom('a', 1, null), { maxLength: 30 }),
);

/** Fields that name a person or carry a text: they get a value that no log may contain. */
const PRIVATE: Readonly<Record<string, Json>> = {
  identity: fc.nat(999).map((n) => `4670099${String(n).padStart(4, '0')}`),
  text: fc.nat(9).map((n) => `private words ${n} of a person`),
  words: fc.nat(9).map((n) => `private words ${n} of a person`),
};
/** What finds such a value. */
export const PRIVATE_TEXT = /4670099\d{4}|private words \d of a person/;

/** Returns values of a schema, most of which are valid: a part of each may be missing, foreign or odd. */
export function fromSchema(schema: JsonSchema, name = '', depth = 0): Json {
  const valid = validOf(schema, name, depth);
  return fc.oneof({ weight: 19, arbitrary: valid }, { weight: 1, arbitrary: oddValues });
}

function validOf(schema: JsonSchema, name: string, depth: number): Json {
  const own = Object.hasOwn(PRIVATE, name) ? PRIVATE[name] : undefined;
  if (own && acceptsText(schema)) return own;
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  for (const key of ['anyOf', 'oneOf'])
    if (Array.isArray(schema[key])) {
      const options: readonly JsonSchema[] = schema[key]; // as JSON Schema has them
      return fc.oneof(...options.map((one) => validOf(one, name, depth)));
    }
  if (Array.isArray(schema.allOf)) {
    const parts: readonly JsonSchema[] = schema.allOf; // as JSON Schema has them
    return validOf(Object.assign({}, ...parts), name, depth);
  }
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return arrayOf(schema, name, depth);
    case 'object':
      return objectOf(schema, depth);
    default:
      return fc.oneof(oddValues, fc.jsonValue({ maxDepth: 2 }));
  }
}

const acceptsText = (schema: JsonSchema): boolean =>
  schema.type === 'string' ||
  ['anyOf', 'oneOf'].some(
    (key) => Array.isArray(schema[key]) && schema[key].some((one: JsonSchema) => acceptsText(one)),
  );

function textOf({ pattern, format, minLength, maxLength }: JsonSchema): Json {
  if (typeof pattern === 'string') {
    try {
      return fc.stringMatching(new RegExp(pattern));
    } catch {
      // Not every pattern can be generated: then any text.
    }
  }
  if (format === 'date-time')
    return fc
      .date({ min: new Date('2025-01-01'), max: new Date('2028-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  const least = Number(minLength ?? 0);
  const most = Math.min(Number(maxLength ?? 60), 200);
  return fc.oneof(
    fc.constantFrom(
      'SMS',
      'WHATSAPP',
      'MESSAGE_INBOUND',
      'stop',
      'all',
      'alert',
      '01JB1JEWE77B1WMNG5RADAGJ9R',
    ),
    fc.string({ minLength: Math.min(least, most), maxLength: Math.max(least, most) }),
  );
}

const numberOf = ({ minimum, maximum }: JsonSchema): Json =>
  fc.integer({
    min: typeof minimum === 'number' ? Math.ceil(minimum) : -10,
    max: typeof maximum === 'number' ? Math.floor(Math.min(maximum, 2 ** 31 - 1)) : 10_000,
  });

const arrayOf = ({ items, minItems }: JsonSchema, name: string, depth: number): Json =>
  fc.array(isSchema(items) ? fromSchema(items, name, depth + 1) : oddValues, {
    minLength: Math.min(Number(minItems ?? 0), 3),
    maxLength: depth > 2 ? 2 : 5,
  });

function objectOf({ properties, required, additionalProperties }: JsonSchema, depth: number): Json {
  const entries = isSchema(properties) ? Object.entries(properties) : [];
  const fields = Object.fromEntries(
    entries.flatMap(([key, value]) =>
      isSchema(value) ? [[key, fromSchema(value, key, depth + 1)]] : [],
    ),
  );
  const needed = Array.isArray(required)
    ? required.filter((key) => Object.hasOwn(fields, key))
    : [];
  const whole = fc.record(fields, { requiredKeys: needed });
  const others = isSchema(additionalProperties)
    ? fc.dictionary(fc.string({ maxLength: 12 }), fromSchema(additionalProperties, '', depth + 1), {
        maxKeys: 3,
      })
    : fc.constant({});
  return fc
    .tuple(whole, others, fc.nat(24), fc.nat(99), oddValues)
    .map(([record, more, chance, pick, odd]) => {
      const changed: Record<string, unknown> = { ...more, ...record };
      const keys = Object.keys(changed);
      const key = keys[pick % Math.max(keys.length, 1)];
      if (chance === 0 && key !== undefined) delete changed[key];
      if (chance === 1) changed.foreign = odd;
      return changed;
    });
}

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

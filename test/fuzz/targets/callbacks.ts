import fc from 'fast-check';
import { mutated, mutatedBytes } from '../mutate.ts';
import { documentsIn } from './documents.ts';
import { defineTarget } from './target.ts';

/** Sinch retries 5xx and 429 and drops any other 4xx: nothing else may be answered. */
const STATUSES = new Set([200, 401, 413, 503]);

const samples = documentsIn('src/samples/callbacks').map(withPrivate);
const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(value) ?? '');

/** Signed callbacks that are changed in a few places, or of which bytes are broken. */
export const callbacks = defineTarget({
  name: 'callbacks',
  share: 5,
  inputs: fc.oneof(
    { weight: 4, arbitrary: mutated(samples).map(encode) },
    { weight: 1, arbitrary: mutatedBytes(samples) },
  ),
  run: (body, bench) =>
    bench.ask(
      {
        method: 'POST',
        path: '/callbacks',
        headers: { 'content-type': 'application/json', ...bench.sign(body) },
        body,
      },
      STATUSES,
    ),
});

const HEADERS = ['', '-nonce', '-timestamp', '-algorithm'].map(
  (end) => `x-sinch-webhook-signature${end}`,
);
const headerText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e9',
    'NaN',
    '9'.repeat(30),
    'HmacSHA512',
    'A'.repeat(44),
    'é',
    'a, b',
    '='.repeat(9),
  ),
  // What a header can carry.
  fc.string({
    unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 80,
  }),
);

/** Headers of callbacks: missing, odd, repeated, of another time. */
export const headers = defineTarget({
  name: 'headers',
  share: 1,
  inputs: fc.record({
    sample: fc.constantFrom(...samples),
    changes: fc.dictionary(
      fc.constantFrom(
        ...HEADERS,
        'content-type',
        'content-length',
        'content-encoding',
        'x-request-id',
      ),
      fc.option(headerText, { freq: 5 }),
      { minKeys: 1, maxKeys: 4 },
    ),
  }),
  async run({ sample, changes }, bench) {
    const body = encode(sample);
    const given = new Map(
      Object.entries({ 'content-type': 'application/json', ...bench.sign(body) }),
    );
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) given.delete(name);
      else given.set(name, value.trim());
    }
    return bench.ask(
      { method: 'POST', path: '/callbacks', headers: Object.fromEntries(given), body },
      STATUSES,
    );
  },
});

/** Puts a value that no log may contain into the fields that name a person or carry a text. */
function withPrivate(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withPrivate);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key === 'identity' && typeof value === 'string' && /^\+?\d{6,}$/.test(value))
        return [key, '46700990042'];
      if (key === 'text' && typeof value === 'string') return [key, 'private words 7 of a person'];
      return [key, withPrivate(value)];
    }),
  );
}

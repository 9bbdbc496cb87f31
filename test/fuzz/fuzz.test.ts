import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { wrongIn, wrongWith } from './bench.ts';
import { fromSchema } from './from-schema.ts';
import { mutated, mutatedBytes } from './mutate.ts';

describe('an answer', () => {
  const documented = new Set([200, 400, 503]);
  test.each([
    [200, []],
    [503, []],
    [undefined, ['no answer came']],
    [500, ['answered 500']],
    [502, ['answered 502']],
    [418, ['answered 418, which is not documented']],
  ])('of status %s has the faults %j', (status, faults) => {
    expect(wrongWith(status, documented)).toEqual(faults);
  });
});

describe('a logged line', () => {
  test.each([
    ['a bug', { event: 'request.bug', message: 'x is undefined' }, /^logged /],
    ['an error', new Error('nobody caught it'), /nobody caught it/],
    ['an identity', { event: 'effect.done', to: '46700990042' }, /person/],
    [
      'a text',
      { event: 'effect.done', nested: [{ text: 'private words 7 of a person' }] },
      /person/,
    ],
    ['a secret', { event: 'token.wrong', token: 'simulation-api-token' }, /logged a secret/],
  ])('with %s is a fault', (_, line, fault) => {
    expect(wrongIn([{ event: 'callback.ingested' }, line]).join()).toMatch(fault);
  });

  test('without one is none', () => {
    expect(wrongIn([{ event: 'callback.ingested', id: '26 characters' }, 'text'])).toEqual([]);
  });
});

describe('inputs', () => {
  const schema = {
    type: 'object',
    required: ['name', 'identity'],
    properties: {
      name: { type: 'string', pattern: '^[a-z]{3}$' },
      identity: { type: 'string' },
      kind: { enum: ['a', 'b'] },
      many: {
        type: 'array',
        items: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] },
      },
    },
  };
  const Valid = v.object({
    name: v.pipe(v.string(), v.regex(/^[a-z]{3}$/)),
    identity: v.string(),
    kind: v.optional(v.picklist(['a', 'b'])),
    many: v.optional(v.array(v.union([v.pipe(v.number(), v.minValue(1)), v.null()]))),
  });

  test('of a schema are valid most of the time, and wrong at times', () => {
    const made = fc.sample(fromSchema(schema), { numRuns: 400, seed: 1 });
    const valid = made.filter((value) => v.is(Valid, value)).length;
    expect(valid).toBeGreaterThan(200);
    expect(valid).toBeLessThan(390);
  });

  test('that are changed differ in places, and leave the document as it was', () => {
    const document = { a: [1, { b: 'text' }], c: null };
    const before = JSON.stringify(document);
    const made = fc
      .sample(mutated([document]), { numRuns: 300, seed: 1 })
      .map((one) => JSON.stringify(one));
    expect(JSON.stringify(document)).toBe(before);
    expect(new Set(made).size).toBeGreaterThan(100);
    expect(made).toContain(before);
    const bytes = fc.sample(mutatedBytes([document]), { numRuns: 100, seed: 1 });
    expect(bytes.some((one) => one.length < 5)).toBe(true);
  });
});

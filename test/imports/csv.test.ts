import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldsOf } from '../../src/imports/csv.ts';

test.each([
  ['SMS,+4915112345678', ',', ['SMS', '+4915112345678']],
  ['SMS;+4915112345678;', ';', ['SMS', '+4915112345678', '']],
  ['a\tb', '\t', ['a', 'b']],
  ['"STOP, ""please""",b', ',', ['STOP, "please"', 'b']],
  ['"",', ',', ['', '']],
  [' a , b ', ',', [' a ', ' b ']],
  ['a;b', ',', ['a;b']],
  ['', ',', ['']],
])('%j has the fields that stand there', (line, delimiter, fields) => {
  expect(fieldsOf(line, delimiter)).toEqual(fields);
});

test.each([
  '"open',
  'a"b',
  '"a"b',
  'a,"b',
  '"a" ,b',
  '"',
  '"""',
  ' "a"',
])('%j has quotes that do not match', (line) => {
  expect(fieldsOf(line, ',')).toBeUndefined();
});

test('whatever is written by RFC 4180 is read as it was', () => {
  const field = fc.string({
    unit: fc.constantFrom('a', 'é', ' ', '"', ',', ';', '\t', '\\', '👍'),
  });
  const delimiters = fc.constantFrom(',', ';', '\t');
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), delimiters, (fields, delimiter) => {
      const written = fields.map((text) =>
        /[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
      );
      expect(fieldsOf(written.join(delimiter), delimiter)).toEqual(fields);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJsonBytes, readJsonSource } from '../../src/authoring/json-source.ts';

describe('readJsonSource', () => {
  test.each([
    ['{"a":1,}', 1, 7, 'a trailing comma: JSON allows none before } and ]'],
    ['[1,\n 2,\n]', 2, 3, 'a trailing comma: JSON allows none before } and ]'],
    ['{"a":1', 1, 7, 'a "}" is missing'],
    ['[1', 1, 3, 'a "]" is missing'],
    ['{"a" 1}', 1, 6, 'a ":" is missing after the key'],
    ['{"a":1\n "b":2}', 1, 7, 'a "," is missing here, before what follows'],
    ['// why\n{}', 1, 1, 'JSON has no comments: "why" is the place for words'],
    [
      '{"a":1} x',
      1,
      9,
      'x is not JSON: texts stand in double quotes, only numbers, true and false without',
    ],
    [
      "{'a':1}",
      1,
      2,
      "'a' is not JSON: texts stand in double quotes, only numbers, true and false without",
    ],
    ['{“a”:1}', 1, 2, '“ is a printed quote: JSON takes the straight " only'],
    [
      '{"a":"x”,\n"b":1}',
      1,
      6,
      'this text has no closing quote on its line: JSON takes the straight " only',
    ],
    ['{"a":True}', 1, 6, 'True: JSON writes true, in small letters'],
    [
      '{"a":"say "no" now"}',
      1,
      12,
      'the text ends before this: a quote inside a text is written \\"',
    ],
    [
      '{\n\u00A0"a":1}',
      2,
      1,
      'an invisible letter (U+00A0), pasted from elsewhere: write a plain space instead',
    ],
    ['{"a":"x\ny"}', 1, 6, 'this text has no closing quote on its line'],
    ['{"a":}', 1, 6, 'a value is missing'],
    ['', 1, 1, 'the file is empty'],
    [' \n ', 1, 1, 'the file is empty'],
  ])('says what is wrong with %j, and where', (text, line, column, message) => {
    const { value, findings } = readJsonSource('x.json', text);
    // A comma too many or a comment hides nothing else; whatever else is wrong leaves nothing to look at.
    expect(value !== undefined).toBe(/trailing comma|comments/.test(message));
    expect(findings).toEqual([
      expect.objectContaining({ file: 'x.json', severity: 'error', code: 'not-json', message }),
    ]);
    if (text.trim() !== '') expect(findings[0]).toMatchObject({ line, column });
  });

  test('says so of a text that is too deep for any parser, instead of falling over', () => {
    const { value, findings, placeOf } = readJsonSource('x.json', '[{"a":'.repeat(100_000));
    expect(value).toBeUndefined();
    expect(findings).toEqual([
      {
        file: 'x.json',
        severity: 'error',
        code: 'too-deep',
        message: expect.any(String),
        line: 1,
        column: 1,
      },
    ]);
    expect(placeOf({ path: ['a', 'b'], code: 'bad-value' })).toEqual({ line: 1, column: 1 });
  });

  test('finds a key written twice, however deep, at its second place', () => {
    const { value, findings } = readJsonSource(
      'x.json',
      '{"a":{"b":1,\n"b":2},"c":[{"d":1,"d":2}]}',
    );
    expect(findings.map(({ line, column, message }) => [line, column, message])).toEqual([
      [2, 1, 'the key "b" stands here twice'],
      [2, 20, 'the key "d" stands here twice'],
    ]);
    expect(value).toEqual({ a: { b: 2 }, c: [{ d: 2 }] });
  });

  test.each([
    ['a value', ['a', 0, 'b'], 'bad-value', 2, 8],
    ['an unknown key', ['a', 0, 'b'], 'unknown-key', 2, 3],
    ['what is missing, at its nearest parent', ['a', 0, 'c', 'd'], 'missing-key', 2, 2],
    ['the whole', [], 'missing-key', 1, 1],
  ] as const)('shows %s', (_, path, code, line, column) => {
    const { placeOf } = readJsonSource('x.json', '{"a":[\n {"b": 1}]}');
    expect(placeOf({ path, code })).toEqual({ line, column });
  });

  test('does not mind a byte order mark', () => {
    expect(readJsonSource('x.json', '\uFEFF{"a":1}')).toMatchObject({
      value: { a: 1 },
      findings: [],
    });
  });

  test.each([
    ['in a Western code page', Buffer.from('{\n"a":"ARRÊT"}', 'latin1'), 2, 9],
    ['in UTF-16', Buffer.from('\uFEFF{"a":1}', 'utf16le'), 1, 1],
  ])('refuses a file saved %s, whose words would be others', (_, bytes, line, column) => {
    const { value, findings } = readJsonBytes('x.json', bytes);
    expect(value).toBeUndefined();
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'not-json',
        message: expect.stringContaining('not UTF-8'),
        line,
        column,
      }),
    ]);
    expect(readJsonBytes('x.json', Buffer.from('\uFEFF{"a":"ARRÊT"}')).value).toEqual({
      a: 'ARRÊT',
    });
  });

  test('reads every JSON text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { value, findings } = readJsonSource('x.json', text);
        if (findings.length === 0) expect(value).toEqual(JSON.parse(text));
        else expect(findings.every(({ code }) => code === 'duplicate-key')).toBe(true);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRow, csvRows } from '../../src/imports/csv-rows.ts';
import { MAX_LINE } from '../../src/imports/decode-text.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
async function rowsOf(text: string, size = text.length || 1): Promise<readonly CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of csvRows(inPieces(text, size))) rows.push(row);
  return rows;
}
const fieldsOf = async (text: string, size?: number) =>
  (await rowsOf(text, size)).map(({ line, fields }) => [
    line,
    'length' in fields ? fields : fields.message,
  ]);

const QUOTES = 'its quotes do not match';

describe('csvRows', () => {
  test.each([
    ['a,b\nSMS,+49\n', [1, ['a', 'b']], [2, ['SMS', '+49']]],
    ['a;b;c\r\n1;2;', [1, ['a', 'b', 'c']], [2, ['1', '2', '']]],
    ['a\tb\r1\t2\r', [1, ['a', 'b']], [2, ['1', '2']]],
    ['\r\n\r\na,b\r\n\r\n1,2', [3, ['a', 'b']], [5, ['1', '2']]],
    ['"a","b"\r\n"STOP, ""please""",2\r\n', [1, ['a', 'b']], [2, ['STOP, "please"', '2']]],
    [
      'a,b\n"one\ntwo\r\nthree",x\ny,z',
      [1, ['a', 'b']],
      [2, ['one\ntwo\r\nthree', 'x']],
      [5, ['y', 'z']],
    ],
    ['a,b\n"",\n', [1, ['a', 'b']], [2, ['', '']]],
    ['a,b\n"x"  ,y\n', [1, ['a', 'b']], [2, ['x', 'y']]],
    [''],
    ['\n\n'],
  ])('reads %j', async (text, ...rows) => {
    for (const size of [text.length, 3, 1]) expect(await fieldsOf(text, size || 1)).toEqual(rows);
  });

  test.each([
    [
      'open until the end',
      'a,b\n1,"2\n3,4\n5,6',
      [
        [2, QUOTES],
        [3, ['3', '4']],
        [4, ['5', '6']],
      ],
    ],
    [
      'followed by text',
      'a,b\n"1"x,2\n3,4\n',
      [
        [2, QUOTES],
        [3, ['3', '4']],
      ],
    ],
    [
      'open twice',
      'a,b\n"1,2\n"3,4\n5,6\n',
      [
        [2, QUOTES],
        [3, QUOTES],
        [4, ['5', '6']],
      ],
    ],
    [
      'open before a good field',
      'a,b\n"1,2\n"3",4\n5,6',
      [
        [2, QUOTES],
        [3, ['3', '4']],
        [4, ['5', '6']],
      ],
    ],
    [
      'on the last line',
      'a,b\n1,2\n"',
      [
        [2, ['1', '2']],
        [3, QUOTES],
      ],
    ],
  ])('reports a quote that is %s and reads the lines after it', async (_, text, rows) => {
    for (const size of [text.length, 3, 1])
      expect((await fieldsOf(text, size)).slice(1)).toEqual(rows);
  });

  test('reports how many lines two stray quotes join', async () => {
    expect((await rowsOf('a,b\n1,"2\n3,4\n5",6\n'))[1]).toMatchObject({ line: 2, lines: 3 });
  });

  test('reports each of many broken rows in time that grows with their number', async () => {
    const text = `a,b\n${'"x "y" z","1"2"\n'.repeat(50_000)}`;
    const rows = await rowsOf(text);
    expect(rows).toHaveLength(50_001);
    expect(rows.at(-1)).toMatchObject({ line: 50_001, fields: { message: QUOTES } });
  });

  test('gives up an open quote after the longest line, and a line that never ends', async () => {
    const open = `a,b\n"1,2\n${`3,${'4'.repeat(997)}\n`.repeat(MAX_LINE / 1_000)}`;
    expect((await fieldsOf(open, 65_536)).slice(1, 3)).toEqual([
      [2, QUOTES],
      [3, ['3', '4'.repeat(997)]],
    ]);
    const endless = `a,b\n${'x'.repeat(2 * MAX_LINE)}\n5,6`;
    expect((await fieldsOf(endless, 65_536)).slice(1)).toEqual([
      [2, `is longer than ${MAX_LINE} characters`],
      [3, ['5', '6']],
    ]);
  });

  test('reads what RFC 4180 writes, however it is cut into pieces', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', '👍', ';') });
    const row = fc.array(field, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 9 }),
        async (rows, end, size) => {
          const written = rows.map((fields) =>
            fields
              .map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
              .join(','),
          );
          const text = ['x,y,z,w', ...written].map((line) => line + end).join('');
          const read = (await rowsOf(text, size)).map(({ fields }) => fields);
          expect(read).toEqual([['x', 'y', 'z', 'w'], ...rows]);
        },
      ),
    );
  });
});

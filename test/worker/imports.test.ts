import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/imports/decode-text.ts';
import { type ReadLine, readList } from '../../src/imports/read-list.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text);
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++)
    view.setUint16(at * 2, text.charCodeAt(at), encoding === 'utf-16le');
  return new Uint8Array(view.buffer);
}

/** A body that arrives in chunks of so many bytes. */
const inChunks = (bytes: Uint8Array, size: number): ReadableStream<Uint8Array> => {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
};

const ENCODINGS = (['utf-8', 'utf-16le', 'utf-16be'] as const).flatMap((encoding) =>
  [false, true].map((marked) => ({ encoding, marked, with: marked ? 'with' : 'without' })),
);

async function readAll(
  text: string,
  format: 'csv' | 'ndjson',
  encoding: Encoding,
  fromLine = 1,
): Promise<readonly ReadLine[]> {
  const read: ReadLine[] = [];
  const body = inChunks(encode(text, encoding), 3);
  for await (const line of readList(body, format, fromLine)) read.push(line);
  return read;
}

describe.each(ENCODINGS)('a file in $encoding $with a byte order mark', ({ encoding, marked }) => {
  test.each([1, 2, 3, 1_000])('is decoded from chunks of %i bytes', async (size) => {
    const text = 'channel;words\r\nSMS;Größe 👍\r\n';
    const bytes = encode(marked ? `\uFEFF${text}` : text, encoding);
    let decoded = '';
    for await (const part of decodeText(inChunks(bytes, size))) decoded += part;
    expect(decoded).toBe(text);
  });

  test('is read as CSV with line breaks in quotes, and bad lines have their number', async () => {
    const mark = marked ? '\uFEFF' : '';
    const csv = [
      `${mark}"channel";"identity";"words"`,
      'SMS;12025550142;"no\r\n""more"", please"',
      'SMS;nobody;',
      'SMS;12025550143;"STOP',
      'SMS;12025550144;',
    ].join('\r\n');
    expect(await readAll(csv, 'csv', encoding)).toMatchObject([
      { line: 2, entry: { identity: '12025550142', words: 'no\r\n"more", please' } },
      { line: 4, message: expect.stringContaining('identity: is no phone number') },
      { line: 5, message: 'its quotes do not match' },
      { line: 6, entry: { identity: '12025550144' } },
    ]);
    expect((await readAll(csv, 'csv', encoding, 5)).map(({ line }) => line)).toEqual([5, 6]);
  });

  test('is read as NDJSON', async () => {
    const lines = ['{"channel":"SMS","identity":"12025550142","words":"Größe"}', '', '{'];
    const text = `${marked ? '\uFEFF' : ''}${lines.join('\r\n')}`;
    expect(await readAll(text, 'ndjson', encoding)).toMatchObject([
      { line: 1, entry: { words: 'Größe' } },
      { line: 3, message: 'is not JSON' },
    ]);
  });
});

test('an empty file has no lines', async () => {
  expect(await readAll('', 'csv', 'utf-8')).toEqual([]);
  expect(await readAll('', 'ndjson', 'utf-8')).toEqual([]);
});

test('two stray quotes are reported with the number of lines that they join', async () => {
  const csv = 'channel,identity\nSMS,"12025550142\nSMS,12025550143\nSMS",12025550144\n';
  expect(await readAll(csv, 'csv', 'utf-8')).toMatchObject([
    { line: 2, message: 'has 3 fields, the header 2 (its quotes join 3 lines)' },
  ]);
});

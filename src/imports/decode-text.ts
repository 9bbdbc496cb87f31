/** The longest line, in characters: enough for a history of thousands of changes. */
export const MAX_LINE = 1_000_000;

/**
 * Decodes a file as spreadsheets write it: UTF-8, or UTF-16 in either byte order, each with or
 * without a byte order mark. The mark is not part of the text.
 */
export async function* decodeText(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let start: Uint8Array | undefined = new Uint8Array();
  let decode = decoder('utf-8');
  for await (const chunk of body) {
    if (start === undefined) {
      yield decode(chunk);
      continue;
    }
    const joined = concat(start, chunk);
    start = joined.length < 2 ? joined : undefined;
    if (start !== undefined) continue;
    decode = decoder(encodingOf(joined));
    yield decode(joined);
  }
  yield decode(start) + decode();
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Without a mark, a zero byte shows UTF-16: a list begins with an ASCII character. */
function encodingOf([first, second]: Uint8Array): Encoding {
  if ((first === 0xff && second === 0xfe) || second === 0) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || first === 0 ? 'utf-16be' : 'utf-8';
}

/** Returns a function that decodes one chunk after the other; without a chunk it ends the text. */
function decoder(encoding: Encoding): (chunk?: Uint8Array) => string {
  const text = new TextDecoder(encoding);
  return (chunk) => (chunk ? text.decode(chunk, { stream: true }) : text.decode());
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** A line of a file. The first line is number 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * Splits a text into its lines, without their ends. Empty lines are counted and left out. A line
 * over `MAX_LINE` is cut, so that a file without line ends cannot fill the memory.
 */
export async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<Line> {
  let rest = '';
  let number = 0;
  const lineOf = (text: string): Line | undefined => {
    number += 1;
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    return line.trim() === '' ? undefined : { number, text: line.slice(0, MAX_LINE) };
  };
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const one of lines) {
      const line = lineOf(one);
      if (line) yield line;
    }
  }
  const last = lineOf(rest);
  if (last) yield last;
}

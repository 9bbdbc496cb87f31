/** A line of a file. The first one is number 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** A longer line is no line of a list, even with a history of thousands of changes. It is cut, so that one without an end cannot fill the memory. */
export const LONGEST = 1_000_000;

/** The lines of a stream of UTF-8, numbered, without their ends. Empty ones count and are left out. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  let held = '';
  let number = 0;
  const decoder = new TextDecoder();
  const take = (text: string): Line | undefined => {
    number += 1;
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    return line.trim() === '' ? undefined : { number, text: line.slice(0, LONGEST) };
  };
  for await (const chunk of body) {
    const texts = (held + decoder.decode(chunk, { stream: true })).split('\n');
    held = (texts.pop() ?? '').slice(0, LONGEST);
    for (const text of texts) {
      const line = take(text);
      if (line) yield line;
    }
  }
  const last = take(held + decoder.decode());
  if (last) yield last;
}

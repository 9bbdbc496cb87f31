import Papa from 'papaparse';
import { MAX_LINE } from './decode-text.ts';

/** A row of a CSV file. */
export interface CsvRow {
  /** The line on which it begins; the first line of the file is 1. */
  readonly line: number;
  /** How many lines it covers: more than 1 where a quoted field contains line breaks. */
  readonly lines: number;
  readonly characters: number;
  /** Its fields, or what is wrong with its quotes or its length. */
  readonly fields: readonly string[] | { readonly message: string };
}

/** How the file is written: its delimiter, and what ends a line. */
interface Dialect {
  readonly delimiter: string;
  readonly newline: '\n' | '\r';
}

/**
 * Reads CSV as RFC 4180 defines it, from a text that arrives in pieces. Empty lines are left out.
 * A row with broken quotes is reported with its line, and reading continues on the line after it:
 * one stray quote costs one row, not the rest of the file.
 */
export async function* csvRows(texts: AsyncIterable<string>): AsyncGenerator<CsvRow> {
  let rest = '';
  let line = 1;
  let dialect: Dialect | undefined;
  let skipping = false;
  const next = (last: boolean): CsvRow[] => {
    dialect ??= dialectOf(rest, last);
    if (!dialect) return [];
    if (skipping) {
      const end = rest.indexOf(dialect.newline);
      rest = end < 0 ? '' : rest.slice(end + 1);
      if (end < 0) return [];
      skipping = false;
      line += 1;
    }
    const read = readRows(rest, line, dialect, last);
    rest = rest.slice(read.end);
    line = read.line;
    if (rest.length >= MAX_LINE && !rest.includes(dialect.newline)) {
      skipping = true;
      const fields = { message: `is longer than ${MAX_LINE} characters` };
      read.rows.push({ line, lines: 1, characters: rest.length, fields });
    }
    return read.rows.filter(({ fields }) => !isEmpty(fields));
  };
  for await (const text of texts) {
    rest += text;
    yield* next(false);
  }
  yield* next(true);
}

/** Takes the delimiter that the first line contains most often. Undefined: that line is not complete yet. */
function dialectOf(text: string, last: boolean): Dialect | undefined {
  const [, first = '', end = ''] = /^\s*([^\r\n]+)(\r\n|\r(?!$)|\n)?/.exec(text) ?? [];
  if (end === '' && !last && text.length < MAX_LINE) return undefined;
  const count = (delimiter: string): number => first.split(delimiter).length;
  const [delimiter = ','] = [',', ';', '\t'].toSorted((a, b) => count(b) - count(a));
  // In a file of "\r\n" a "\r" is left at the end of a row; files that mix the two can be read too.
  return { delimiter, newline: end === '\r' ? '\r' : '\n' };
}

/** How many lines the parser gets at a time. It reads on behind a broken quote, so a whole file of them would take time by the square of its length. */
const WINDOW = 64;

/** Reads the rows in the complete lines of a text; with `last`, the row at its end too. */
function readRows(
  text: string,
  firstLine: number,
  { delimiter, newline }: Dialect,
  last: boolean,
): { readonly rows: CsvRow[]; readonly end: number; readonly line: number } {
  const rows: CsvRow[] = [];
  const complete = last ? text.length : text.lastIndexOf(newline) + 1;
  let start = 0;
  let line = firstLine;
  let window = WINDOW;
  const add = (end: number, fields: CsvRow['fields']): void => {
    const breaks = text.slice(start, end).split(newline).length - 1;
    rows.push({ line, lines: Math.max(breaks, 1), characters: end - start, fields });
    start = end;
    line += breaks;
  };
  while (start < complete) {
    const from = start;
    let broken = false;
    const parser = new Papa.Parser({
      delimiter,
      newline,
      step: ({ data: [fields = []], errors, meta: { cursor } }: Papa.ParseResult<string[]>) => {
        broken = errors.length > 0;
        if (broken) parser.abort();
        else add(from + cursor, withoutReturn(fields, text.slice(start, from + cursor)));
      },
    });
    const end = Math.min(afterLines(text, from, window, newline), complete);
    const { errors } = parser.parse(text.slice(from, end), 0, !last || end < text.length);
    if (broken || errors.length > 0 || (start === from && end - start >= MAX_LINE)) {
      // Reading continues on the next line: what the quote joins may be rows of their own.
      add(afterLines(text, start, 1, newline), { message: 'its quotes do not match' });
      window = WINDOW;
    } else if (start > from) window = WINDOW;
    else if (end < complete) window *= 4;
    else break;
  }
  return { rows, end: start, line };
}

/** Removes the "\r" of a line end from the last field, where it is not quoted. */
function withoutReturn(fields: readonly string[], row: string): readonly string[] {
  const last = fields.at(-1);
  return last?.endsWith('\r') && /[^"]\r\n?$|^\r/.test(row.slice(-3))
    ? [...fields.slice(0, -1), last.slice(0, -1)]
    : fields;
}

/** Returns the position after that many lines, or the end of the text. */
function afterLines(text: string, from: number, lines: number, newline: string): number {
  let end = from;
  for (let n = 0; n < lines; n++) {
    const at = text.indexOf(newline, end);
    if (at < 0) return text.length;
    end = at + 1;
  }
  return end;
}

const isEmpty = (fields: CsvRow['fields']): boolean =>
  'length' in fields && fields.length === 1 && fields[0]?.trim() === '';

import * as v from 'valibot';
import { ImportLine, ImportPerson } from '../api/import.ts';
import { said } from '../api/issue-message.ts';
import { AppError } from '../errors.ts';
import { wrongIn } from '../sending/address.ts';
import { fieldsOf } from './csv.ts';
import type { ListEntry } from './import-changes.ts';
import { type Line, LONGEST } from './lines.ts';

/** A line that was read, or what is wrong with it. */
export type ReadLine = { readonly line: number } & (
  | { readonly entry: ListEntry }
  | { readonly message: string }
);

/** Reads lines of one format, many at once. */
export type ListReader = (lines: readonly Line[]) => ReadLine[];

/** NDJSON: one object a line; one of an export has a `history`. */
export const readNdjson: ListReader = (lines) =>
  lines.map(({ number: line, text }) => {
    if (text.length >= LONGEST) return { line, message: `is longer than ${LONGEST} characters` };
    try {
      return { line, ...entryOf(JSON.parse(text)) };
    } catch {
      return { line, message: 'is not JSON' };
    }
  });

const COLUMNS = Object.keys(ImportLine.entries);

/** CSV by its header: the delimiter is whatever stands there most often. @throws AppError `bad_request` for a header that says too little or too much */
export function csvReader(header: string): ListReader {
  const delimiter =
    [',', ';', '\t'].toSorted((a, b) => header.split(b).length - header.split(a).length)[0] ?? ',';
  const names = (fieldsOf(header, delimiter) ?? []).map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !COLUMNS.includes(name));
  const missing = ['channel', 'identity'].find((name) => !names.includes(name));
  if (unknown !== undefined || missing !== undefined || new Set(names).size < names.length) {
    const what = missing
      ? `the column "${missing}" is missing`
      : unknown === undefined
        ? 'a column stands there twice'
        : `the column "${unknown}" is not known`;
    throw new AppError('bad_request', `line 1: ${what}; the header may name ${COLUMNS.join(', ')}`);
  }
  const entryOfRow = (row: readonly string[]) =>
    row.length === names.length
      ? entryOf(
          Object.fromEntries(
            names.map((name, at) => [name, row[at]?.trim()]).filter(([, value]) => value !== ''),
          ),
        )
      : { message: `has ${row.length} fields, the header ${names.length}` };
  return (lines) =>
    lines.map(({ number: line, text }) => {
      const row = fieldsOf(text, delimiter);
      return { line, ...(row ? entryOfRow(row) : { message: 'its quotes do not match' }) };
    });
}

function entryOf(value: unknown): { entry: ListEntry } | { message: string } {
  const whole = typeof value === 'object' && value !== null && 'history' in value;
  if (whole && 'identity' in value && value.identity === null)
    return {
      message:
        'identity: is missing: this person’s data was erased, and the export only has their hash',
    };
  const parsed = whole ? v.safeParse(ImportPerson, value) : v.safeParse(ImportLine, value);
  if (!parsed.success) return { message: said(parsed.issues[0]) };
  const { channel, identity, app_id } = parsed.output;
  // Of a channel that nobody can ask about, a stop would look taken over. An export may know one that Sinch has had since.
  const wrong = wrongIn({ channel, identity, appId: app_id }, whole);
  if (wrong) return { message: wrong };
  return { entry: parsed.output };
}

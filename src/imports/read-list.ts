import * as v from 'valibot';
import { ImportLine, ImportPerson } from '../api/consent/import.ts';
import { said } from '../api/issue-message.ts';
import { AppError } from '../errors.ts';
import { readAddress } from '../sending/address.ts';
import { type CsvRow, csvRows } from './csv-rows.ts';
import { decodeText, linesOf, MAX_LINE } from './decode-text.ts';
import type { ListEntry } from './import-changes.ts';

/** A line of a list: its entry, or what is wrong with it. */
export type ReadLine = Outcome & {
  /** The first line of the file is 1. An entry that covers several lines has the number of its first. */
  readonly line: number;
  readonly characters: number;
};
type Outcome = { readonly entry: ListEntry } | { readonly message: string };

/**
 * Reads a list from line `fromLine` on. Lines that cannot be read are returned with the reason.
 * @param country the setting DEFAULT_COUNTRY, for national numbers
 * @throws AppError `bad_request` for a CSV header with a missing, repeated or unknown column
 */
export function readList(
  body: ReadableStream<Uint8Array>,
  format: 'csv' | 'ndjson',
  fromLine: number,
  country?: string,
): AsyncGenerator<ReadLine> {
  const texts = decodeText(body);
  return format === 'csv'
    ? readCsv(texts, fromLine, country)
    : readNdjson(texts, fromLine, country);
}

/** Reads one JSON object a line; a line of an export has a `history`. */
async function* readNdjson(
  texts: AsyncIterable<string>,
  fromLine: number,
  country: string | undefined,
): AsyncGenerator<ReadLine> {
  for await (const { number: line, text } of linesOf(texts))
    if (line >= fromLine) yield { line, characters: text.length, ...parsed(text, country) };
}

function parsed(text: string, country: string | undefined): Outcome {
  if (text.length >= MAX_LINE) return { message: `is longer than ${MAX_LINE} characters` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { message: 'is not JSON' };
  }
  return entryOf(value, country);
}

const COLUMNS = Object.keys(ImportLine.entries);

async function* readCsv(
  texts: AsyncIterable<string>,
  fromLine: number,
  country: string | undefined,
): AsyncGenerator<ReadLine> {
  let names: readonly string[] | undefined;
  for await (const row of csvRows(texts)) {
    const { line, characters } = row;
    if (!names) names = readHeader(row);
    else if (line >= fromLine) yield { line, characters, ...entryOfRow(row, names, country) };
  }
}

function readHeader({ line, fields }: CsvRow): readonly string[] {
  const names = 'length' in fields ? fields.map((name) => name.trim().toLowerCase()) : [];
  const unknown = names.find((name) => !COLUMNS.includes(name));
  const missing = ['channel', 'identity'].find((name) => !names.includes(name));
  if (unknown === undefined && missing === undefined && new Set(names).size === names.length)
    return names;
  const what = missing
    ? `the column "${missing}" is missing`
    : unknown === undefined
      ? 'a column occurs twice'
      : `the column "${unknown}" is not known`;
  throw new AppError(
    'bad_request',
    `line ${line}: ${what}; the header may name ${COLUMNS.join(', ')}`,
  );
}

function entryOfRow(
  { fields, lines }: CsvRow,
  names: readonly string[],
  country: string | undefined,
): Outcome {
  if (!('length' in fields)) return fields;
  const given = fields.map((field) => field.trim());
  const outcome =
    given.length === names.length
      ? entryOf(
          Object.fromEntries(
            names.map((name, at) => [name, given[at]]).filter(([, value]) => value !== ''),
          ),
          country,
        )
      : { message: `has ${given.length} fields, the header ${names.length}` };
  // Two stray quotes join the lines between them, which then count as read.
  return 'message' in outcome && lines > 1
    ? { message: `${outcome.message} (its quotes join ${lines} lines)` }
    : outcome;
}

function entryOf(value: unknown, country: string | undefined): Outcome {
  const whole = typeof value === 'object' && value !== null && 'history' in value;
  if (whole && 'identity' in value && value.identity === null)
    return {
      message:
        'identity: is missing: this person’s data was erased, and the export only has their hash',
    };
  const read = whole ? v.safeParse(ImportPerson, value) : v.safeParse(ImportLine, value);
  if (!read.success) return { message: said(read.issues[0]) };
  const { channel, identity, app_id } = read.output;
  // An opt-out of an unknown channel would have no effect. An export may name a newer channel.
  const address = readAddress(
    { channel, identity, appId: app_id ?? '' },
    { anyChannel: whole, country },
  );
  return 'wrong' in address
    ? { message: address.wrong }
    : { entry: { ...read.output, identity: address.identity } };
}

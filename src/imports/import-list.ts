import { IMPORT, type ImportReport } from '../api/consent/import.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { SCOPES } from '../objects/recipients/consent.ts';
import type { RecipientsClient } from '../objects/recipients/recipients-client.ts';
import { changesOf, type ImportedPerson, type Origin } from './import-changes.ts';
import { type ReadLine, readList } from './read-list.ts';

/** What one call reads at most. It is read before anything is stored, so it must fit into memory. */
const CALL = { lines: IMPORT.lines, characters: 20_000_000 };

/** What one batch holds at most: each batch costs a call to each shard, and a request may make few. */
const BATCH = { lines: 10_000, characters: 5_000_000 };

/** How long a shard may take to answer, in milliseconds. */
const TIMEOUT = 30_000;

/** A list to import. */
export interface List extends Origin {
  readonly body: ReadableStream<Uint8Array>;
  readonly format: 'csv' | 'ndjson';
  readonly dryRun: boolean;
  readonly fromLine: number;
  /** Imports the valid lines however many are invalid. */
  readonly allowInvalid: boolean;
  /** The setting DEFAULT_COUNTRY. */
  readonly country?: string | undefined;
}

/** A line that was read: the changes of a person, or what is wrong. */
type Line = Pick<ReadLine, 'line' | 'characters'> &
  ({ readonly changes: ImportedPerson } | { readonly message: string });

/**
 * Imports a list batch by batch, and returns what became of its lines. Invalid lines are reported; above a share of 5 % nothing is
 * imported. A line that was imported under this list's name changes nothing again.
 * @param now returns milliseconds since 1970
 * @throws AppError `bad_request` for an unreadable header; `import_invalid` for too many invalid lines; `unavailable` with
 * `next_line`, the line to continue from, when a shard does not answer
 */
export async function importList(
  list: List,
  recipients: Pick<RecipientsClient, 'importConsent'>,
  now: () => number,
): Promise<ImportReport> {
  const { lines, next } = await readLines(list, now());
  const invalid = reportInvalid(lines);
  if (invalid.bad_share > IMPORT.share && !list.dryRun && !list.allowInvalid)
    throw new AppError(
      'import_invalid',
      `${invalid.bad} of ${lines.length} lines are invalid (${Math.round(invalid.bad_share * 100)} %), so nothing was imported: correct the list, or import the others with allow_invalid=true`,
      { details: { lines: lines.length, ...invalid } },
    );
  const counts = { lines: 0, out: 0, in: 0, unchanged: 0, outweighed: 0, came_back: 0 };

  async function store(batch: readonly Line[]): Promise<void> {
    const changes = batch.flatMap((line) => ('changes' in line ? [line.changes] : []));
    const outcomes = await recipients.importConsent(changes, list.dryRun, TIMEOUT);
    for (const [at, { before, after }] of outcomes.entries()) {
      const more = SCOPES.some((scope) => after[scope] && !before[scope]);
      const less = SCOPES.some((scope) => before[scope] && !after[scope]);
      counts[more ? 'out' : less ? 'in' : 'unchanged'] += 1;
      if (changes[at]?.allows.some((scope) => after[scope])) counts.outweighed += 1;
      if (changes[at]?.refuses.some((scope) => !after[scope])) counts.came_back += 1;
    }
    counts.lines += batch.length;
  }

  for (const batch of batchesOf(lines)) {
    try {
      await store(batch);
    } catch (cause) {
      console.error({
        // @event import.interrupted | An import stopped; the answer names the line from which to
        //   continue.
        event: 'import.interrupted',
        list: list.name,
        code: codeOf(cause),
        message: messageOf(cause),
      });
      const from = batch[0]?.line ?? list.fromLine;
      throw new AppError(
        'unavailable',
        `the import stopped: continue with from_line=${from}, or send the whole list again`,
        {
          cause,
          // Lines from `next_line` on are reported by the call that continues there.
          details: {
            next_line: from,
            ...counts,
            ...reportInvalid(lines.filter(({ line }) => line < from)),
          },
        },
      );
    }
  }
  return { dry_run: list.dryRun, ...counts, ...invalid, next_line: next };
}

/** Reads the lines of one call, and the number of the line after them. `now` in milliseconds since 1970. */
async function readLines(list: List, now: number): Promise<{ lines: Line[]; next: number | null }> {
  const lines: Line[] = [];
  let characters = 0;
  for await (const read of readList(list.body, list.format, list.fromLine, list.country)) {
    if (lines.length === CALL.lines || characters >= CALL.characters)
      return { lines, next: read.line };
    characters += read.characters;
    const place = { line: read.line, characters: read.characters };
    const found = 'entry' in read ? changesOf(read.entry, list, now) : read;
    lines.push(
      'message' in found ? { ...place, message: found.message } : { ...place, changes: found },
    );
  }
  return { lines, next: null };
}

/** Returns the number, the share and the first of the invalid lines. */
function reportInvalid(
  lines: readonly Line[],
): Pick<ImportReport, 'bad' | 'bad_share' | 'bad_lines'> {
  const bad = lines.flatMap((line) =>
    'message' in line ? [{ line: line.line, message: line.message }] : [],
  );
  return {
    bad: bad.length,
    bad_share: lines.length === 0 ? 0 : bad.length / lines.length,
    bad_lines: bad.slice(0, IMPORT.named),
  };
}

function* batchesOf(lines: readonly Line[]): Generator<readonly Line[]> {
  let batch: Line[] = [];
  let characters = 0;
  for (const line of lines) {
    batch.push(line);
    characters += line.characters;
    if (batch.length < BATCH.lines && characters < BATCH.characters) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  yield batch;
}

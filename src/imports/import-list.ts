import { IMPORT, type ImportReport } from '../api/import.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { SCOPES } from '../objects/recipients/consent.ts';
import type { RecipientsClient } from '../objects/recipients/recipients-client.ts';
import { changesOf, type ImportedPerson, type Origin } from './import-changes.ts';
import { type ReadLine, readList } from './read-list.ts';

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
}

/**
 * Imports a list batch by batch, and returns what became of its lines. A line that cannot be read
 * is reported and stops nothing. A line that was imported under this list's name changes nothing again.
 * @param now returns milliseconds since 1970
 * @throws AppError `bad_request` for an unreadable header; `unavailable` with `next_line`, the line
 * to continue from, when a shard does not answer
 */
export async function importList(
  list: List,
  recipients: Pick<RecipientsClient, 'importConsent'>,
  now: () => number,
): Promise<ImportReport> {
  const counts = { lines: 0, out: 0, in: 0, unchanged: 0, outweighed: 0, came_back: 0, bad: 0 };
  const badLines: { line: number; message: string }[] = [];
  let batch: ReadLine[] = [];
  let characters = 0;
  let next: number | null = null;

  async function store(lines: readonly ReadLine[]): Promise<void> {
    const changes: ImportedPerson[] = [];
    for (const line of lines) {
      const found = 'entry' in line ? changesOf(line.entry, list, now()) : line;
      if (!('message' in found)) changes.push(found);
      else {
        counts.bad += 1;
        if (badLines.length < IMPORT.named)
          badLines.push({ line: line.line, message: found.message });
      }
    }
    const outcomes = await recipients.importConsent(changes, list.dryRun, TIMEOUT);
    for (const [at, { before, after }] of outcomes.entries()) {
      const more = SCOPES.some((scope) => after[scope] && !before[scope]);
      const less = SCOPES.some((scope) => before[scope] && !after[scope]);
      counts[more ? 'out' : less ? 'in' : 'unchanged'] += 1;
      if (changes[at]?.allows.some((scope) => after[scope])) counts.outweighed += 1;
      if (changes[at]?.refuses.some((scope) => !after[scope])) counts.came_back += 1;
    }
    counts.lines += lines.length;
  }

  try {
    for await (const line of readList(list.body, list.format, list.fromLine)) {
      if (counts.lines + batch.length === IMPORT.lines) {
        next = line.line;
        break;
      }
      batch.push(line);
      characters += line.characters;
      if (batch.length === BATCH.lines || characters >= BATCH.characters) {
        await store(batch);
        batch = [];
        characters = 0;
      }
    }
    await store(batch);
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'bad_request') throw cause;
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
          bad_lines: badLines.filter(({ line }) => line < from),
        },
      },
    );
  }
  return { dry_run: list.dryRun, ...counts, bad_lines: badLines, next_line: next };
}

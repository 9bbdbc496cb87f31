import { IMPORT, type ImportReport } from '../api/import.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { SCOPES } from '../objects/recipients/consent.ts';
import type { RecipientsClient } from '../objects/recipients/recipients-client.ts';
import { type Origin, type Taken, takenOf } from './import-changes.ts';
import { type Line, linesOf } from './lines.ts';
import { csvReader, type ListReader, readNdjson } from './read-list.ts';

/** So many lines, or characters, go to the shards at once: each batch costs a call a shard, and a request has but so many. */
const BATCH = { lines: 10_000, characters: 5_000_000 };

/** How long a shard may take to answer, in milliseconds. */
const PATIENCE = 30_000;

/** A list, and who takes it over why. */
export interface List extends Origin {
  readonly body: ReadableStream<Uint8Array>;
  readonly format: 'csv' | 'ndjson';
  readonly dryRun: boolean;
  readonly fromLine: number;
}

/**
 * Takes over a list, a batch at a time. Bad lines are named and stop nothing; a line that was taken over under this name changes nothing again.
 * @throws AppError `bad_request` for an unreadable header, `unavailable` with `next_line` when the list must be gone on with later
 */
export async function importList(
  list: List,
  recipients: Pick<RecipientsClient, 'takeOver'>,
  now: () => number,
): Promise<ImportReport> {
  const tally = { lines: 0, out: 0, in: 0, unchanged: 0, outweighed: 0, came_back: 0, bad: 0 };
  const badLines: { line: number; message: string }[] = [];
  let read: ListReader | undefined = list.format === 'ndjson' ? readNdjson : undefined;
  let waiting: Line[] = [];
  let characters = 0;
  let next: number | null = null;

  async function work(lines: readonly Line[]): Promise<void> {
    const taken: Taken[] = [];
    for (const one of read?.(lines) ?? []) {
      const found = 'entry' in one ? takenOf(one.entry, list, now()) : one;
      if (!('message' in found)) taken.push(found);
      else {
        tally.bad += 1;
        if (badLines.length < IMPORT.named)
          badLines.push({ line: one.line, message: found.message });
      }
    }
    const outcomes = await recipients.takeOver(taken, list.dryRun, PATIENCE);
    for (const [at, { before, after }] of outcomes.entries()) {
      const more = SCOPES.some((scope) => after[scope] && !before[scope]);
      const less = SCOPES.some((scope) => before[scope] && !after[scope]);
      tally[more ? 'out' : less ? 'in' : 'unchanged'] += 1;
      if (taken[at]?.allows.some((scope) => after[scope])) tally.outweighed += 1;
      if (taken[at]?.refuses.some((scope) => !after[scope])) tally.came_back += 1;
    }
    tally.lines += lines.length;
  }

  try {
    for await (const line of linesOf(list.body)) {
      if (!read) read = csvReader(line.text);
      else if (line.number >= list.fromLine) {
        if (tally.lines + waiting.length === IMPORT.lines) {
          next = line.number;
          break;
        }
        waiting.push(line);
        characters += line.text.length;
        if (waiting.length === BATCH.lines || characters >= BATCH.characters) {
          await work(waiting);
          waiting = [];
          characters = 0;
        }
      }
    }
    await work(waiting);
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'bad_request') throw cause;
    console.error({
      event: 'import.broken',
      list: list.name,
      code: codeOf(cause),
      message: messageOf(cause),
    });
    const from = waiting[0]?.number ?? list.fromLine;
    throw new AppError(
      'unavailable',
      `the list broke off: go on with from_line=${from}, or send it whole again`,
      {
        cause,
        // Whoever goes on from there never hears of these again; the others are named then.
        details: {
          next_line: from,
          ...tally,
          bad_lines: badLines.filter(({ line }) => line < from),
        },
      },
    );
  }
  return { dry_run: list.dryRun, ...tally, bad_lines: badLines, next_line: next };
}

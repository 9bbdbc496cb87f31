import { IMPORT, type ImportLine, type ImportReport } from '../api/import.ts';
import type { RecipientsClient } from '../entities/recipients-client.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { type Line, linesOf } from './lines.ts';
import { csvReader, type ListReader, readNdjson } from './read-list.ts';

/** So many lines go to the shards at once: each batch costs three calls a shard, and a request has but so many. */
const BATCH = 10_000;

/** How long a shard may take to answer, in milliseconds. */
const PATIENCE = 30_000;

/** A list, and who takes it over why. */
export interface List {
  readonly body: ReadableStream<Uint8Array>;
  readonly format: 'csv' | 'ndjson';
  readonly name: string;
  readonly by: string;
  readonly why: string;
  readonly dryRun: boolean;
  readonly fromLine: number;
}

/**
 * Takes over a list, a batch at a time. Bad lines are named and stop nothing; a line that was taken over under this name changes nothing again.
 * @throws AppError `bad_request` for an unreadable header, `unavailable` with `next_line` when the list must be gone on with later
 */
export async function importList(
  list: List,
  recipients: Pick<RecipientsClient, 'ask' | 'change'>,
  now: () => number,
): Promise<ImportReport> {
  const tally = { lines: 0, changed: 0, unchanged: 0, bad: 0 };
  const badLines: { line: number; says: string }[] = [];
  let read: ListReader | undefined = list.format === 'ndjson' ? readNdjson : undefined;
  let waiting: Line[] = [];
  let next: number | null = null;

  async function work(lines: readonly Line[]): Promise<void> {
    const entries: ImportLine[] = [];
    for (const one of read?.(lines) ?? []) {
      if ('entry' in one) {
        entries.push(one.entry);
        continue;
      }
      tally.bad += 1;
      if (badLines.length < IMPORT.named) badLines.push(one);
    }
    const before = await refusing(entries, recipients);
    if (!list.dryRun) await change(entries, list, recipients, now());
    // A line that was taken over once and lifted since changes nothing any more, so what counts is what became of it.
    const after = list.dryRun ? before.map(() => true) : await refusing(entries, recipients);
    const changed = after.filter((refuses, at) => refuses && !before[at]).length;
    tally.changed += changed;
    tally.unchanged += entries.length - changed;
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
        if (waiting.length === BATCH) {
          await work(waiting);
          waiting = [];
        }
      }
    }
    await work(waiting);
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'bad_request') throw cause;
    console.error({ event: 'import.broken', list: list.name, code: codeOf(cause), message: messageOf(cause) });
    const from = waiting[0]?.number ?? list.fromLine;
    throw new AppError('unavailable', `the list broke off: go on with from_line=${from}, or send it whole again`, {
      cause,
      details: { next_line: from, ...tally },
    });
  }
  return { dry_run: list.dryRun, ...tally, bad_lines: badLines, next_line: next };
}

async function change(
  entries: readonly ImportLine[],
  { name, by, why }: List,
  recipients: Pick<RecipientsClient, 'change'>,
  now: number,
): Promise<void> {
  await recipients.change(
    entries.map(({ channel, identity, app_id, scope, at, words }) => ({
      key: `import/${name}/${scope}/${at ?? ''}`,
      address: { channel, identity, appId: app_id },
      scope,
      to: 'out',
      // A wrong clock must not put somebody's STOP beyond the reach of their START.
      at: Math.min(at === undefined ? now : Date.parse(at), now),
      source: 'import',
      by,
      why: `${why} (list ${name})`,
      words,
    })),
  );
}

/** Whether each of these people refuses that already. @throws AppError `unavailable` */
async function refusing(
  entries: readonly ImportLine[],
  recipients: Pick<RecipientsClient, 'ask'>,
): Promise<readonly boolean[]> {
  const consents = await recipients.ask(
    entries.map(({ channel, identity, app_id }) => ({ channel, identity, appId: app_id })),
    PATIENCE,
  );
  return entries.map(({ scope }, at) => {
    const consent = consents[at];
    if (!consent) throw new AppError('unavailable', 'consent cannot be read now');
    return consent.scopes[scope];
  });
}

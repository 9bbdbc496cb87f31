import { constants, openAsBlob } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { IMPORT, ImportReport } from '../../api/consent/import.ts';
import { AppError } from '../../errors.ts';
import type { ExitCode } from '../command.ts';
import { counted } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { askWorker, queryOf, type WorkerAddress } from './ask-worker.ts';

/** A list to import. */
interface ListFile {
  readonly file: string;
  readonly name: string | undefined;
  readonly apply: boolean;
  readonly fromLine: number;
  readonly json: boolean;
  /** Imports the valid lines however many are invalid. */
  readonly allowInvalid: boolean;
  readonly hand: { readonly actor: string; readonly reason: string };
}

const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
};

/** Number of invalid lines that are printed; `--json` prints more. */
const SHOWN = 20;

/**
 * Imports a file: a dry run first, then with `--apply` the import. A long list takes several calls.
 */
export async function importFile(
  list: ListFile,
  address: WorkerAddress,
  shell: Shell,
): Promise<ExitCode> {
  const type = TYPES[extname(list.file).toLowerCase()];
  if (!type)
    throw new AppError(
      'bad_request',
      `${list.file}: expected a file that ends in ${Object.keys(TYPES).join(', ')}`,
    );
  const path = resolve(shell.here, list.file);
  const readable = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!readable) throw new AppError('not_found', `${list.file} cannot be read`);
  // A Blob is read while it is sent, so a long list needs no memory.
  const body = await openAsBlob(path, { type });
  const dry = await pass({ ...list, apply: false }, body, type, address, shell);
  if (!list.json) tell(dry, shell);
  if (!list.apply) {
    if (list.json) shell.out(JSON.stringify(dry));
    else shell.out('Nothing was changed: --apply takes the list over.');
    return dry.bad > 0 ? 1 : 0;
  }
  if (dry.bad_share > IMPORT.share && !list.allowInvalid) {
    if (list.json) shell.out(JSON.stringify(dry));
    shell.err(
      `Nothing was changed: ${sharePercent(dry)} of the lines cannot be read. Correct the list, or take over the others with --allow-invalid.`,
    );
    return 1;
  }
  const done = await pass(list, body, type, address, shell);
  if (list.json) shell.out(JSON.stringify(done));
  else shell.out(`taken over: ${saidCounts(done)}`);
  return done.bad > 0 ? 1 : 0;
}

async function pass(
  { file, name, apply, fromLine, hand, json, allowInvalid }: ListFile,
  body: Blob,
  type: string,
  address: WorkerAddress,
  shell: Shell,
): Promise<ImportReport> {
  const sum = {
    ...{ lines: 0, out: 0, in: 0, unchanged: 0, outweighed: 0, came_back: 0, bad: 0 },
    bad_lines: [] as ImportReport['bad_lines'],
  };
  let next: number | null = fromLine;
  while (next !== null) {
    const query = queryOf({
      name:
        name ??
        basename(file)
          .replace(/[^\w.-]/g, '-')
          .slice(0, 80),
      ...hand,
      dry_run: String(!apply),
      // The share was checked over the whole list, by the dry run.
      allow_invalid: String(apply || allowInvalid),
      from_line: String(next),
    });
    const report: ImportReport = await askWorker(
      `/v1/recipients/import${query}`,
      ImportReport,
      address,
      shell,
      {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      },
    );
    for (const count of [
      'lines',
      'out',
      'in',
      'unchanged',
      'outweighed',
      'came_back',
      'bad',
    ] as const)
      sum[count] += report[count];
    sum.bad_lines.push(...report.bad_lines);
    next = report.next_line;
    if (next !== null && !json)
      shell.err(
        `${sum.lines.toLocaleString('en-US')} lines ${apply ? 'taken over' : 'looked at'} so far`,
      );
  }
  const bad_share = sum.lines === 0 ? 0 : sum.bad / sum.lines;
  return { dry_run: !apply, ...sum, bad_share, next_line: null };
}

function tell(report: ImportReport, { out, err }: Shell): void {
  const { lines, bad, bad_lines } = report;
  for (const { line, message } of bad_lines.slice(0, SHOWN)) err(`line ${line}: ${message}`);
  if (bad > SHOWN) err(`and ${bad - SHOWN} bad lines more`);
  out(
    `${counted(lines, 'line')}: ${saidCounts(report)}, ${bad} cannot be read${bad > 0 ? ` (${sharePercent(report)})` : ''}`,
  );
}

const sharePercent = ({ bad_share }: Pick<ImportReport, 'bad_share'>): string =>
  `${Math.max(1, Math.round(bad_share * 100))} %`;

/** Returns the counts of an import as a sentence. */
const saidCounts = ({ out, in: back, unchanged, outweighed, came_back }: ImportReport): string => {
  const stays = [
    ...(outweighed > 0
      ? [
          `${counted(outweighed, 'opt-in')} cannot lift a refusal that is newer, wider or set by hand`,
        ]
      : []),
    ...(came_back > 0
      ? [
          `${counted(came_back, 'opt-out')} without effect: an opt-in is newer, or came since the line counted under this name; another list takes another --name`,
        ]
      : []),
  ];
  return `${out} out, ${back} in, ${unchanged} unchanged${stays.length > 0 ? ` (${stays.join('; ')})` : ''}`;
};

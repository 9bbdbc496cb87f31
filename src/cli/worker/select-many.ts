import * as v from 'valibot';
import { Dropped, RedeliveryStep } from '../../api/operating/dead-letters.ts';
import { AppError } from '../../errors.ts';
import { Flag, JSON_OPTION, Text } from '../command.ts';
import { counted } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from './actor.ts';
import { askWorker, queryOf, WORKER_OPTIONS, type WorkerAddress } from './ask-worker.ts';

/** What a command selects: one entry by its id, or many by filters or `--all`. */
export interface Selected {
  readonly id: string | undefined;
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly all: boolean;
}

/** The options of a command about a shelf, beside its own filters. */
export const SHELF_OPTIONS = [
  { flags: '--all', description: 'all; list: those that were redelivered or dropped as well' },
  { flags: '--dry-run', description: 'redeliver, drop: only count' },
  ...ACTOR_OPTIONS,
  ...WORKER_OPTIONS,
  JSON_OPTION,
] as const;
export const SHELF_INPUT = {
  verb: v.optional(
    v.picklist(['list', 'show', 'redeliver', 'drop'], 'expected list, show, redeliver or drop'),
    'list',
  ),
  id: Text,
  all: Flag,
  dryRun: Flag,
  ...ACTOR_INPUT,
  url: Text,
  token: Text,
  json: Flag,
};

/** A list of entries that are redelivered or dropped, one or many at a time. */
export interface Shelf {
  /** The command. */
  readonly command: string;
  /** The path of its API. */
  readonly path: '/v1/dead-letters' | '/v1/quarantine';
  /** What one entry is called, and several. */
  readonly noun: string;
  readonly plural: string;
  /** The options that select entries, for messages. */
  readonly options: string;
}

/** How a shelf is read and shown. */
interface Views<L, E> {
  readonly list: v.GenericSchema<unknown, L>;
  readonly entry: v.GenericSchema<unknown, E>;
  readonly listLines: (list: L, zone: string) => readonly string[];
  readonly entryLines: (entry: E, zone: string) => readonly string[];
}

/** Runs a command about a shelf: lists it, shows one entry, redelivers or drops entries. */
export async function runShelf<L, E>(
  shelf: Shelf,
  input: v.InferOutput<v.ObjectSchema<typeof SHELF_INPUT, undefined>>,
  filters: Selected['filters'],
  pace: Change['pace'],
  { list, entry, listLines, entryLines }: Views<L, E>,
  shell: Shell,
): Promise<0 | 1> {
  const { verb, id, all, dryRun, json, url, token } = input;
  const { command, path } = shelf;
  const address = { url, token };
  if (verb === 'redeliver' || verb === 'drop') {
    const selected = { id, filters, all };
    return changeMany(shelf, { verb, json, dryRun, selected, actor: input, pace }, address, shell);
  }
  const print = (found: unknown, lines: readonly string[]): void => {
    for (const line of json ? [JSON.stringify(found)] : lines) shell.out(line);
  };
  if (verb === 'show') {
    if (id === undefined)
      throw new AppError('bad_request', `${command} show <id>: which one? See ${command}`);
    const found = await askWorker(`${path}/${encodeURIComponent(id)}`, entry, address, shell);
    print(found, entryLines(found, shell.zone));
    return 0;
  }
  if (id !== undefined)
    throw new AppError('bad_request', `list takes no id: ${command} show ${id}`);
  const query = queryOf({ ...filters, state: all ? 'all' : 'open', limit: '200' });
  const found = await askWorker(`${path}${query}`, list, address, shell);
  print(found, listLines(found, shell.zone));
  return 0;
}

/** What became of an entry: `redelivered`, `dropped`, or nothing yet. */
export const stateOf = (entry: {
  readonly redelivered_at: string | null;
  readonly dropped: string | null;
}): string =>
  entry.dropped === null ? (entry.redelivered_at === null ? '' : 'redelivered') : 'dropped';

interface Change {
  readonly verb: 'redeliver' | 'drop';
  readonly selected: Selected;
  readonly actor: { readonly actor?: string | undefined; readonly reason?: string | undefined };
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Members of the request that only a redelivery has. */
  readonly pace?: { readonly per_second: number } | undefined;
}

/** Redelivers or drops entries and prints what became of them. @throws AppError `bad_request` when nothing is selected */
async function changeMany(
  shelf: Shelf,
  { verb, selected: { id, filters, all }, actor, dryRun, json, pace }: Change,
  address: WorkerAddress,
  shell: Shell,
): Promise<0 | 1> {
  const { path, noun, plural, options } = shelf;
  const given = Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined),
  );
  const isFiltered = Object.keys(given).length > 0;
  if (id === undefined && !isFiltered && !all)
    throw new AppError('bad_request', `say what to ${verb}: an id, ${options} or --all`);
  if (id !== undefined && (isFiltered || all))
    throw new AppError('bad_request', `${verb} takes an id or filters, not both`);
  const by = await readActor(actor, shell);
  if (id !== undefined) {
    if (dryRun) throw new AppError('bad_request', '--dry-run counts what filters select');
    await changeOne(`${path}/${encodeURIComponent(id)}`, verb, by, address, shell);
    shell.out(json ? JSON.stringify({ [DONE[verb]]: 1 }) : `1 ${noun} ${DONE[verb]}`);
    return 0;
  }
  const body = { ...given, ...by, ...(dryRun && { dry_run: true }) };
  const sum = await (verb === 'drop'
    ? dropAll(path, body, address, shell)
    : redeliverAll(path, { ...body, ...pace }, address, shell));
  if (json) shell.out(JSON.stringify(dryRun ? { count: sum.count } : { ...sum }));
  else if (dryRun) shell.out(`${counted(sum.count, noun, plural)} would be ${DONE[verb]}`);
  else shell.out(resultText(sum, verb, shelf));
  return sum.unreadable > 0 ? 1 : 0;
}

const DONE = { redeliver: 'redelivered', drop: 'dropped' } as const;

interface Sum {
  readonly count: number;
  readonly done: number;
  readonly unreadable: number;
}

function resultText(
  { done, unreadable }: Sum,
  verb: 'redeliver' | 'drop',
  { noun, plural }: Shelf,
): string {
  const left =
    unreadable === 0
      ? ''
      : `; ${counted(unreadable, noun, plural)} cannot be read by the deployed version and ${unreadable === 1 ? 'stays' : 'stay'}`;
  return `${counted(done, noun, plural)} ${DONE[verb]}${left}`;
}

async function changeOne(
  path: string,
  verb: 'redeliver' | 'drop',
  by: { readonly actor: string; readonly reason: string },
  address: WorkerAddress,
  shell: Shell,
): Promise<void> {
  const query = verb === 'redeliver' ? `?${new URLSearchParams({ reason: by.reason })}` : '';
  const request = verb === 'redeliver' ? { method: 'POST' } : jsonRequest('POST', by);
  await askWorker(`${path}/${verb}${query}`, v.looseObject({}), address, shell, request);
}

async function dropAll(
  path: string,
  body: object,
  address: WorkerAddress,
  shell: Shell,
): Promise<Sum> {
  const request = jsonRequest('POST', body);
  const { count, dropped } = await askWorker(`${path}/drop`, Dropped, address, shell, request);
  return { count, done: dropped, unreadable: 0 };
}

/** Takes one step after another until the Worker says that none is left. */
async function redeliverAll(
  path: string,
  body: object,
  address: WorkerAddress,
  shell: Shell,
): Promise<Sum> {
  let [done, unreadable] = [0, 0];
  let count: number | undefined;
  let after: string | null = null;
  do {
    const request = jsonRequest('POST', { ...body, ...(after !== null && { after }) });
    const step: v.InferOutput<typeof RedeliveryStep> = await askWorker(
      `${path}/redeliver`,
      RedeliveryStep,
      address,
      shell,
      request,
    );
    count ??= step.count;
    done += step.redelivered;
    unreadable += step.unreadable;
    after = step.next;
    shell.progress(`${done} of ${count}`);
  } while (after !== null);
  shell.progress('');
  return { count, done, unreadable };
}

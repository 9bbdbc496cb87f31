import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord, runWatched } from './watched.ts';

/** A mutant, and where to try it: test files, the nearest first; or seeds of the fault simulator. */
export interface Task {
  readonly id: number;
  readonly files: readonly string[];
}

/** A line of the record of a program that tries one mutant after the other. */
export type TaskRecord =
  | { readonly begins: number }
  | { readonly id: number; readonly killer: string | null };

/** A mutant with which nothing is recorded for so long does not end (ms). */
const PATIENCE = 240_000;

/**
 * Runs a program of this folder that tries one mutant after the other. With a mutant that does not end
 * it is started anew for those that are left.
 * @param limit how long it may take (ms): then it ends with what it knows
 * @returns what killed each mutant; null: nothing did
 */
export async function tryOneByOne(
  root: string,
  program: string,
  tasks: readonly Task[],
  limit: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<number, string | null>> {
  const found = new Map<number, string | null>();
  const until = Date.now() + limit;
  const name = `${program.replace('.ts', '')}-${Object.values(env).join('-')}`;
  for (let turn = 0; turn < 50; turn++) {
    const left = tasks.filter(({ id }) => !found.has(id));
    if (left.length === 0) break;
    const record = join(root, `${name}-${turn}.ndjson`);
    const path = join(root, `${name}-${turn}.json`);
    writeFileSync(path, JSON.stringify({ tasks: left, record }));
    const how = await runWatched({
      ...{ root, record, patience: PATIENCE, limit: until - Date.now() },
      args: [join('test', 'mutation', program), path],
      env,
      log: join(root, `${name}-${turn}.log`),
    });
    let begun: number | undefined;
    for (const line of readRecord<TaskRecord>(record)) {
      begun = 'begins' in line ? line.begins : undefined;
      if ('id' in line) found.set(line.id, line.killer);
    }
    if (how === 'stopped') break;
    // A program that ends by itself with a mutant cannot tell what it would have found.
    if (begun !== undefined) found.set(begun, how === 'hung' ? 'it does not end' : null);
    else if (left.every(({ id }) => !found.has(id))) throw new Error(`${program}: see ${root}`);
  }
  return found;
}

/** Reads what `tryOneByOne` asks for. */
export const readTasks = (
  path: string,
): { readonly tasks: readonly Task[]; readonly record: string } =>
  JSON.parse(readFileSync(path, 'utf8')); // written above

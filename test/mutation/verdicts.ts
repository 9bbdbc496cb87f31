import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../bench/mutation/measured.ts';
import { type Identity, keyOf } from './identity.ts';

/** A mutant that no test can or should kill. */
export interface Verdict extends Identity {
  /** Why it changes nothing that anybody relies on. */
  readonly why: string;
}

type Find<T> = (identity: Identity) => T | undefined;

/** Reads what an earlier run or a person wrote to a JSON file; nothing where there is no file. */
const readList = <T extends Identity>(path: string): readonly T[] =>
  // Written by `mutate`, or checked in.
  existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];

function finding<T extends Identity>(all: readonly T[]): Find<T> {
  const byKey = new Map(all.map((one) => [keyOf(one), one]));
  return (identity) => byKey.get(keyOf(identity));
}

/** Reads all verdicts. */
export const readVerdicts = (): readonly Verdict[] =>
  readList(join(import.meta.dirname, 'verdicts.json'));

/** Finds the verdict about a mutant. */
export const openVerdicts = (): Find<Verdict> => finding(readVerdicts());

/** Finds what became of a mutant in an earlier run. */
export const openOutcomes = (path: string): Find<Outcome> => finding(readList<Outcome>(path));

import type { Rulebook } from '../model/compiled.ts';
import { leavesOf } from '../model/tree.ts';

type Scalar = string | number | boolean;

const known = new WeakMap<Rulebook, ReadonlyMap<string, readonly Scalar[]>>();

/** Returns the values that the rules compare an earlier value in the metadata of a contact with, by path. */
export function earlierValues(rulebooks: readonly Rulebook[]): (path: string) => readonly Scalar[] {
  return (path) => rulebooks.flatMap((rulebook) => valuesOf(rulebook).get(path) ?? []);
}

function valuesOf(rulebook: Rulebook): ReadonlyMap<string, readonly Scalar[]> {
  const found = known.get(rulebook);
  if (found) return found;
  const values = new Map<string, Scalar[]>();
  for (const { when } of rulebook.rules)
    for (const { use, value } of leavesOf(when)) {
      if (use.fact.name !== EARLIER || use.path === undefined) continue;
      const named = (Array.isArray(value) ? value : [value]).filter(isScalar);
      values.set(use.path, [...(values.get(use.path) ?? []), ...named]);
    }
  known.set(rulebook, values);
  return values;
}

/** The fact whose values are stored as hashes. */
const EARLIER = 'previous_contact_metadata_json';

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

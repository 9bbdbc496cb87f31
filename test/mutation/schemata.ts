import type { Mutant, Place } from './mutants.ts';

/** A mutant with the number by which it is chosen. */
export interface Numbered extends Mutant {
  readonly id: number;
}

/**
 * What an instrumented file begins with, on its first line, so that lines keep their numbers. A
 * function is there before the module is evaluated: imports may be circular.
 */
const PRELUDE =
  'function $mutant(id){const chosen=globalThis.$mutation;return chosen!==undefined&&chosen(id)}';

/**
 * Returns the source with all the mutants in it, of which `globalThis.$mutation` chooses one: it is
 * called with the number of each mutant that is reached, and its answer decides. Without it the
 * source does what it did.
 */
export function withMutants(source: string, mutants: readonly Numbered[]): string {
  const groups = new Map<string, Numbered[]>();
  for (const mutant of mutants) {
    const key = `${mutant.host.start}:${mutant.host.end}:${mutant.host.is}`;
    groups.set(key, [...(groups.get(key) ?? []), mutant]);
  }
  const outerFirst = [...groups.values()].toSorted((a, b) => {
    const [left, right] = [placeOf(a), placeOf(b)];
    return left.start - right.start || right.end - left.end || (left.is < right.is ? 1 : -1);
  });
  return PRELUDE + render(source, { start: 0, end: source.length }, outerFirst);
}

type Group = readonly Numbered[];

function placeOf(group: Group): Mutant['host'] {
  const [first] = group;
  if (!first) throw new Error('a group has a mutant');
  return first.host;
}

/** Renders a part of the source. The groups are those within it, each before those within itself. */
function render(source: string, { start, end }: Place, groups: readonly Group[]): string {
  let text = '';
  let at = start;
  for (let next = 0; next < groups.length; ) {
    const group = groups[next] ?? [];
    const host = placeOf(group);
    let last = next + 1;
    while (last < groups.length && placeOf(groups[last] ?? []).start < host.end) last += 1;
    const inner = render(source, host, groups.slice(next + 1, last));
    text += source.slice(at, host.start) + exchanged(source, group, inner);
    at = host.end;
    next = last;
  }
  return text + source.slice(at, end);
}

/** One expression or statement, or one of its mutants. */
function exchanged(source: string, group: Group, unchanged: string): string {
  const { start, end, is } = placeOf(group);
  const parts = group.map((mutant) => {
    const text = source.slice(start, mutant.start) + mutant.text + source.slice(mutant.end, end);
    return is === 'statement'
      ? `if($mutant(${mutant.id})){${text}}else `
      : `$mutant(${mutant.id})?(${text}):`;
  });
  return is === 'statement'
    ? `{${parts.join('')}{${unchanged}}}`
    : `(${parts.join('')}(${unchanged}))`;
}

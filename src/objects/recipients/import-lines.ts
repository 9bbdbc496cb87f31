import type { ImportOutcome } from './answers.ts';
import { type ConsentChange, type ConsentState, scopesFor } from './consent.ts';

/** Applies the changes of all lines, and returns what each person refuses before and after. */
export function importLines(
  lines: readonly (readonly ConsentChange[])[],
  apply: (change: ConsentChange) => unknown,
  stateOf: (person: string) => ConsentState,
): ImportOutcome[] {
  return lines.map((changes) => {
    const person = changes[0]?.person ?? '';
    // A line names one app; a history may name several, and then all count.
    const apps = new Set(changes.map(({ app }) => app));
    const app = apps.size === 1 ? changes[0]?.app : undefined;
    const before = scopesFor(stateOf(person), app);
    for (const change of changes) apply(change);
    return { before, after: scopesFor(stateOf(person), app) };
  });
}

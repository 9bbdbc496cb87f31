import { AppError } from '../errors.ts';
import { closest } from '../rules/closest.ts';
import type { CompiledRule, Rulebook } from '../rules/compiled.ts';

/** The rules of these names, or all in the order of their names. @throws AppError `not_found`, with the name that was probably meant */
export function chosenRules({ rules }: Rulebook, names: readonly string[]): readonly CompiledRule[] {
  const all = [...rules].sort((a, b) => (a.name < b.name ? -1 : 1));
  const known = all.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const hint = closest(name, known);
    throw new AppError('not_found', `no rule that is well is called "${name}"${hint ? `: ${hint}` : ''}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

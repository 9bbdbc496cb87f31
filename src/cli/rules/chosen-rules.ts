import { basename, dirname, join, resolve } from 'node:path';
import { readAlerts } from '../../alerts/config.ts';
import type { PlacedFinding } from '../../authoring/json-source.ts';
import { AppError } from '../../errors.ts';
import { closest } from '../../rules/model/closest.ts';
import type { CompiledRule } from '../../rules/model/compiled.ts';
import type { Shell } from '../shell.ts';
import { type CheckedRules, findingLine } from './checked-rules.ts';

/**
 * The rules of these names, or all in the order of their names.
 * @throws AppError `not_found`, with the name that was probably meant; `rule_invalid` where it has
 * an error
 */
export function chosenRules(
  checked: CheckedRules,
  names: readonly string[],
  shell: Shell,
): readonly CompiledRule[] {
  const all = [...checked.rulebook.rules].sort((a, b) => (a.name < b.name ? -1 : 1));
  const known = all.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    refuseBroken(name, checked, shell);
    const hint = closest(name, known);
    throw new AppError('not_found', `no rule is called "${name}"${hint ? `: ${hint}` : ''}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/**
 * Throws the error of a rule or story that exists and is invalid.
 * @throws AppError `rule_invalid`
 */
export function refuseBroken(name: string, checked: CheckedRules, shell: Shell): void {
  const wrong = errorsIn(['', 'tests'], checked, shell).find(
    ({ file }) => basename(file) === `${name}.json`,
  );
  if (wrong) throw new AppError('rule_invalid', findingLine(wrong));
}

/** Returns a line that names the rules left out because of an error, or undefined. */
export function brokenRulesLine(checked: CheckedRules, shell: Shell): string | undefined {
  const names = new Set(errorsIn([''], checked, shell).map(({ file }) => basename(file, '.json')));
  names.delete('alerts');
  return names.size === 0
    ? undefined
    : `Left out because of an error: ${[...names].join(', ')}. See check.`;
}

/** Returns the parsed `alerts.json`. @throws AppError `rule_invalid` with the place of the error */
export function alertsOf(checked: CheckedRules, shell: Shell): ReturnType<typeof readAlerts> {
  refuseBroken('alerts', checked, shell);
  return readAlerts(checked.source.alerts);
}

/** The errors in files that lie directly in these parts of the folder. */
const errorsIn = (
  parts: readonly string[],
  { findings, folder }: CheckedRules,
  { here }: Shell,
): readonly PlacedFinding[] =>
  findings.filter(
    ({ file, severity }) =>
      severity === 'error' &&
      parts.some((part) => dirname(resolve(here, file)) === join(folder, part)),
  );

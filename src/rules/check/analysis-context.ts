import { isRecord } from '../../callbacks/shapes/parts.ts';
import { triggerNamed } from '../../callbacks/triggers/index.ts';
import { factWords, predicate } from '../explain/phrases.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import type { RulebookSource } from '../model/rule.ts';
import type { Leaf } from '../model/tree.ts';
import { type Assumptions, type Constraint, solve } from './solve.ts';

/** The valid rules of a rulebook, and their sources. */
export interface AnalysisContext {
  readonly source: RulebookSource;
  readonly rulebook: Rulebook;
}

/** Returns a warning: the rules are valid, but probably not as intended. */
export const warning = (
  file: string,
  path: Finding['path'],
  code: FindingCode,
  message: string,
  hint?: string,
): Finding => ({
  file,
  path,
  code,
  severity: 'warning',
  message,
  ...(hint !== undefined && { hint }),
});

/** Whether it is certain that no callback of the trigger meets all constraints. */
export const isImpossible = (wishes: readonly Constraint[], given: Assumptions): boolean =>
  solve(wishes, given).is === 'impossible';

/** Whether a rule acts on single callbacks, now and without an end, so that others can be compared with it. */
export const isPermanent = ({ enabled, shadow, expires, threshold }: CompiledRule): boolean =>
  enabled && !shadow && expires === undefined && threshold === undefined;

/** Whether `other` is always evaluated when `one` fires: it comes first, or no rule in between stops evaluation. */
export function isEvaluatedToo(
  rules: readonly CompiledRule[],
  one: CompiledRule,
  other: CompiledRule,
): boolean {
  return rules
    .slice(rules.indexOf(one), rules.indexOf(other)) // empty if the other comes first
    .every(
      ({ stop, enabled, on }) =>
        !stop || !enabled || !on.some((trigger) => other.on.includes(trigger)),
    );
}

/** Returns the path of a trigger in the rule's "on". */
export function onPath(
  { rules }: RulebookSource,
  { file }: CompiledRule,
  trigger: string,
): Finding['path'] {
  const source = rules[file];
  const on = isRecord(source) && Array.isArray(source.on) ? source.on : [];
  const at = on.findIndex(
    (name) =>
      name === trigger || (typeof name === 'string' && triggerNamed(name)?.name === trigger),
  );
  return at < 0 ? ['on'] : ['on', at];
}

/** A comparison in words: "quality rating is RED". */
export const leafWords = (leaf: Leaf): string => `${factWords(leaf.use)} ${predicate(leaf)}`;

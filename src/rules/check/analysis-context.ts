import { isRecord } from '../../callbacks/shapes/parts.ts';
import { triggerNamed } from '../../callbacks/triggers/index.ts';
import { factWords, predicate } from '../explain/phrases.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import type { RulebookSource } from '../model/rule.ts';
import type { Leaf } from '../model/tree.ts';
import { type Assumptions, type Constraint, solve } from './solve.ts';

/** What is looked through: rules that are well, and what they were read from. */
export interface AnalysisContext {
  readonly source: RulebookSource;
  readonly rulebook: Rulebook;
}

/** A warning: rules decide as they stand, but probably not as they are meant. */
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

/** Whether it is certain that no callback of the trigger makes all of this come true. */
export const isImpossible = (wishes: readonly Constraint[], given: Assumptions): boolean =>
  solve(wishes, given).is === 'impossible';

/** Whether a rule does something at once, now and for good: what others may be measured by. */
export const isPermanent = ({ enabled, shadow, expires, threshold }: CompiledRule): boolean =>
  enabled && !shadow && expires === undefined && threshold === undefined;

/** Whether the other rule is asked for sure when the one fires: it stands before, or nothing from the one to it stops those behind. */
export function isEvaluatedToo(
  rules: readonly CompiledRule[],
  one: CompiledRule,
  other: CompiledRule,
): boolean {
  return rules
    .slice(rules.indexOf(one), rules.indexOf(other)) // empty where the other stands before
    .every(
      ({ stop, enabled, on }) =>
        !stop || !enabled || !on.some((trigger) => other.on.includes(trigger)),
    );
}

/** The place of a trigger in the rule's "on". */
export function onPath(
  { rules }: RulebookSource,
  { file }: CompiledRule,
  trigger: string,
): Finding['path'] {
  const source = rules[file];
  const on = isRecord(source) && Array.isArray(source.on) ? source.on : [];
  const at = on.findIndex(
    (name) => name === trigger || triggerNamed(String(name))?.name === trigger,
  );
  return at < 0 ? ['on'] : ['on', at];
}

/** A comparison in words: "quality rating is RED". */
export const leafWords = (leaf: Leaf): string => `${factWords(leaf.use)} ${predicate(leaf)}`;

import type { CompiledAction, CompiledRule } from '../compiled.ts';
import type { Finding } from '../finding.ts';
import { listed } from '../show.ts';
import { type Book, isImpossible, isLasting, warning } from './book.ts';

/** Rules that other rules make useless. */
export function pairs({ rulebook: { rules } }: Book): readonly Finding[] {
  return [...shadowed(rules), ...subsumed(rules)];
}

/** Rules that are never asked, because whenever they would fire, a rule before them fires and stops. */
function shadowed(rules: readonly CompiledRule[]): readonly Finding[] {
  const stoppers: CompiledRule[] = [];
  return rules.flatMap((rule) => {
    const before = stoppers.filter(({ on }) => on.some((trigger) => rule.on.includes(trigger)));
    if (rule.stop && isLasting(rule)) stoppers.push(rule);
    if (!rule.enabled || before.length === 0) return [];
    const hidden = rule.on.every((trigger) => {
      const stopping = before.filter(({ on }) => on.includes(trigger));
      const unstopped = stopping.map(({ when }) => ({ node: when, holds: false }));
      return isImpossible([{ node: rule.when, holds: true }, ...unstopped], { trigger });
    });
    if (!hidden || isImpossibleAnyway(rule)) return [];
    const names = listed(
      before.map(({ name }) => `"${name}"`),
      'and',
    );
    return warning(
      rule.file,
      ['when'],
      'shadowed',
      `this rule is never asked: whenever it would fire, ${names} fires before it and stops`,
      'give it a higher priority, or take "stop" away',
    );
  });
}

/** That is told of by itself. */
const isImpossibleAnyway = ({ on, when }: CompiledRule): boolean =>
  on.every((trigger) => isImpossible([{ node: when, holds: true }], { trigger }));

/** Rules that do what another one does already, whenever they fire. */
function subsumed(rules: readonly CompiledRule[]): readonly Finding[] {
  const alike = new Map<string, CompiledRule[]>();
  for (const rule of rules) {
    if (!isLasting(rule) || isImpossibleAnyway(rule)) continue;
    const key = JSON.stringify([rule.owner, rule.actions.map(actionKey).sort()]);
    alike.set(key, [...(alike.get(key) ?? []), rule]);
  }
  return [...alike.values()].flatMap((group) => group.flatMap((rule, at) => withinOthers(rule, at, group)));
}

const actionKey = ({ action, params }: CompiledAction): string =>
  JSON.stringify([action, Object.entries(params).sort()]);

function withinOthers(rule: CompiledRule, at: number, group: readonly CompiledRule[]): readonly Finding[] {
  for (const [place, other] of group.entries()) {
    if (other === rule || !isWithin(rule, other)) continue;
    const same = isWithin(other, rule);
    // Of two that are the same, the later one is told of.
    if (same && place > at) continue;
    return same
      ? [
          warning(
            rule.file,
            ['when'],
            'duplicate-rule',
            `"${other.name}" fires for the same callbacks and does the same`,
          ),
        ]
      : [
          warning(
            rule.file,
            ['when'],
            'subsumed-rule',
            `whenever this rule fires, "${other.name}" fires too and does the same`,
          ),
        ];
  }
  return [];
}

/** Whether, wherever the one fires, the other fires, too. */
export const isWithin = (inner: CompiledRule, outer: CompiledRule): boolean =>
  inner.on.every((trigger) =>
    isImpossible(
      [{ node: inner.when, holds: true }, ...(outer.on.includes(trigger) ? [{ node: outer.when, holds: false }] : [])],
      { trigger },
    ),
  );

import type { CompiledAction, CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import { formatList } from '../model/format.ts';
import {
  type AnalysisContext,
  isEvaluatedToo,
  isImpossible,
  isPermanent,
  warning,
} from './analysis-context.ts';
import { neighboursIn } from './disjoint.ts';

/** Reports rules that other rules make redundant. */
export function pairs({ rulebook: { rules } }: AnalysisContext): readonly Finding[] {
  return [...shadowed(rules), ...subsumed(rules)];
}

/** Reports rules that never take effect, because whenever they would fire an earlier rule fires and stops evaluation. */
function shadowed(rules: readonly CompiledRule[]): readonly Finding[] {
  const places = new Map(rules.map((rule, place) => [rule, place]));
  const isBefore = (one: CompiledRule, other: CompiledRule): boolean =>
    (places.get(one) ?? 0) < (places.get(other) ?? 0);
  const near = neighboursIn(rules.filter((rule) => rule.stop && isPermanent(rule)));
  return rules.flatMap((rule) => {
    const before = near(rule).filter(
      (stopper) =>
        isBefore(stopper, rule) && stopper.on.some((trigger) => rule.on.includes(trigger)),
    );
    if (!rule.enabled || before.length === 0) return [];
    const hidden = rule.on.every((trigger) => {
      const stopping = before.filter(({ on }) => on.includes(trigger));
      const unstopped = stopping.map(({ when }) => ({ node: when, holds: false }));
      return isImpossible([{ node: rule.when, holds: true }, ...unstopped], { trigger });
    });
    if (!hidden || isImpossibleAnyway(rule)) return [];
    const names = formatList(
      before.map(({ name }) => `"${name}"`),
      'and',
    );
    return warning(
      rule.file,
      ['when'],
      'shadowed',
      `this rule never takes effect: whenever it would fire, ${names} fires first and stops evaluation`,
      'give it a higher priority, or remove "stop" from the other',
    );
  });
}

/** Such a rule has a finding of its own. */
const isImpossibleAnyway = ({ on, when }: CompiledRule): boolean =>
  on.every((trigger) => isImpossible([{ node: when, holds: true }], { trigger }));

/** Reports rules whose actions another rule already runs whenever they fire. */
function subsumed(rules: readonly CompiledRule[]): readonly Finding[] {
  const alike = new Map<string, CompiledRule[]>();
  for (const rule of rules) {
    if (!isPermanent(rule) || isImpossibleAnyway(rule)) continue;
    const { owner, labels, resolves, actions } = rule;
    const key = JSON.stringify([owner, labels, resolves, actions.map(actionKey).sort()]);
    const group = alike.get(key) ?? [];
    group.push(rule);
    alike.set(key, group);
  }
  return [...alike.values()].flatMap((group) => {
    const near = neighboursIn(group);
    return group.flatMap((rule) => withinOthers(rule, near(rule), rules));
  });
}

const actionKey = ({ action, params }: CompiledAction): string =>
  JSON.stringify([action, Object.entries(params).sort()]);

function withinOthers(
  rule: CompiledRule,
  others: readonly CompiledRule[],
  all: readonly CompiledRule[],
): readonly Finding[] {
  const tell = (code: FindingCode, message: string) => [
    warning(rule.file, ['when'], code, message),
  ];
  for (const other of others) {
    if (other === rule || !isWithin(rule, other) || !isEvaluatedToo(all, rule, other)) continue;
    const { name } = other;
    if (!isWithin(other, rule)) {
      return tell(
        'subsumed-rule',
        `whenever this rule fires, "${name}" fires too and does the same`,
      );
    }
    // Of two equal rules, only the later one is reported.
    if (name < rule.name)
      return tell('duplicate-rule', `"${name}" fires for the same callbacks and does the same`);
  }
  return [];
}

/** Whether `outer` fires whenever `inner` fires. */
export const isWithin = (inner: CompiledRule, outer: CompiledRule): boolean =>
  inner.on.every((trigger) =>
    isImpossible(
      [
        { node: inner.when, holds: true },
        ...(outer.on.includes(trigger) ? [{ node: outer.when, holds: false }] : []),
      ],
      { trigger },
    ),
  );

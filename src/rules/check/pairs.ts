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
  const hidden = hiddenRules(rules);
  const victims = new Set([...hidden.values()].flat());
  return [
    ...[...hidden].map(([stopper, some]) => shadowed(stopper, some)),
    ...subsumed(
      rules.filter((rule) => !victims.has(rule)),
      rules,
    ),
  ];
}

/** Returns the rules that never take effect, by the rule that stops evaluation whenever they would fire. */
function hiddenRules(
  rules: readonly CompiledRule[],
): ReadonlyMap<CompiledRule, readonly CompiledRule[]> {
  const places = new Map(rules.map((rule, place) => [rule, place]));
  const isBefore = (one: CompiledRule, other: CompiledRule): boolean =>
    (places.get(one) ?? 0) < (places.get(other) ?? 0);
  const near = neighboursIn(rules.filter((rule) => rule.stop && isPermanent(rule)));
  const hidden = new Map<CompiledRule, CompiledRule[]>();
  for (const rule of rules) {
    if (!rule.enabled) continue;
    const before = near(rule).filter(
      (stopper) =>
        isBefore(stopper, rule) && stopper.on.some((trigger) => rule.on.includes(trigger)),
    );
    const [first] = before;
    if (!first || !hide(before, rule) || isImpossibleAnyway(rule)) continue;
    const stopper = before.find((one) => hide([one], rule)) ?? first;
    hidden.set(stopper, [...(hidden.get(stopper) ?? []), rule]);
  }
  return hidden;
}

/** Whether one of the stoppers fires whenever the rule would. */
const hide = (stoppers: readonly CompiledRule[], rule: CompiledRule): boolean =>
  rule.on.every((trigger) => {
    const unstopped = stoppers
      .filter(({ on }) => on.includes(trigger))
      .map(({ when }) => ({ node: when, holds: false }));
    return isImpossible([{ node: rule.when, holds: true }, ...unstopped], { trigger });
  });

/** The finding stands at the rule that stops the others: one cause, however many rules it hides. */
function shadowed(stopper: CompiledRule, hidden: readonly CompiledRule[]): Finding {
  const names = hidden.map(({ name }) => `"${name}"`);
  const some = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  const [never, give] =
    names.length === 1
      ? ['never takes effect', 'give it a higher priority']
      : ['never take effect', 'give them a higher priority'];
  return {
    ...warning(
      stopper.file,
      ['stop'],
      'shadowed',
      `this rule fires first and stops evaluation whenever ${formatList(some, 'and')} would fire, so ${names.length === 1 ? 'that rule' : 'those rules'} ${never}`,
      `remove "stop", make the condition of this rule narrower, or ${give}`,
    ),
    consequences: hidden.map(({ file }) =>
      warning(
        file,
        ['name'],
        'shadowed',
        `this rule never takes effect: whenever it would fire, "${stopper.name}" fires first and stops evaluation`,
      ),
    ),
  };
}

/** Such a rule has a finding of its own. */
const isImpossibleAnyway = ({ on, when }: CompiledRule): boolean =>
  on.every((trigger) => isImpossible([{ node: when, holds: true }], { trigger }));

/** Reports rules whose actions another rule already runs whenever they fire. */
function subsumed(
  rules: readonly CompiledRule[],
  all: readonly CompiledRule[],
): readonly Finding[] {
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
    return group.flatMap((rule) => withinOthers(rule, near(rule), all));
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

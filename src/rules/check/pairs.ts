import type { CompiledAction, CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import { codeWords, type FindingCode } from '../model/finding-codes.ts';
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
  const victims = new Set(hidden.flatMap(({ some }) => some));
  return [
    ...hidden.map(shadowed),
    ...subsumed(
      rules.filter((rule) => !victims.has(rule)),
      rules,
    ),
  ];
}

/** Rules that never take effect, because these stoppers fire whenever they would. */
interface Hidden {
  readonly stoppers: readonly CompiledRule[];
  readonly some: CompiledRule[];
}

function hiddenRules(rules: readonly CompiledRule[]): readonly Hidden[] {
  const places = new Map(rules.map((rule, place) => [rule, place]));
  const isBefore = (one: CompiledRule, other: CompiledRule): boolean =>
    (places.get(one) ?? 0) < (places.get(other) ?? 0);
  const near = neighboursIn(rules.filter((rule) => rule.stop && isPermanent(rule)));
  const hidden = new Map<string, Hidden>();
  for (const rule of rules) {
    if (!rule.enabled) continue;
    const before = near(rule).filter(
      (stopper) =>
        isBefore(stopper, rule) && stopper.on.some((trigger) => rule.on.includes(trigger)),
    );
    if (before.length === 0 || !hide(before, rule) || isImpossibleAnyway(rule)) continue;
    const alone = before.find((one) => hide([one], rule));
    const stoppers = alone ? [alone] : before;
    const key = stoppers.map(({ name }) => name).join(' ');
    const group = hidden.get(key) ?? { stoppers, some: [] };
    group.some.push(rule);
    hidden.set(key, group);
  }
  return [...hidden.values()];
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
function shadowed({ stoppers, some }: Hidden): Finding {
  const [stopper, ...more] = stoppers;
  const quoted = (rules: readonly CompiledRule[]) => rules.map(({ name }) => `"${name}"`);
  const names = quoted(some);
  const listed = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  const who =
    more.length === 0
      ? 'this rule fires first and stops'
      : `this rule or ${formatList(quoted(more))} fires first and stops`;
  const [never, give] =
    names.length === 1
      ? ['that rule never takes effect', 'give it a higher priority']
      : ['those rules never take effect', 'give them a higher priority'];
  return {
    ...warning(
      stopper?.file ?? '',
      ['stop'],
      'shadowed',
      `${who} evaluation whenever ${formatList(listed, 'and')} would fire, so ${never}`,
      `remove "stop", make the condition of this rule narrower, or ${give}`,
    ),
    consequences: some.map(({ file }) =>
      warning(
        file,
        ['name'],
        'shadowed',
        `this rule never takes effect: whenever it would fire, ${formatList(quoted(stoppers))} fires first and stops evaluation`,
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
    warning(rule.file, ['when'], code, message, codeWords(code)?.cure),
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

import type { CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import { formatDuration } from '../model/values.ts';
import { type AnalysisContext, isImpossible, warning } from './analysis-context.ts';

/** Reports thresholds that are never or always crossed, and times in them that contradict each other. */
export const thresholds = ({ rulebook: { rules } }: AnalysisContext): readonly Finding[] =>
  rules.flatMap((rule) => [...shares(rule), ...groups(rule), ...cooldowns(rule)]);

function shares({ file, on, when, threshold }: CompiledRule): readonly Finding[] {
  const among = threshold?.among?.when;
  if (!among) return [];
  const sample = { node: among, holds: true };
  const never = (holds: boolean): boolean =>
    on.every((trigger) => isImpossible([sample, { node: when, holds }], { trigger }));
  if (on.every((trigger) => isImpossible([sample], { trigger })))
    return [
      warning(
        file,
        ['threshold', 'among'],
        'never-fires',
        'no callback is in the sample: the conditions under "among" contradict each other',
        'correct the condition under "among"',
      ),
    ];
  if (never(true))
    return [
      warning(
        file,
        ['threshold'],
        'share-excludes',
        '"among" excludes every callback that "when" counts, so the share is always 0 and the rule never fires',
        '"among" describes all callbacks, "when" the bad ones among them: remove from "among" what "when" tests',
      ),
    ];
  return never(false)
    ? [
        warning(
          file,
          ['threshold'],
          'share-is-all',
          '"when" holds for every callback in the sample under "among", so the share is always 100 %',
          '"among" describes all callbacks, "when" the bad ones among them: make "among" wider',
        ),
      ]
    : [];
}

function groups({ file, threshold }: CompiledRule): readonly Finding[] {
  if (!threshold) return [];
  const { over } = threshold.terms;
  const needed = over.kind === 'count' ? over.count : over.atLeast;
  return threshold.per.flatMap(({ fact }, at) => {
    const most = fact.callbacksPerValue;
    if (most === undefined || needed <= most) return [];
    const few = most === 1 ? 'one callback' : `more than ${most} callbacks`;
    return warning(
      file,
      ['threshold', 'per', at],
      'group-too-small',
      most === 1
        ? `each "${fact.name}" has only ${few}, so no group reaches ${needed}`
        : `no "${fact.name}" has ${few}, so no group reaches ${needed}`,
      'group by what the callbacks have in common, like "app_id" or "channel", or remove "per"',
    );
  });
}

function cooldowns({ file, threshold }: CompiledRule): readonly Finding[] {
  if (!threshold || threshold.terms.cooldown >= threshold.terms.within) return [];
  const { within, cooldown } = threshold;
  return [
    warning(
      file,
      ['cooldown'],
      'times-contradict',
      `"cooldown" (${formatDuration(cooldown)}) is shorter than "within" (${formatDuration(within)}): the rule fires again for the callbacks that it has already fired for`,
      `write at least "${within}", or remove "cooldown", which is then as long as "within"`,
    ),
  ];
}

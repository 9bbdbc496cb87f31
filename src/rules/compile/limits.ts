import { isRecord } from '../../callbacks/shapes/parts.ts';
import { type Finding, openReport } from '../model/finding.ts';
import { sorted } from '../model/lists.ts';
import type { RulebookSource } from '../model/rule.ts';

export const MAX_RULES = 10_000;
/** Approximate characters of JSON, without examples. */
const MAX_SIZE = 4 * 1024 * 1024;

/** Returns the rule files sorted by name, up to the limits. */
export function withinLimits(
  source: RulebookSource,
  findings: Finding[],
): readonly (readonly [string, unknown])[] {
  const files = sorted(source.rules);
  const [first] = files[MAX_RULES] ?? [];
  if (first !== undefined) {
    openReport(first, findings).error([], {
      code: 'too-many-rules',
      message: `${files.length} rules, at most ${MAX_RULES} are read: this one and those after it are left out`,
    });
  }
  let size = sizeOf(source.lists) + sizeOf(source.conditions);
  const kept = files.slice(0, MAX_RULES);
  const over = kept.findIndex(([, rule]) => {
    size += sizeOf(rule) - (isRecord(rule) ? sizeOf(rule.examples) : 0);
    return size > MAX_SIZE;
  });
  const [beyond] = kept[over] ?? [];
  if (beyond === undefined) return kept;
  openReport(beyond, findings).error([], {
    code: 'too-large',
    message: `the rules are larger than ${MAX_SIZE / 1024 / 1024} MB without their examples: this one and those after it are left out`,
    hint: 'share values by named lists',
  });
  return kept.slice(0, over);
}

/** Returns the approximate length of a value as JSON, without serialising it. Works for any depth without recursion. */
function sizeOf(value: unknown): number {
  let size = 0;
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (next === undefined) continue;
    if (typeof next === 'string') size += next.length + 2;
    else if (Array.isArray(next)) {
      size += next.length + 2;
      for (const item of next) open.push(item);
    } else if (isRecord(next)) {
      size += 2;
      for (const key in next) {
        size += key.length + 4;
        open.push(next[key]);
      }
    } else size += String(next).length;
  }
  return size;
}

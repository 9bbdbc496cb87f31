import * as v from 'valibot';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { closest } from '../model/closest.ts';
import type { CompiledThreshold } from '../model/compiled.ts';
import { factEntry, factNames, isCarried } from '../model/facts.ts';
import { type Report, reportIssues } from '../model/finding.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import { formatList } from '../model/format.ts';
import { childPath, rootPath } from '../model/json-path.ts';
import { factHint } from '../model/names/other-names.ts';
import { CountThreshold, type Rule, ShareThreshold } from '../model/rule.ts';
import { type FactUse, type Node, useOf, usesOf } from '../model/tree.ts';
import { formatDuration, milliseconds } from '../model/values.ts';
import type { Terms } from '../model/window.ts';
import { type Reader, readCondition } from './normal-form.ts';

/** The longest sliding window. */
const LONGEST_WINDOW = '1d';
const LONGEST_COOLDOWN = '30d';
/** The most facts that form a group. */
const MOST_PER = 5;

/** The parts of a rule that concern the threshold. */
type Frame = Pick<Rule, 'name' | 'stop' | 'cooldown'> & { readonly threshold?: unknown };

/**
 * Reads a rule's threshold. Reports every error; with an error, and for a rule without threshold, returns `undefined`.
 */
export function readThreshold(
  { name, stop, cooldown, threshold: written }: Frame,
  reader: Omit<Reader, 'leaves' | 'on'> & { readonly on: readonly string[] },
): CompiledThreshold | undefined {
  const { report, on } = reader;
  if (written === undefined) {
    if (cooldown === undefined) return undefined;
    return fail(report, ['cooldown'], 'cooldown-alone', '"cooldown" requires a "threshold"');
  }
  if (stop) {
    const hint = 'a threshold is evaluated after all other rules of the callback: remove "stop"';
    fail(report, ['stop'], 'stop-with-threshold', 'a rule with a threshold stops no other', hint);
  }
  const found = readShape(written, report);
  const among = found && 'among' in found ? readAmong(found.among, reader) : undefined;
  if (!found) return undefined;
  const per = readPer(found.per, on, report);
  longest(found.within, LONGEST_WINDOW, ['threshold', 'within'], report);
  if (cooldown !== undefined) longest(cooldown, LONGEST_COOLDOWN, ['cooldown'], report);
  const rest = cooldown ?? found.within;
  const times = { within: milliseconds(found.within), cooldown: milliseconds(rest) };
  const base = { within: found.within, cooldown: rest, per };
  if ('count' in found)
    return { ...base, terms: { ...times, over: { kind: 'count', count: found.count } } };
  if (!among) return undefined;
  const terms: Terms = {
    ...times,
    over: { kind: 'share', share: found.share, atLeast: found.at_least },
  };
  return { ...base, terms, among: { name: `${name}, among`, when: among, uses: usesOf(among) } };
}

type Path = readonly (string | number)[];

function fail(
  report: Report,
  path: Path,
  code: FindingCode,
  message: string,
  hint?: string,
): undefined {
  report.error(path, { code, message, hint });
}

/** Without the condition under "among": `readCondition` gives better messages. */
const ShareFrame = v.strictObject({ ...ShareThreshold.entries, among: v.unknown() });

function readShape(written: unknown, report: Report) {
  const under = ['threshold'] as const;
  if (!isRecord(written)) {
    return fail(
      report,
      under,
      'bad-value',
      '"threshold": expected {"count": 20, "within": "10m", "per": ["app_id"]}',
    );
  }
  const [counts, shares] = [Object.hasOwn(written, 'count'), Object.hasOwn(written, 'share')];
  if (counts === shares) {
    const what = counts ? '"count" and "share" at once' : 'neither "count" nor "share"';
    return fail(report, under, 'bad-value', `"threshold": ${what}`, 'write one of them');
  }
  const schema = counts ? CountThreshold : ShareFrame;
  const read = v.safeParse(schema, written);
  if (read.success) return read.output;
  reportIssues(report, read.issues, under, schema, written);
  return undefined;
}

const readAmong = (written: unknown, reader: Omit<Reader, 'leaves'>): Node | undefined =>
  readCondition(written, { ...reader, leaves: 0 }, childPath(rootPath('threshold'), 'among'));

function readPer(
  names: readonly string[],
  on: readonly string[],
  report: Report,
): readonly FactUse[] {
  const found: FactUse[] = [];
  for (const [place, name] of names.entries()) {
    const at = ['threshold', 'per', place];
    const fact = factEntry(name);
    if (!fact)
      fail(
        report,
        at,
        'unknown-fact',
        `no fact is called "${name}"`,
        factHint(name, factNames()) ??
          closest(name, factNames()) ??
          'group by a fact like "app_id", "channel" or "sender_id"',
      );
    else if (fact.type === 'json' || fact.type === 'list')
      fail(
        report,
        at,
        'value-does-not-suit',
        `"${name}" is a ${fact.type}: nothing can be grouped by it`,
      );
    else if (!isCarried(fact, on))
      fail(
        report,
        at,
        'fact-not-carried',
        `"${name}" never comes with ${formatList(on)}`,
        `it comes with ${formatList(fact.triggers, 'and')}`,
      );
    else if (found.some(({ key }) => key === name))
      fail(report, at, 'duplicate-name', `"${name}" stands here twice`);
    else found.push(useOf(fact));
  }
  if (names.length > MOST_PER)
    fail(
      report,
      ['threshold', 'per'],
      'too-many',
      `${names.length} facts, at most ${MOST_PER} make a group`,
    );
  return found;
}

function longest(duration: string, most: string, path: Path, report: Report): void {
  if (milliseconds(duration) > milliseconds(most))
    fail(
      report,
      path,
      'bad-value',
      `"${path.at(-1)}": ${duration} is too long, ${formatDuration(most)} at most`,
    );
}

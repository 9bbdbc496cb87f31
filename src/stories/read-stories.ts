import { actionNamed } from '../actions/index.ts';
import { namesOf } from '../alerts/config.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { checkSomeParams } from '../rules/compile/action-calls.ts';
import { closestOrAll } from '../rules/model/closest.ts';
import { type Finding, openReport, type Report, readFile } from '../rules/model/finding.ts';
import type { FindingCode } from '../rules/model/finding-codes.ts';
import { checkName, sorted } from '../rules/model/lists.ts';
import { actionHint } from '../rules/model/names/other-names.ts';
import { actionNameOf } from '../rules/prove/expected-action.ts';
import { givenFault } from '../rules/prove/given.ts';
import { pathMistake } from '../rules/prove/path-mistake.ts';
import { type Expected, type Step, Story } from './story.ts';

/** The names that a story can refer to. */
export interface Known {
  readonly rules: readonly string[];
  readonly actions: readonly string[];
  /** `undefined`: alerts.json cannot be read, which has a finding of its own. */
  readonly destinations: readonly string[] | undefined;
  /** The sample callbacks by name. */
  readonly samples: ReadonlyMap<string, unknown>;
}

/** A valid story. */
export interface ReadStory extends Story {
  readonly file: string;
}

/** Reads stories. One with an error is reported and left out. Keys are file names relative to `rules/`. */
export function readStories(
  sources: Readonly<Record<string, unknown>>,
  known: Known,
): { readonly stories: readonly ReadStory[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const stories = sorted(sources).flatMap(([file, source]): ReadStory[] => {
    const report = openReport(file, findings);
    const story = readFile(report, Story, source);
    if (!story) return [];
    checkName(report, file, story.name, sources);
    for (const [index, step] of story.steps.entries()) checkStep(step, index, story, known, report);
    return report.broken() ? [] : [{ ...story, file }];
  });
  return { stories, findings };
}

function checkStep(
  step: Step,
  index: number,
  { steps }: Story,
  known: Known,
  report: Report,
): void {
  const under = ['steps', index];
  const fail = (key: string, message: string) =>
    report.error([...under, key], { code: 'bad-value', message });
  const { at, after, callback, sample, then } = step;
  const silent = callback === undefined && sample === undefined;
  if (at !== undefined && after !== undefined)
    fail('after', '"at" and "after" at once: write one of them');
  if (index === 0 && at === undefined)
    report.error(under, {
      code: 'missing-key',
      message: '"at" is missing: the first step says when the story begins',
    });
  const before = steps.slice(0, index).findLast((one) => one.at !== undefined)?.at;
  if (at !== undefined && before !== undefined && Date.parse(at) < Date.parse(before))
    fail(
      'at',
      'is earlier than a step before it: a story goes forward. "late" is for what arrives late',
    );
  if (callback !== undefined && sample !== undefined)
    fail('sample', '"callback" and "sample" at once: write one');
  if (sample !== undefined)
    checkNames(
      [sample],
      [...known.samples.keys()],
      'sample',
      'unknown-sample',
      [...under, 'sample'],
      report,
      false,
    );
  checkSet(step, under, known, report);
  if (silent) {
    const first = steps
      .slice(0, index)
      .every((one) => one.callback === undefined && one.sample === undefined);
    const idle = ['set', 'late', 'times', 'every', 'given', 'again', 'sent_again_as'] as const;
    const misplaced = idle.find((key) => !isEmpty(step[key]));
    const asked = ['fires', 'does_not_fire', 'actions', 'not_actions', 'told', 'not_told'] as const;
    const odd = asked.find((key) => then[key] !== undefined);
    if (first)
      report.error(under, { code: 'missing-key', message: '"callback" or "sample" is missing' });
    else if (misplaced) fail(misplaced, `"${misplaced}" stands without a "callback" or "sample"`);
    else if (odd)
      report.error([...under, 'then', odd], {
        code: 'bad-value',
        message: `"${odd}": no callback comes in this step; only "refuses" and "limit" can be asked`,
      });
  }
  if (step.again && (step.times !== undefined || step.late !== undefined))
    fail('again', '"again" is the same event as before: it takes neither "times" nor "late"');
  if (step.every !== undefined && step.times === undefined)
    fail('every', '"every" stands without "times"');
  for (const [name, value] of Object.entries(step.given ?? {})) {
    const wrong = givenFault(name, value);
    if (wrong) report.error([...under, 'given', name], wrong);
  }
  if (Object.keys(then).length === 0 && index === steps.length - 1)
    report.error(under, {
      code: 'missing-key',
      message: '"then" is missing: the last step must expect something',
    });
  checkExpected(then, [...under, 'then'], known, report);
}

/** Reports a path under "set" whose parent the callback has and whose last key it has not: nothing that a rule reads changes. */
function checkSet(
  { set, callback, sample }: Step,
  under: Finding['path'],
  known: Known,
  report: Report,
): void {
  const body = callback ?? (sample === undefined ? undefined : known.samples.get(sample));
  if (body === undefined) return;
  for (const path of Object.keys(set)) {
    const fault = pathMistake(body, path);
    if (!fault) continue;
    report.warning([...under, 'set', path], {
      code: 'unknown-path',
      message: `the callback has no field "${path}"`,
      hint: fault,
    });
  }
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === false || (isRecord(value) && Object.keys(value).length === 0);

function checkExpected(then: Expected, under: Finding['path'], known: Known, report: Report): void {
  for (const key of ['fires', 'does_not_fire'] as const)
    checkNames(then[key], known.rules, 'rule', 'unknown-rule', [...under, key], report);
  for (const [at, name] of (then.does_not_fire ?? []).entries())
    if (then.fires?.includes(name))
      report.error([...under, 'does_not_fire', at], {
        code: 'bad-value',
        message: `"${name}" stands under "fires" too`,
        hint: 'remove it from one of the two',
      });
  for (const key of ['actions', 'not_actions'] as const) {
    checkNames(
      then[key]?.map(actionNameOf),
      known.actions,
      'action',
      'unknown-action',
      [...under, key],
      report,
      true,
      actionHint,
    );
    for (const [index, wanted] of (then[key] ?? []).entries()) {
      const action = typeof wanted === 'string' ? undefined : actionNamed(wanted.action);
      if (action && typeof wanted !== 'string')
        checkSomeParams(wanted.params, action, [...under, key, index, 'params'], report);
    }
  }
  if (known.destinations === undefined) return;
  const told = then.told?.map((one) => (typeof one === 'string' ? [one] : namesOf(one.to))) ?? [];
  for (const [index, names] of told.entries())
    checkNames(
      names,
      known.destinations,
      'destination',
      'unknown-destination',
      [...under, 'told', index],
      report,
      false,
    );
  checkNames(
    then.not_told,
    known.destinations,
    'destination',
    'unknown-destination',
    [...under, 'not_told'],
    report,
  );
}

function checkNames(
  names: readonly string[] = [],
  known: readonly string[],
  what: string,
  code: FindingCode,
  path: Finding['path'],
  report: Report,
  isList = true,
  hintOf: (name: string) => string | undefined = () => undefined,
): void {
  for (const [at, name] of names.entries()) {
    if (known.includes(name)) continue;
    report.error(isList ? [...path, at] : path, {
      code,
      message: `no ${what} is called "${name}"`,
      hint: hintOf(name) ?? closestOrAll(name.replace(/\.json$/, ''), known),
    });
  }
}

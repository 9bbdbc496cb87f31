import * as v from 'valibot';
import { type Callback, readCallback } from '../../callbacks/callback.ts';
import { messageOf } from '../../errors.ts';
import { checkSomeParams } from '../compile/action-calls.ts';
import { type DecidedAction, type Decision, decide } from '../decide/decide.ts';
import { closest } from '../model/closest.ts';
import type { Rulebook } from '../model/compiled.ts';
import { type Finding, openReport, readFile } from '../model/finding.ts';
import { checkName, sorted } from '../model/lists.ts';
import type { RulebookSource } from '../model/rule.ts';
import { listed } from '../model/show.ts';
import { leavesOf } from '../model/tree.ts';
import { SchemaLine, told } from '../model/values.ts';
import type { ActionDefinition } from '../model/vocabulary.ts';
import { readGiven, withFacts } from './examples.ts';

/** An action that must, or must not, be decided; `params` are those that matter. */
export const Wanted = v.union([
  v.string(),
  v.strictObject({ action: v.string(), params: v.optional(v.record(v.string(), v.unknown()), {}) }),
]);
export type Wanted = v.InferOutput<typeof Wanted>;

/** What every rulebook must do, whatever its rules say: rules/guardrails/<name>.json. */
export const Guardrail = v.strictObject({
  $schema: SchemaLine,
  name: told('The file is called the same.', v.pipe(v.string(), v.nonEmpty())),
  why: told('What it protects, for whoever meets it.', v.pipe(v.string(), v.nonEmpty())),
  callback: v.optional(told('The callback, as Sinch sends it.', v.looseObject({}))),
  callbacks: v.optional(told('Or several of them.', v.array(v.looseObject({})))),
  each: v.optional(
    told(
      'Says the same of several values: each of them is set at `path` of every callback.',
      v.strictObject({ path: v.pipe(v.string(), v.nonEmpty()), values: v.array(v.string()) }),
    ),
  ),
  given: v.optional(
    told(
      'Facts that Signalbox would remember: `{"attempt": 0}`.',
      v.record(v.string(), v.unknown()),
    ),
    {},
  ),
  must: v.optional(told('What has to be decided, whatever the rules say.', v.array(Wanted)), []),
  must_not: v.optional(told('What must not be.', v.array(Wanted)), []),
});
export type Guardrail = v.InferOutput<typeof Guardrail>;

/** One callback of a guardrail. */
export interface GuardrailCase {
  readonly guardrail: string;
  readonly file: string;
  readonly why: string;
  /** Which of the guardrail's callbacks, for people: `"ARRET"`, `callback 2`. */
  readonly label: string;
  readonly callback: Record<string, unknown>;
  readonly given: Record<string, unknown>;
  readonly must: readonly Wanted[];
  readonly mustNot: readonly Wanted[];
}

/** A guardrail that a rulebook does not keep. */
export interface Breach {
  readonly guardrail: string;
  readonly file: string;
  readonly why: string;
  readonly sentence: string;
}

/** Reads guardrails; one with an error is left out and reported. */
export function readGuardrails(
  sources: Readonly<Record<string, unknown>> = {},
  actions: readonly ActionDefinition[],
): { readonly cases: readonly GuardrailCase[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const names = actions.map(({ name }) => name);
  const cases = sorted(sources).flatMap(([file, source]) => {
    const report = openReport(file, findings);
    const guardrail = readFile(report, Guardrail, source);
    if (!guardrail) return [];
    checkName(report, file, guardrail.name, sources);
    for (const key of ['must', 'must_not'] as const) {
      for (const [index, wanted] of guardrail[key].entries()) {
        const action = nameOf(wanted);
        const words = actions.find(({ name }) => name === action);
        if (words && typeof wanted !== 'string')
          checkSomeParams(wanted.params, words, [key, index, 'params'], report);
        if (words) continue;
        const message = `no action is called "${action}"`;
        report.error([key, index], {
          code: 'unknown-action',
          message,
          hint: closest(action, names),
        });
      }
    }
    const found = casesOf(file, guardrail);
    if (found.length === 0)
      report.error([], {
        code: 'guardrail-empty',
        message: 'it has no callback: nothing would be checked',
      });
    if (guardrail.must.length + guardrail.must_not.length === 0)
      report.error([], {
        code: 'guardrail-empty',
        message: 'it has neither "must" nor "must_not": nothing would be checked',
      });
    return report.broken() ? [] : found;
  });
  return { cases, findings };
}

function casesOf(
  file: string,
  { name, why, callback, callbacks = [], each, given, must, must_not }: Guardrail,
) {
  const written = callback ? [callback, ...callbacks] : callbacks;
  return written.flatMap((body, index): GuardrailCase[] => {
    const place = written.length > 1 ? `callback ${index + 1}` : 'its callback';
    const frame = { guardrail: name, file, why, given, must, mustNot: must_not };
    if (!each) return [{ ...frame, label: place, callback: body }];
    return each.values.map((value) => ({
      ...frame,
      label: `"${value}"`,
      callback: withValue(body, each.path, value),
    }));
  });
}

/** A copy with a value set at a dotted path. */
function withValue(
  body: Record<string, unknown>,
  path: string,
  value: string,
): Record<string, unknown> {
  const [key = '', ...rest] = path.split('.');
  const inner =
    Object.hasOwn(body, key) && typeof body[key] === 'object' && body[key] !== null
      ? body[key]
      : {};
  // Parsed from JSON, so an object has only own, plain keys.
  return {
    ...body,
    [key]:
      rest.length === 0
        ? value
        : withValue(inner as Record<string, unknown>, rest.join('.'), value),
  };
}

/**
 * Passes every case through the whole rulebook, with shadow, expiry and `stop` in effect. Where a rule that counts will
 * expire, the case is judged again without it, so that no guardrail falls when nobody looks; where rules ask for the hour, a
 * callback that says no time is judged at every hour of a week.
 * @param now milliseconds: when the callbacks count as received
 */
export async function judgeGuardrails(
  rulebook: Rulebook,
  cases: readonly GuardrailCase[],
  now: number,
): Promise<readonly Breach[]> {
  const breaches: Breach[] = [];
  const hours = asksHours(rulebook) ? WEEK : 1;
  for (const one of cases) {
    const problem = await problemOf(rulebook, one, now, hours).catch(messageOf);
    const { guardrail, file, why, label } = one;
    if (problem !== undefined)
      breaches.push({ guardrail, file, why, sentence: `${label} ${problem}` });
  }
  return breaches;
}

/** @param hours for how many a callback that says no time is judged */
async function problemOf(
  rulebook: Rulebook,
  one: GuardrailCase,
  now: number,
  hours: number,
): Promise<string | undefined> {
  const given = readGiven(one);
  const bytes = new TextEncoder().encode(JSON.stringify(one.callback));
  const judge = async (start: number, said: string): Promise<string | undefined> => {
    for (let at: number | undefined = start; at !== undefined; ) {
      const callback = withFacts(await readCallback(bytes, at), given);
      const decision: Decision = await decide(rulebook, callback, async (name) => given.get(name));
      const when =
        at === start ? said : ` from ${new Date(at).toISOString()} on, when a rule expires`;
      const missing = one.must.filter((wanted) => !isDecided(wanted, decision));
      const present = one.mustNot.filter((wanted) => isDecided(wanted, decision));
      if (missing.length > 0)
        return `must ${listed(missing.map(words), 'and')}${when}; ${happened(decision)}`;
      if (present.length > 0)
        return `must not ${listed(present.map(words), 'or')}${when}; ${happened(decision)}`;
      const ends = decision.fired.flatMap(({ rule }) => rule.expires ?? []);
      at = ends.length > 0 ? Math.min(...ends) : undefined;
    }
    return undefined;
  };
  const problem = await judge(now, '');
  if (problem !== undefined || hours === 1 || saysTime(await readCallback(bytes, now), given))
    return problem;
  for (let hour = 1; hour < hours; hour++) {
    const at = now + hour * HOUR;
    const found = await judge(at, ` at any hour, so also at ${new Date(at).toISOString()}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const HOUR = 3_600_000;
/** In hours. */
const WEEK = 7 * 24;

/** A callback that says no time stands for one of any time: no rule may keep a guardrail in office hours only. */
const saysTime = ({ envelope }: Callback, given: ReadonlyMap<string, unknown>): boolean =>
  (envelope.eventTime ?? envelope.acceptedTime) !== undefined || given.has('event_time');

const asksHours = ({ rules }: Rulebook): boolean =>
  rules.some(
    ({ enabled, when }) =>
      enabled && leavesOf(when).some(({ operator }) => HOURLY.has(operator.name)),
  );

const HOURLY: ReadonlySet<string> = new Set(['withinHours', 'outsideHours']);

/** The action's name. */
export const nameOf = (wanted: Wanted): string =>
  typeof wanted === 'string' ? wanted : wanted.action;

const isDecided = (wanted: Wanted, { fired }: Decision): boolean =>
  fired.some(({ actions }) => actions.some((done) => isWanted(wanted, done)));

/** Whether an action is the one that is meant, as far as its params are named. */
export function isWanted(wanted: Wanted, done: Pick<DecidedAction, 'action' | 'params'>): boolean {
  const params = typeof wanted === 'string' ? {} : wanted.params;
  return (
    done.action === nameOf(wanted) &&
    Object.entries(params).every(
      ([key, value]) => JSON.stringify(Reflect.get(done.params, key)) === JSON.stringify(value),
    )
  );
}

/** An action in words: `suppress (scope all)`. */
export function words(wanted: Wanted): string {
  const params = typeof wanted === 'string' ? [] : Object.entries(wanted.params);
  const told = params.map(
    ([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return told.length === 0 ? nameOf(wanted) : `${nameOf(wanted)} (${told.join(', ')})`;
}

function happened({ fired, erred, shadowed }: Decision): string {
  const done = fired.map(
    ({ rule, actions }) => `${rule.name}: ${actions.map(({ action }) => action).join(', ')}`,
  );
  const shadow = shadowed.map(({ rule }) => `${rule.name} is in shadow`);
  const failed = erred.map(({ rule, message }) => `${rule} could not be decided: ${message}`);
  const all = [...done, ...shadow, ...failed];
  return all.length === 0 ? 'no rule fires' : `it is ${all.join('; ')}`;
}

/** Those of `wanted` that `kept` does not hold: the same callback with the same facts, and at least the same demands. */
export function lostCases(
  wanted: readonly GuardrailCase[],
  kept: readonly GuardrailCase[],
): readonly GuardrailCase[] {
  const key = ({ callback, given }: GuardrailCase): string => JSON.stringify([callback, given]);
  const holds = (all: readonly Wanted[], some: readonly Wanted[]): boolean => {
    const texts = all.map((one) => JSON.stringify(one));
    return some.every((one) => texts.includes(JSON.stringify(one)));
  };
  return wanted.filter(
    (one) =>
      !kept.some(
        (other) =>
          key(other) === key(one) &&
          holds(other.must, one.must) &&
          holds(other.mustNot, one.mustNot),
      ),
  );
}

/** What is wrong with a rulebook's own guardrails, and with its rules by them. */
export async function guardrailFindings(
  source: Pick<RulebookSource, 'guardrails'>,
  rulebook: Rulebook,
  actions: readonly ActionDefinition[],
  now: number,
): Promise<readonly Finding[]> {
  const { cases, findings } = readGuardrails(source.guardrails, actions);
  return [...findings, ...breachFindings(await judgeGuardrails(rulebook, cases, now))];
}

/** Breaches as findings in the guardrails' files: one a guardrail, however many of its callbacks fail. */
export const breachFindings = (breaches: readonly Breach[]): readonly Finding[] =>
  breaches.flatMap(({ file, guardrail, sentence, why }, index): Finding[] => {
    if (breaches.findIndex((other) => other.guardrail === guardrail) !== index) return [];
    const more = breaches.filter((other) => other.guardrail === guardrail).length - 1;
    const message = more > 0 ? `${sentence} (and ${more} more)` : sentence;
    return [{ file, path: [], code: 'guardrail-broken', severity: 'error', message, hint: why }];
  });

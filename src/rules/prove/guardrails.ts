import { type Callback, readCallback, readCallbacks } from '../../callbacks/callback.ts';
import { messageOf } from '../../errors.ts';
import { type Decision, decide } from '../decide/decide.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { leavesOf } from '../model/tree.ts';
import {
  actionNameOf,
  type ExpectedAction,
  expectedActionWords,
  matchesExpected,
} from './expected-action.ts';
import { readGiven, withFacts } from './given.ts';
import type { GuardrailCase } from './guardrail.ts';

/** A guardrail that a rulebook violates. */
export interface Breach {
  readonly guardrail: string;
  readonly file: string;
  readonly why: string;
  readonly sentence: string;
  /** The position of the first expectation that does not hold, in the guardrail's file; of the whole, where it could not be evaluated. */
  readonly path: Finding['path'];
  /** The actions that it requires and that are not decided. */
  readonly lacks: readonly string[];
  /** The file of a rule that decides what must not be. */
  readonly causedBy?: string;
  /** A rule that would satisfy it, and is switched off or in shadow. */
  readonly silenced?: CompiledRule;
}

interface Problem {
  readonly sentence: string;
  readonly path: Finding['path'];
  readonly lacks: readonly string[];
  readonly causedBy?: string;
}

/**
 * Evaluates every case with the whole rulebook, with shadow, expiry and `stop` in effect, and returns the violations. If a
 * rule that fires will expire, the case is evaluated again for the time after, so that no guardrail fails later unnoticed.
 * If a rule reads the time of day, a callback without a time is evaluated for every hour of a week at which the rules
 * read the clock differently.
 * @param now time of receipt, milliseconds since 1970
 */
export async function evaluateGuardrails(
  rulebook: Rulebook,
  cases: readonly GuardrailCase[],
  now: number,
): Promise<readonly Breach[]> {
  const breaches: Breach[] = [];
  const hours = hoursOf(rulebook, now);
  for (const one of cases) {
    const problem = await problemOf(rulebook, one, now, hours).catch(
      (error): Problem => ({ sentence: messageOf(error), path: [], lacks: [] }),
    );
    const { guardrail, file, why, label } = one;
    if (problem)
      breaches.push({ ...problem, guardrail, file, why, sentence: `${label} ${problem.sentence}` });
  }
  return breaches;
}

/** @param hours the later times at which a callback without a time is evaluated, too */
async function problemOf(
  rulebook: Rulebook,
  one: GuardrailCase,
  now: number,
  hours: readonly number[],
): Promise<Problem | undefined> {
  const given = readGiven(one);
  const bytes = new TextEncoder().encode(JSON.stringify(one.callback));
  const evaluateFrom = async (start: number, said: string): Promise<Problem | undefined> => {
    for (let at: number | undefined = start; at !== undefined; ) {
      const decision = await decideAll(rulebook, await readCallbacks(bytes, at), given);
      const when =
        at === start ? said : ` from ${new Date(at).toISOString()} on, when a rule expires`;
      const missing = one.must.filter((wanted) => !isDecided(wanted, decision));
      const present = one.mustNot.filter((wanted) => isDecided(wanted, decision));
      const [absent] = missing;
      const [unwanted] = present;
      if (absent !== undefined)
        return {
          path: ['must', one.must.indexOf(absent)],
          sentence: `must ${formatList(missing.map(expectedActionWords), 'and')}${when}; ${happened(decision)}`,
          lacks: missing.map(actionNameOf),
        };
      if (unwanted !== undefined)
        return {
          path: ['must_not', one.mustNot.indexOf(unwanted)],
          sentence: `must not ${formatList(present.map(expectedActionWords), 'or')}${when}; ${happened(decision)}`,
          lacks: [],
          ...decidedIn(unwanted, decision),
        };
      const ends = decision.fired.flatMap(({ rule }) => rule.expires ?? []);
      at = ends.length > 0 ? Math.min(...ends) : undefined;
    }
    return undefined;
  };
  const problem = await evaluateFrom(now, '');
  if (problem !== undefined || hours.length === 0) return problem;
  if (hasTime(await readCallback(bytes, now), given)) return undefined;
  for (const at of hours) {
    const found = await evaluateFrom(at, ` at any hour, so also at ${new Date(at).toISOString()}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Decides each callback of a notification: a guardrail is about what they do together. */
async function decideAll(
  rulebook: Rulebook,
  [first, ...rest]: readonly [Callback, ...Callback[]],
  given: ReturnType<typeof readGiven>,
): Promise<Decision> {
  const decided = (callback: Callback) =>
    decide(rulebook, withFacts(callback, given), async (name) => given.get(name));
  const whole = await decided(first);
  const others = await Promise.all(rest.map(decided));
  return {
    ...whole,
    fired: [...whole.fired, ...others.flatMap(({ fired }) => fired)],
    erred: [...whole.erred, ...others.flatMap(({ erred }) => erred)],
  };
}

const HOUR = 3_600_000;
/** In hours. */
const WEEK = 7 * 24;

/** Whether the callback has a time. One without represents any time, so a guardrail must not depend on office hours. */
const hasTime = ({ envelope }: Callback, given: ReadonlyMap<string, unknown>): boolean =>
  (envelope.eventTime ?? envelope.acceptedTime) !== undefined || given.has('event_time');

/**
 * Returns one hour of the coming week for each way in which the rules can read the clock, and the expiry of rules. All
 * other hours are decided the same.
 */
function hoursOf({ rules }: Rulebook, now: number): readonly number[] {
  const active = rules.filter(({ enabled }) => enabled);
  const clocks = active
    .flatMap(({ when }) => leavesOf(when))
    .filter(({ operator }) => operator.readsClock);
  if (clocks.length === 0) return [];
  const ends = active.flatMap(({ expires }) => expires ?? []);
  const reading = (at: number): string =>
    [...clocks.map(({ holds }) => holds(at)), ...ends.map((end) => end <= at)].join();
  const seen = new Set([reading(now)]);
  const hours = Array.from({ length: WEEK }, (_, hour) => now + hour * HOUR);
  return hours.filter((at) => seen.size < seen.add(reading(at)).size);
}

/** The file of the rule that decides an action. */
function decidedIn(unwanted: ExpectedAction, { fired }: Decision): Pick<Problem, 'causedBy'> {
  const found = fired.find(({ actions }) =>
    actions.some((done) => matchesExpected(unwanted, done)),
  );
  return found ? { causedBy: found.rule.file } : {};
}

const isDecided = (wanted: ExpectedAction, { fired }: Decision): boolean =>
  fired.some(({ actions }) => actions.some((done) => matchesExpected(wanted, done)));

function happened({ fired, erred, shadowed }: Decision): string {
  const done = fired.map(
    ({ rule, actions }) => `${rule.name}: ${actions.map(({ action }) => action).join(', ')}`,
  );
  const shadow = shadowed.map(({ rule }) => `${rule.name} is in shadow`);
  const failed = erred.map(({ rule, message }) => `${rule} could not be decided: ${message}`);
  const all = [...done, ...shadow, ...failed];
  if (all.length === 0) return 'no rule fires';
  return done.length === 0 ? `no rule acts: ${all.join('; ')}` : `it is ${all.join('; ')}`;
}

import type { CompiledRule, Rulebook } from '../model/compiled.ts';

/** What one rulebook would do for one callback. */
export interface Outcomes {
  readonly did: readonly Did[];
  /** Rules of which it cannot be known whether they fire, and the facts that are missing to know it. */
  readonly unknown: readonly { readonly rule: string; readonly reason: readonly string[] }[];
}

/** One action of a rule that fires. */
export interface Did {
  readonly rule: string;
  readonly action: string;
  /** In words, params and all: "alert compliance (high)". */
  readonly message: string;
}

/** One callback under both rulebooks. */
export interface Judged {
  /** What `signalbox explain` takes: a decision's id, or a file. */
  readonly id: string;
  /** Whom it is about: the same text for the same person. */
  readonly person: string | undefined;
  readonly old: Outcomes;
  readonly new: Outcomes;
}

/** An action of a rule that comes more or less often, with some callbacks to look at. */
export interface Shift extends Did {
  more: number;
  fewer: number;
  readonly moreFor: string[];
  readonly fewerFor: string[];
}

/** What a rulebook changes over many callbacks. Plain JSON, so that parts of it can travel and be put together. */
export interface Tally {
  callbacks: number;
  /** For which the two do not do the same. */
  changed: number;
  readonly shifts: Shift[];
  /** How often each action comes under the old and the new rulebook, where that is known. */
  readonly actions: { readonly action: string; before: number; after: number }[];
  /** People whom the new rulebook suppresses and the old one does not, by the same callback. */
  readonly suppressed: string[];
  readonly released: string[];
  readonly unknown: {
    readonly rule: string;
    count: number;
    readonly reason: string[];
    readonly examples: string[];
  }[];
}

/** How many callbacks are named for each shift. */
const EXAMPLES = 10;

export const emptyTally = (): Tally => ({
  callbacks: 0,
  changed: 0,
  shifts: [],
  actions: [],
  suppressed: [],
  released: [],
  unknown: [],
});

/** What rules that fire do, in words. `only` says which of a rule's actions were decided; without it, all. */
export const didOf = (
  fired: readonly { readonly rule: CompiledRule; readonly only?: readonly number[] }[],
): Did[] =>
  fired.flatMap(({ rule, only }) =>
    rule.actions
      .filter(({ index }) => only === undefined || only.includes(index))
      .map(({ action, definition, params }) => ({
        rule: rule.name,
        action,
        message: definition.summary(params).replace('{owner}', rule.owner),
      })),
  );

/** Counts one callback in. */
export function count(tally: Tally, { id, person, old, new: now }: Judged): void {
  tally.callbacks += 1;
  const doubtful = new Set([...old.unknown, ...now.unknown].map(({ rule }) => rule));
  // What may or may not have happened on one side is no difference that anybody could vouch for.
  const sure = (side: Outcomes): readonly Did[] =>
    side.did.filter(({ rule }) => !doubtful.has(rule));
  const more = without(sure(now), sure(old));
  const fewer = without(sure(old), sure(now));
  if (more.length + fewer.length > 0) tally.changed += 1;
  for (const { action } of sure(old)) actionOf(tally, action).before += 1;
  for (const { action } of sure(now)) actionOf(tally, action).after += 1;
  for (const did of more) {
    const shift = shiftOf(tally, did);
    shift.more += 1;
    keep(shift.moreFor, id);
  }
  for (const did of fewer) {
    const shift = shiftOf(tally, did);
    shift.fewer += 1;
    keep(shift.fewerFor, id);
  }
  const suppresses = (dids: readonly Did[]): boolean =>
    dids.some(({ action }) => action === 'suppress');
  const [before, after] = [suppresses(sure(old)), suppresses(sure(now))];
  if (person !== undefined && after && !before) add(tally.suppressed, person);
  if (person !== undefined && before && !after) add(tally.released, person);
  for (const { rule, reason } of dedupe([...old.unknown, ...now.unknown]))
    doubt(tally, rule, reason, [id], 1);
}

/**
 * Names of the rules that both rulebooks have, word for word. What cannot be known about one of them is the same on both
 * sides, and no news.
 */
export function unchanged(
  old: Pick<Rulebook, 'rules'>,
  now: Pick<Rulebook, 'rules'>,
): ReadonlySet<string> {
  const print = ({
    on,
    priority,
    stop,
    enabled,
    shadow,
    expires,
    threshold,
    when,
    actions,
  }: CompiledRule): string =>
    JSON.stringify([
      on,
      priority,
      stop,
      enabled,
      shadow,
      expires,
      threshold,
      when,
      actions.map(({ written }) => written),
    ]);
  const before = new Map(old.rules.map((rule) => [rule.name, print(rule)]));
  return new Set(
    now.rules.filter((rule) => before.get(rule.name) === print(rule)).map(({ name }) => name),
  );
}

/** Adds one tally to another. */
export function merge(into: Tally, part: Tally): void {
  into.callbacks += part.callbacks;
  into.changed += part.changed;
  for (const { more, fewer, moreFor, fewerFor, ...did } of part.shifts) {
    const shift = shiftOf(into, did);
    shift.more += more;
    shift.fewer += fewer;
    for (const id of moreFor) keep(shift.moreFor, id);
    for (const id of fewerFor) keep(shift.fewerFor, id);
  }
  for (const { action, before, after } of part.actions) {
    const known = actionOf(into, action);
    known.before += before;
    known.after += after;
  }
  for (const person of part.suppressed) add(into.suppressed, person);
  for (const person of part.released) add(into.released, person);
  for (const { rule, reason, examples, count: times } of part.unknown)
    doubt(into, rule, reason, examples, times);
}

/** How often an action comes more and less under the new rulebook, over all rules. */
export function totals(
  { shifts }: Tally,
  action: string,
): { readonly more: number; readonly fewer: number } {
  const own = shifts.filter((shift) => shift.action === action);
  return {
    more: own.reduce((sum, { more }) => sum + more, 0),
    fewer: own.reduce((sum, { fewer }) => sum + fewer, 0),
  };
}

const keyOf = ({ rule, message }: Did): string => `${rule}\n${message}`;

function without(some: readonly Did[], others: readonly Did[]): readonly Did[] {
  const known = new Set(others.map(keyOf));
  return some.filter((did) => !known.has(keyOf(did)));
}

function shiftOf(tally: Tally, did: Did): Shift {
  const known = tally.shifts.find((shift) => keyOf(shift) === keyOf(did));
  if (known) return known;
  const shift: Shift = { ...did, more: 0, fewer: 0, moreFor: [], fewerFor: [] };
  tally.shifts.push(shift);
  return shift;
}

function actionOf(tally: Tally, action: string): Tally['actions'][number] {
  const known = tally.actions.find((one) => one.action === action);
  if (known) return known;
  const counts = { action, before: 0, after: 0 };
  tally.actions.push(counts);
  return counts;
}

function doubt(
  tally: Tally,
  rule: string,
  reason: readonly string[],
  examples: readonly string[],
  times: number,
): void {
  let known = tally.unknown.find((one) => one.rule === rule);
  if (!known) {
    known = { rule, count: 0, reason: [], examples: [] };
    tally.unknown.push(known);
  }
  known.count += times;
  for (const fact of reason) add(known.reason, fact);
  for (const id of examples) keep(known.examples, id);
}

function dedupe(unknown: Outcomes['unknown']): Outcomes['unknown'] {
  const byRule = new Map<string, Set<string>>();
  for (const { rule, reason } of unknown) {
    const facts = byRule.get(rule) ?? new Set();
    byRule.set(rule, facts);
    for (const fact of reason) facts.add(fact);
  }
  return [...byRule].map(([rule, reason]) => ({ rule, reason: [...reason] }));
}

function keep(examples: string[], id: string): void {
  if (examples.length < EXAMPLES) examples.push(id);
}

function add(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item);
}

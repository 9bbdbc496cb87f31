import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { type ActionChange, changeOf, type FiredAction, paired, without } from './fired-actions.ts';

/** What one rulebook does for one callback. */
export interface Outcomes {
  readonly did: readonly FiredAction[];
  /** Rules that may or may not fire, and the facts that are missing to decide it. */
  readonly unknown: readonly { readonly rule: string; readonly reason: readonly string[] }[];
}

/** One callback under both rulebooks. */
export interface ComparedCallback {
  /** The argument for `signalbox explain`: the id of a decision, or a file. */
  readonly id: string;
  /** The person, as a text that is the same for the same person. */
  readonly person: string | undefined;
  readonly old: Outcomes;
  readonly new: Outcomes;
}

/** An action of a rule that comes more or less often, with some callbacks to look at. */
export interface Shift extends Pick<FiredAction, 'rule' | 'action' | 'message'> {
  more: number;
  fewer: number;
  readonly moreFor: string[];
  readonly fewerFor: string[];
}

/** What a rulebook changes over many callbacks. Plain JSON, so that parts can be sent and merged. */
export interface Tally {
  callbacks: number;
  /** Callbacks for which the two rulebooks differ. */
  changed: number;
  /** Callbacks of which at least one rule is unknown. */
  unsure: number;
  readonly shifts: Shift[];
  readonly changes: ActionChange[];
  /** How often each action comes under the old and the new rulebook, where that is known. */
  readonly actions: { readonly action: string; before: number; after: number }[];
  /** People whom the new rulebook suppresses and the old one does not, by the same callback; at most `MOST_PEOPLE`. */
  readonly suppressed: string[];
  /** The reverse; at most `MOST_PEOPLE`. */
  readonly released: string[];
  readonly unknown: {
    readonly rule: string;
    count: number;
    readonly reason: string[];
    readonly examples: string[];
  }[];
}

/** The number of example callbacks per shift. */
const EXAMPLES = 10;
/** People are listed up to this number, so that a tally of any number of callbacks fits in memory. */
export const MOST_PEOPLE = 10_000;

export const emptyTally = (): Tally => ({
  callbacks: 0,
  changed: 0,
  unsure: 0,
  shifts: [],
  changes: [],
  actions: [],
  suppressed: [],
  released: [],
  unknown: [],
});

/** Adds one callback to a tally. */
export function addCallback(tally: Tally, { id, person, old, new: now }: ComparedCallback): void {
  tally.callbacks += 1;
  const doubtful = new Set([...old.unknown, ...now.unknown].map(({ rule }) => rule));
  // An action that may or may not run on one side is not a certain difference.
  const sure = (side: Outcomes): readonly FiredAction[] =>
    side.did.filter(({ rule }) => !doubtful.has(rule));
  const come = without(sure(now), sure(old));
  const gone = without(sure(old), sure(now));
  if (come.length + gone.length > 0) tally.changed += 1;
  if (doubtful.size > 0) tally.unsure += 1;
  const { pairs, more, fewer } = paired(come, gone);
  for (const [was, is] of pairs) addChange(tally, changeOf(was, is), 1, [id]);
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
  const suppresses = (dids: readonly FiredAction[]): boolean =>
    dids.some(({ consent }) => consent === 'out');
  const [before, after] = [suppresses(sure(old)), suppresses(sure(now))];
  if (person !== undefined && after && !before) add(tally.suppressed, person);
  if (person !== undefined && before && !after) add(tally.released, person);
  for (const { rule, reason } of dedupe([...old.unknown, ...now.unknown]))
    addUnknown(tally, rule, reason, [id], 1);
}

/**
 * Returns the names of rules that are identical in both rulebooks. What is not known about them is the same on both sides
 * and need not be reported.
 */
export function unchangedRules(
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
  into.unsure += part.unsure;
  for (const { count, examples, ...change } of part.changes)
    addChange(into, change, count, examples);
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
    addUnknown(into, rule, reason, examples, times);
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

/** "2 would end otherwise, 3 are unknown": that nothing is different is only said when everything is known. */
export function headWords({
  callbacks,
  changed,
  unsure,
}: Pick<Tally, 'callbacks' | 'changed' | 'unsure'>): string {
  const unknown = `${unsure} ${unsure === 1 ? 'is' : 'are'} unknown`;
  if (changed > 0) return `${changed} would end otherwise${unsure > 0 ? `, ${unknown}` : ''}`;
  if (unsure === 0) return 'nothing would be different';
  const others = callbacks - unsure;
  return others === 0 ? unknown : `${unknown}, nothing is different in the other ${others}`;
}

function addChange(
  tally: Tally,
  change: Omit<ActionChange, 'count' | 'examples'>,
  times: number,
  examples: readonly string[],
): void {
  const key = (one: typeof change): string =>
    JSON.stringify([one.rule, one.action, one.was, one.message, one.differs]);
  const known = itemOf(tally.changes, key, { ...change, count: 0, examples: [] });
  known.count += times;
  for (const id of examples) keep(known.examples, id);
}

const keyOf = ({ rule, message }: Pick<FiredAction, 'rule' | 'message'>): string =>
  `${rule}\n${message}`;

function shiftOf(
  tally: Tally,
  { rule, action, message }: Pick<FiredAction, 'rule' | 'action' | 'message'>,
): Shift {
  return itemOf(tally.shifts, keyOf, {
    ...{ rule, action, message },
    ...{ more: 0, fewer: 0, moreFor: [], fewerFor: [] },
  });
}

const actionOf = (tally: Tally, action: string): Tally['actions'][number] =>
  itemOf(tally.actions, (one) => one.action, { action, before: 0, after: 0 });

function addUnknown(
  tally: Tally,
  rule: string,
  reason: readonly string[],
  examples: readonly string[],
  times: number,
): void {
  const known = itemOf(tally.unknown, (one) => one.rule, {
    ...{ rule, count: 0, reason: [], examples: [] },
  });
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
  if (list.length < MOST_PEOPLE) itemOf(list, String, item);
}

/** The items of a list by their keys. The lists of a tally are plain, so that they can be sent. */
const itemsByKey = new WeakMap<readonly unknown[], Map<string, unknown>>();

/** Returns the item of a list that has the key of this one. A list without it gets this one. */
function itemOf<T>(list: T[], keyOf: (item: T) => string, item: T): T {
  const known = itemsByKey.get(list) as Map<string, T> | undefined; // written below
  const items = known?.size === list.length ? known : new Map(list.map((one) => [keyOf(one), one]));
  itemsByKey.set(list, items);
  const key = keyOf(item);
  const found = items.get(key);
  if (found !== undefined) return found;
  items.set(key, item);
  list.push(item);
  return item;
}

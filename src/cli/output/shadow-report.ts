import { type Decision, Decisions } from '../../api/decisions/decisions.ts';
import type { CompiledRule, Rulebook } from '../../rules/model/compiled.ts';
import { addCallback, emptyTally, type Tally } from '../../rules/prove/backtest.ts';
import { type FiredAction, firedActionsOf } from '../../rules/prove/fired-actions.ts';
import type { Shell } from '../shell.ts';
import { askWorker, queryOf, type WorkerAddress } from '../worker/ask-worker.ts';
import { fetchRulebook } from '../worker/worker-rulebooks.ts';

/** How the rulebook in shadow and rules in shadow would have done. */
export interface ShadowReport {
  /** The rulebook in shadow beside those that were in force; none: none is in shadow. */
  readonly tally: Tally | undefined;
  /** Rules in shadow, by what they would have done, with decisions to look at. */
  readonly rules: readonly {
    readonly rule: string;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
  /** There was more on record than was looked at. */
  readonly cut: boolean;
}

/** A change is everywhere after this long, in milliseconds. */
const SPREADS = 31_000;

/** Pages of 200 decisions that are looked at. */
const PAGES = 50;

/** Compares what is on record under the rulebook in shadow with what was done. */
export async function shadowReport(
  {
    version,
    since,
    began,
  }: { readonly version: string | null; readonly since: string; readonly began: number },
  address: WorkerAddress,
  shell: Shell,
): Promise<ShadowReport> {
  const { decisions, cut } = await onRecord(since, address, shell);
  const books = new Map<string, Rulebook>();
  const bookOf = async (name: string): Promise<Rulebook> => {
    const known = books.get(name) ?? (await fetchRulebook(name, address, shell)).rulebook;
    books.set(name, known);
    return known;
  };
  const done = new Map(
    decisions.filter(({ shadow }) => !shadow).map((decision) => [decision.id, decision]),
  );
  const tried = new Map(
    decisions
      .filter(({ shadow, rulebook }) => shadow && rulebook === version)
      .map((decision) => [decision.id, decision]),
  );
  const tally = emptyTally();
  for (const id of version === null ? [] : new Set([...done.keys(), ...tried.keys()])) {
    const [old, now] = [done.get(id), tried.get(id)];
    // Until every isolate has heard of the shadow, one that has not is no sign that nothing would
    // have fired.
    if (!now && Date.parse(old?.received_at ?? '') < began + SPREADS) continue;
    const did = {
      old: old ? didBy(old, await bookOf(old.rulebook), 'fired') : [],
      new: now ? didBy(now, await bookOf(now.rulebook), 'shadow') : [],
    };
    addCallback(tally, {
      id,
      person: undefined,
      old: { did: did.old, unknown: [] },
      new: { did: did.new, unknown: [] },
    });
  }
  return {
    tally: version === null ? undefined : tally,
    rules: rulesInShadow([...done.values()]),
    cut,
  };
}

/**
 * What a decision did, or would have: the actions of its rules, but for rules that were in shadow
 * themselves.
 */
function didBy(
  { rules }: Decision,
  rulebook: Rulebook,
  outcome: 'fired' | 'shadow',
): readonly FiredAction[] {
  const names = rules.filter((rule) => rule.outcome === outcome).map(({ rule }) => rule);
  const fired = (rule: CompiledRule): boolean => names.includes(rule.name) && !rule.shadow;
  return firedActionsOf(rulebook.rules.filter(fired).map((rule) => ({ rule })));
}

function rulesInShadow(decisions: readonly Decision[]): ShadowReport['rules'] {
  const found = new Map<string, string[]>();
  for (const { id, rules } of decisions) {
    for (const { rule, outcome } of rules) {
      if (outcome === 'shadow') found.set(rule, [...(found.get(rule) ?? []), id]);
    }
  }
  return [...found].map(([rule, ids]) => ({ rule, count: ids.length, examples: ids.slice(0, 10) }));
}

async function onRecord(
  since: string,
  address: WorkerAddress,
  shell: Shell,
): Promise<{ readonly decisions: readonly Decision[]; readonly cut: boolean }> {
  const decisions: Decision[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const query = queryOf({ since, shadow: 'true', limit: '200', cursor });
    const found = await askWorker(`/v1/decisions${query}`, Decisions, address, shell);
    decisions.push(...found.decisions);
    if (found.next === null) return { decisions, cut: false };
    cursor = found.next;
  }
  return { decisions, cut: true };
}

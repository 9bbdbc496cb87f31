import type { DataKey } from '../crypto/data-key.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import {
  count,
  didOf,
  emptyTally,
  type Outcomes,
  type Tally,
  unchanged,
} from '../rules/prove/backtest.ts';
import type { Entry, Span } from './entry.ts';
import { openPast, recount } from './re-evaluate.ts';
import { journalled } from './search.ts';

/** A part of the journal under two rulebooks, and where to go on from. */
export interface Backtested {
  readonly tally: Tally;
  readonly next: string | null;
}

/** How many entries are judged in one call. */
const MOST = 1_000;

/** Decides what is on record anew, by the rulebook in force and by another. Nothing is done, nothing is kept. */
export async function backtest(
  rulebooks: { readonly old: Rulebook; readonly new: Rulebook },
  span: Span,
  keys: Pick<DataKey, 'hash' | 'unseal'>,
  DB: D1Database,
): Promise<Backtested> {
  const tally = emptyTally();
  const same = unchanged(rulebooks.old, rulebooks.new);
  const met = new Set<string>();
  for await (const { entry, cursor } of journalled(span, DB)) {
    // A callback that two rulebooks have decided is still one callback.
    if (!met.has(entry.id)) {
      met.add(entry.id);
      const old = await outcomesOf(entry, rulebooks.old, same, keys);
      const now = await outcomesOf(entry, rulebooks.new, same, keys);
      count(tally, { id: entry.id, person: entry.person, old, new: now });
    }
    if (met.size >= MOST) return { tally, next: cursor };
  }
  return { tally, next: null };
}

async function outcomesOf(
  entry: Entry,
  rulebook: Rulebook,
  same: ReadonlySet<string>,
  keys: Pick<DataKey, 'hash' | 'unseal'>,
): Promise<Outcomes> {
  const { fired, counted, unknown } = recount(
    entry,
    rulebook,
    await openPast(entry, rulebook, keys),
  );
  const unsure = [
    ...unknown.map(({ rule, reason }) => ({ rule: rule.name, reason })),
    // Windows are not rebuilt from the journal: it may have been switched off for a while.
    ...counted.map(({ name }) => ({ rule: name, reason: ['its threshold'] })),
  ];
  return {
    did: didOf(fired.map((rule) => ({ rule }))),
    unknown: unsure.filter(({ rule }) => !same.has(rule)),
  };
}

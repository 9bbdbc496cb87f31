import type { Alerts } from '../alerts/config.ts';
import { notifiedBy } from '../alerts/notified.ts';
import type { DataKey } from '../crypto/data-key.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import {
  addCallback,
  emptyTally,
  type Outcomes,
  type Tally,
  unchangedRules,
} from '../rules/prove/backtest.ts';
import { firedActionsOf } from '../rules/prove/fired-actions.ts';
import type { Entry, Span } from './entry.ts';
import type { JournalStore } from './journal-store.ts';
import { openEntryFacts, reEvaluate } from './re-evaluate.ts';
import { readEntries } from './search.ts';

/** The comparison of two rulebooks over a part of the journal. `next`: the cursor to continue from. */
export interface Backtested {
  readonly tally: Tally;
  readonly next: string | null;
}

/** A rulebook and where its alerts go. */
export interface Routed {
  readonly rulebook: Rulebook;
  readonly alerts: Alerts;
}

/** How many callbacks one call evaluates. */
const MAX_CALLBACKS = 1_000;

/** Evaluates journal entries again under two rulebooks and compares the decisions. It runs no action and stores nothing. */
export async function backtest(
  rulebooks: { readonly old: Routed; readonly new: Routed },
  span: Span,
  store: JournalStore,
): Promise<Backtested> {
  const tally = emptyTally();
  const same = unchangedRules(rulebooks.old.rulebook, rulebooks.new.rulebook);
  const seen = new Set<string>();
  for await (const { entry, cursor } of readEntries(span, store)) {
    // A callback that two rulebooks decided has two entries.
    if (!seen.has(entry.id)) {
      seen.add(entry.id);
      const old = await outcomesOf(entry, rulebooks.old, same, store.dataKey);
      const now = await outcomesOf(entry, rulebooks.new, same, store.dataKey);
      addCallback(tally, { id: entry.id, person: entry.person, old, new: now });
    }
    if (seen.size >= MAX_CALLBACKS) return { tally, next: cursor };
  }
  return { tally, next: null };
}

async function outcomesOf(
  entry: Entry,
  { rulebook, alerts }: Routed,
  same: ReadonlySet<string>,
  keys: Pick<DataKey, 'hash'>,
): Promise<Outcomes> {
  const { fired, counted, unknown } = reEvaluate(
    entry,
    rulebook,
    await openEntryFacts(entry, rulebook, keys),
  );
  const unsure = [
    ...unknown.map(({ rule, reason }) => ({ rule: rule.name, reason })),
    // Windows are not rebuilt from the journal, which may have been off for a while.
    ...counted.map(({ name }) => ({ rule: name, reason: ['its threshold'] })),
  ];
  return {
    did: firedActionsOf(
      fired.map((rule) => ({ rule })),
      notifiedBy(alerts, {
        app_id: entry.appId ?? '',
        channel: entry.channel ?? '',
        at: entry.receivedAt,
      }),
    ),
    unknown: unsure.filter(({ rule }) => !same.has(rule)),
  };
}

import { notifiedBy } from '../../alerts/notified.ts';
import { BacktestAnswer } from '../../api/rulebooks/rulebooks.ts';
import { readAllStored } from '../../authoring/first-sight.ts';
import { readableAlerts } from '../../authoring/prove-files.ts';
import type { Callback } from '../../callbacks/callback.ts';
import { LINKED, personKey } from '../../callbacks/person.ts';
import { addressOf } from '../../callbacks/shapes/parts.ts';
import { messageOf } from '../../errors.ts';
import { openCallbackHistory } from '../../rules/decide/callback-history.ts';
import { openTallies, type Tallies } from '../../rules/decide/tallies.ts';
import type { Compared } from '../../rules/explain/diff.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import {
  addCallback,
  emptyTally,
  merge,
  type Outcomes,
  type Tally,
} from '../../rules/prove/backtest.ts';
import { firedActionsOf } from '../../rules/prove/fired-actions.ts';
import { callbacksIn } from '../callbacks/callback-files.ts';
import { type Evictions, openEvictions } from '../callbacks/evictions.ts';
import type { Shell } from '../shell.ts';
import { askWorker, type WorkerAddress } from '../worker/ask-worker.ts';

/** Tries rules on what a Worker has on record, part by part. */
export async function backtestJournal(
  source: RulebookSource,
  { since, until }: { readonly since: string; readonly until?: string | undefined },
  address: WorkerAddress,
  shell: Shell,
): Promise<{ readonly tally: Tally; readonly against: string }> {
  const tally = emptyTally();
  let cursor: string | undefined;
  for (;;) {
    const body = JSON.stringify({ ...source, since, until, cursor });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const {
      against,
      tally: part,
      next,
    } = await askWorker('/v1/rulebooks/backtest', BacktestAnswer, address, shell, init);
    merge(tally, part);
    if (next === null) return { tally, against };
    cursor = next;
  }
}

/** Where the alerts of a rulebook go for a callback; unknown where `alerts.json` has an error. */
function notified({ alerts }: Compared['source'], { subject, envelope, receivedAt }: Callback) {
  const read = readableAlerts(alerts);
  return (
    read &&
    notifiedBy(read, { app_id: envelope.appId, channel: subject.channel ?? '', at: receivedAt })
  );
}

/** What the callbacks of one file leave behind for the next ones of it. */
const tellings = (file: string, forgotten: Evictions) => ({
  file,
  recollection: openCallbackHistory(forgotten.notes),
  old: openTallies(forgotten.window),
  new: openTallies(forgotten.window),
});

/**
 * Tries two rulebooks on the callbacks of a file or folder: the lines of a file one after the
 * other, each file for itself.
 */
export async function backtestFiles(
  path: string,
  rulebooks: { readonly old: Compared; readonly new: Compared },
  shell: Shell,
): Promise<{ readonly tally: Tally; readonly unread: readonly string[] }> {
  const tally = emptyTally();
  const unread: string[] = [];
  const forgotten = openEvictions();
  let told = tellings('', forgotten);
  for await (const { file: name, bytes } of callbacksIn(path, shell)) {
    const file = name.replace(/:\d+$/, '');
    if (file !== told.file) told = tellings(file, forgotten);
    try {
      for (const callback of await readAllStored(bytes, shell.now())) {
        const recall = told.recollection.remember(callback);
        const address = addressOf(callback.subject, callback.envelope.appId);
        const outcomes = async (
          tallies: Tallies,
          { rulebook, source }: Compared,
        ): Promise<Outcomes> => {
          const { fired, erred } = await tallies.decide(rulebook, callback, recall);
          const done = fired.map(({ rule, actions }) => ({
            rule,
            only: actions.map(({ index }) => index),
          }));
          return {
            did: firedActionsOf(done, notified(source, callback)),
            unknown: erred.map(({ rule, message }) => ({ rule, reason: [message] })),
          };
        };
        const old = await outcomes(told.old, rulebooks.old);
        const now = await outcomes(told.new, rulebooks.new);
        addCallback(tally, {
          id: name,
          person: address && personKey(address, LINKED),
          old,
          new: now,
        });
      }
    } catch (error) {
      unread.push(`${name}  could not be read: ${messageOf(error)}`);
    }
  }
  for (const line of forgotten.lines()) shell.err(line);
  return { tally, unread };
}

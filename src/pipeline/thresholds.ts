import * as v from 'valibot';
import { coerceFact } from '../callbacks/facts/fact.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Firing } from '../objects/tally/tally.ts';
import type { TallyClient } from '../objects/tally/tally-client.ts';
import { GIVEN_UP } from '../objects/window-samples.ts';
import { decideCrossing } from '../rules/decide/tallies.ts';
import { factEntry } from '../rules/model/facts.ts';
import { KEPT_BEHIND } from '../rules/model/window.ts';
import { TallyCase, TallyNote } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { dispatch } from './dispatch.ts';
import { alertOperator } from './enqueue.ts';
import { callbackOf, hashNamedPeople } from './queue-message.ts';
import type { Ended } from './queue-retries.ts';

/** The notes of a batch about one window. */
interface Share {
  readonly rule: string;
  readonly group: string;
  readonly notes: readonly TallyNote[];
}

/**
 * Returns the function that counts a note: one call for each window of the batch, and an action for each rule that fires. Each
 * message awaits its windows, so that it is retried if one of them fails.
 */
export function openTally(
  batch: Pick<MessageBatch<unknown>, 'messages'>,
  services: Services,
): (note: TallyNote) => Promise<Ended> {
  let shares: ReadonlyMap<string, Promise<number>> | undefined;
  return async (note) => {
    shares ??= new Map(
      [...gather(batch)].map(([key, share]) => [key, settleShare(share, services)]),
    );
    // All of them, even if one fails: no call may outlive the batch.
    const ends = await Promise.allSettled(
      note.counted.map(({ rule, group }) => shares?.get(keyOf(rule, group))),
    );
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    // A line for each counted callback would cost more than counting it; `tally.fired` states what came of it.
    return { quiet: true };
  };
}

const keyOf = (rule: string, group: string): string => `${rule} ${group}`;

function gather({ messages }: Pick<MessageBatch<unknown>, 'messages'>): ReadonlyMap<string, Share> {
  const shares = new Map<string, { rule: string; group: string; notes: TallyNote[] }>();
  for (const { body } of messages) {
    const read = v.safeParse(TallyNote, body);
    for (const { rule, group } of read.success ? read.output.counted : []) {
      const share = shares.get(keyOf(rule, group)) ?? { rule, group, notes: [] };
      shares.set(keyOf(rule, group), share);
      if (read.success) share.notes.push(read.output);
    }
  }
  return shares;
}

/** Counts, and acts on each firing that was not acted on yet. Returns how many there were. @throws the error that stopped an action */
async function settleShare({ rule, group, notes }: Share, services: Services): Promise<number> {
  const tally = await services.objects.tallies.of(rule, group);
  const entries = notes.flatMap(({ id, at, counted }) =>
    counted
      .filter((one) => one.rule === rule && one.group === group)
      .map(({ hit, terms }) => ({ id, at, hit, terms })),
  );
  const terms = entries.at(-1)?.terms;
  if (!terms) return 0;
  const hits = new Set(entries.filter(({ hit }) => hit).map(({ id }) => id));
  const until = services.now() + terms.within + terms.cooldown + KEPT_BEHIND + GIVEN_UP;
  const latest = await sampleOf(
    notes.filter(({ id }) => hits.has(id)),
    tally.name,
    until,
    services,
  );
  const plain = entries.map(({ id, at, hit }) => ({ id, at, hit }));
  const { firings, held, late, repeated } = await tally.note(plain, terms, latest);
  if (late > 0) console.warn({ event: 'tally.late', rule, late, of: entries.length });
  // One of these may repeat an interrupted try: it is retried until the firing was acted on.
  if (held && repeated > 0)
    throw new AppError('unavailable', `rule ${rule} fired and another try acts on it`);
  for (const firing of firings) {
    await act(rule, firing, tally, services);
    await tally.done(firing.at);
  }
  return firings.length;
}

/**
 * Returns the newest callback of these notes whose people were not erased since, sealed for its window.
 * @param until when the window drops it, in milliseconds since 1970
 */
async function sampleOf(
  notes: readonly TallyNote[],
  tally: string,
  until: number,
  services: Services,
): Promise<Parameters<TallyClient['note']>[2]> {
  for (const { at, case: kept, people: known } of notes.toSorted((a, b) => b.at - a.at)) {
    if (!kept) continue;
    const people = known ?? (await hashNamedPeople(await callbackOf(kept, services), services));
    // Before the window stores it: an erasure must find every sample of its person.
    if (await services.objects.recipients.noteWindowSample(people, { tally, at, until }))
      return { at, people, sealed: await services.dataKey.encrypt(JSON.stringify(kept)) };
  }
  return undefined;
}

/** Dispatches a rule that its window made fire. A failure that no retry can fix raises an operator alert. */
async function act(
  name: string,
  firing: Firing,
  tally: TallyClient,
  services: Services,
): Promise<void> {
  const about = { rule: name, window: tally.name, at: firing.at, hits: firing.hits };
  const rulebook = await services.rulebook();
  const rule = rulebook.rules.find((known) => known.name === name && known.enabled);
  if (!rule?.threshold || !firing.sealed) {
    const reason = firing.sealed
      ? 'the rule is no longer active'
      : 'its newest callback was erased';
    // @event tally.dropped | A threshold rule fired without effect: the rule is no longer
    //   active, or its newest callback was erased.
    console.warn({ event: 'tally.dropped', ...about, sample: firing.sealed, reason });
    return;
  }
  try {
    const kept = v.parse(TallyCase, JSON.parse(await services.dataKey.decrypt(firing.sealed)));
    const callback = await callbackOf(kept, services);
    const recalled = Object.fromEntries(
      Object.entries(kept.recalled).map(([fact, value]) => [
        fact,
        coerceFact(factEntry(fact)?.type ?? 'text', value),
      ]),
    );
    const recall = async (fact: string) => recalled[fact];
    const crossing = { reading: firing, callback, recall };
    const decision = await decideCrossing(rulebook, { rule, threshold: rule.threshold }, crossing);
    const outcomes = await dispatch(
      decision,
      callback,
      recall,
      services,
      `tally/${tally.name}/${firing.at}`,
    );
    services.journal.note({ callback, rulebook, decision, recalled, outcomes });
    // @event tally.fired | A threshold rule fired.
    console.log({ event: 'tally.fired', ...about, callback: callback.id });
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    const title = `rule ${name} fired and could not act`;
    await alertOperator({ title, text: messageOf(error) }, services);
  }
}

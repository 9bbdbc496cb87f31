import * as v from 'valibot';
import { describeErasure } from '../actions/erase.ts';
import { dispatchGroup, endAlerts, redeliverAlert } from '../alerts/alert-dispatcher.ts';
import { type ContactNote, Deferred, Effect, Work } from '../work/effect.ts';
import type { DeadLetter, EffectOutcome, Services } from '../work/services.ts';
import { openAlertContext } from './alert-context.ts';
import { runCheck } from './capability-check.ts';
import { type DeliveryOutcome, deliver } from './deliver.ts';
import { countEffect } from './effect-metrics.ts';
import { alertOperator, sendWork } from './enqueue.ts';
import { openTurns } from './fifo.ts';
import { reportHeartbeat } from './heartbeats.ts';
import { ingestDeferred } from './ingest.ts';
import { callbackOf } from './queue-message.ts';
import { backoff, consume, deadLetter, type Ended, each, limitDelay } from './queue-retries.ts';
import { alertRefused } from './refuse.ts';
import { openTally } from './thresholds.ts';

/** The most journal records that are stored as dead letters: the rest is dropped. */
const MAX_JOURNAL_LETTERS = 1_000;

/** In so many tries a message waits itself for another one of its effect, or for its turn, before a new one does. Each uses up a try. */
const MAX_OWN_WAITS = 6;

/** Consumes the `effects` queue: each message is acknowledged, retried or stored as a dead letter on its own. */
export const consumeEffects = (batch: MessageBatch<unknown>, services: Services): Promise<void> => {
  const count = openTally(batch, services);
  const inTurn = openTurns();
  return consume(batch, 'effects', services, async (message) => {
    const work = v.parse(Work, message.body);
    if (work.kind === 'tally') return count(work);
    if (work.kind === 'contact') return recordContacts(work, services);
    if (work.kind === 'alerts') {
      const context = await openAlertContext(services);
      const sent = await (work.again
        ? redeliverAlert(work.group, work.again, context)
        : dispatchGroup(work.group, context));
      // @event alerts.dispatched | A due alert was checked and sent.
      return sent ? { event: 'alerts.dispatched', alert: work.group } : { quiet: true };
    }
    if (work.kind === 'refusals') {
      await alertRefused(work, services);
      // @event refusals.reported | The operator is alerted that no signature verifies.
      return { event: 'refusals.reported', apps: work.apps.map(({ app }) => app) };
    }
    if (work.kind === 'kept-body') {
      await services.unsupported.keep(await callbackOf(work, services));
      // @event callback.kept | The raw callback of a channel is stored for admins.
      return { event: 'callback.kept', callback: work.id };
    }
    if (work.kind === 'heartbeat') return reportHeartbeat(work, services);
    if (work.kind === 'capability-check') return runCheck(work, services, message.attempts);
    if (work.kind === 'ended')
      return {
        // @event alerts.ended | A rule resolved the alerts of another rule.
        event: 'alerts.ended',
        did: await endAlerts(work, await openAlertContext(services)),
      };
    return inTurn(work, () => runEffect(work, services, message.attempts));
  });
};

/** Consumes the `forwards` queue. Slow receivers delay nothing but forwards. */
export const consumeForwards = (
  batch: MessageBatch<unknown>,
  services: Services,
): Promise<void> => {
  const inTurn = openTurns();
  return consume(batch, 'forwards', services, async (message) => {
    const effect = v.parse(Effect, message.body);
    return inTurn(effect, () => runEffect(effect, services, message.attempts));
  });
};

async function recordContacts(
  { contacts, at, by }: ContactNote,
  services: Services,
): Promise<Ended> {
  const late = await services.contacts.note(contacts, at, by.id);
  // @event contact.noted | The addresses of contacts are stored.
  if (late.length === 0) return { event: 'contact.noted', contacts: contacts.length };
  const detail = late
    .map(
      ({ erasedAt, erased }) =>
        `received after the contact was erased (${new Date(erasedAt).toISOString()}): ${describeErasure(erased)}`,
    )
    .join('; ');
  services.journal.late(by, detail.slice(0, 1000));
  // @event contact.erased-late | A callback named an address of a contact that was erased
  //   before; the address is erased as well.
  return { event: 'contact.erased-late', callback: by.id, contacts: late.length, detail };
}

async function runEffect(effect: Effect, services: Services, attempts: number): Promise<Ended> {
  const outcome = await deliver(effect, services);
  const about = {
    action: effect.action,
    rule: effect.rule.name,
    callback: effect.subject.callbackId,
  };
  const end = journalOutcome(outcome, effect.after);
  services.journal.outcome(effect, end);
  countEffect(effect, end.outcome, services);
  if ('skipped' in outcome && outcome.notify) {
    const title = `${effect.action} of rule ${effect.rule.name} is skipped`;
    const { subject } = effect;
    await alertOperator({ title, text: outcome.skipped, subject }, services);
  }
  // @event effect.held | An effect is held by a pause or a budget.
  if ('held' in outcome) return { event: 'effect.held', ...about, reason: outcome.held };
  // @event effect.done | An effect is executed; `did` or `skipped` states the result.
  if (!('later' in outcome)) return { event: 'effect.done', ...about, ...outcome };
  const delaySeconds = limitDelay(outcome.later, services);
  // @event effect.waits | An effect is queued again for later, for the reason stated; that is no failure.
  const { reason } = outcome;
  const waits = { event: 'effect.waits', ...about, seconds: delaySeconds, reason };
  // Of an effect that is delivered twice, each message would put a new one in its place, and a queue that repeats some of
  // them would have ever more. The same one waits.
  if ('itself' in outcome && attempts < MAX_OWN_WAITS) return { later: delaySeconds, waits };
  // Waiting is no failure: a new message waits, so that this one's tries are not used up.
  await sendWork(effect, services, delaySeconds);
  return waits;
}

/** Consumes the `callbacks` queue: callbacks that could not be decided at once are ingested again. */
export const consumeCallbacks = (batch: MessageBatch<unknown>, services: Services): Promise<void> =>
  consume(batch, 'callbacks', services, async (message) => {
    const { id, trigger } = await ingestDeferred(v.parse(Deferred, message.body), services);
    // @event callback.ingested | A callback is decided; `fired` names the rules.
    return { event: 'callback.ingested', callback: id, trigger };
  });

/** Stores the messages of a dead-letter queue. Our consumer never saw them fail, so the reason is unknown. */
export const consumeDead = (
  batch: MessageBatch<unknown>,
  queue: DeadLetter['queue'],
  services: Services,
): Promise<void> =>
  each(
    batch,
    async (message) => {
      // A journal that is away for days must not fill the database of the safety net.
      if (queue === 'journal' && (await services.deadLetters.count(queue)) >= MAX_JOURNAL_LETTERS) {
        console.error({ event: 'journal.dropped', records: 1 });
        return { quiet: true };
      }
      await deadLetter(
        {
          queue,
          work: message.body,
          code: 'exhausted',
          reason: 'the queue gave up on it',
          attempts: message.attempts,
        },
        services,
      );
      // @event dead-letter.kept | Work failed for good and is stored as a dead letter.
      return { event: 'dead-letter.kept', queue };
    },
    (_, message) => ({ later: Math.floor(backoff(message.attempts)) }),
  );

/** The outcome of an effect for the journal. `after`: who released it and why, if it was held. */
const journalOutcome = (outcome: DeliveryOutcome, after?: string): EffectOutcome => {
  const more = after === undefined ? '' : `; ${after}`;
  if ('did' in outcome) return { outcome: 'done', detail: `${outcome.did}${more}` };
  return 'skipped' in outcome
    ? { outcome: 'skipped', detail: `${outcome.skipped}${more}` }
    : {
        outcome: 'waiting',
        detail: `${'held' in outcome ? outcome.held : outcome.reason}${more}`,
      };
};

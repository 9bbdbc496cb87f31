import * as v from 'valibot';
import { describeErasure } from '../actions/erase.ts';
import { actionNamed } from '../actions/index.ts';
import { dispatchGroup, endAlerts, redeliverAlert } from '../alerts/alert-dispatcher.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { type ContactNote, Deferred, type Effect, Work } from '../work/effect.ts';
import type { DeadLetter, EffectOutcome, Services } from '../work/services.ts';
import { openAlertContext } from './alert-context.ts';
import { type DeliveryOutcome, deliver } from './deliver.ts';
import { alertOperator } from './enqueue.ts';
import { keepPlace, leaveFifo, openTurns } from './fifo.ts';
import { reportHeartbeat } from './heartbeats.ts';
import { ingestDeferred } from './ingest.ts';
import { isOperatorAlert } from './operator-alert.ts';
import { alertRefused } from './refuse.ts';
import { openTally } from './thresholds.ts';

/** After this many tries (about a day) a message becomes a dead letter, unless its action defines another number. Queues allow 100. */
const MAX_TRIES = 30;

/** A queue deletes a message after four days without notice. One whose next try is later than this (ms) becomes a dead letter first. */
const MAX_AGE = 3.5 * 86_400_000;

/** The most journal records that are stored as dead letters: the rest is dropped. */
const MAX_JOURNAL_LETTERS = 1_000;

/** The failed try of a callback that alerts the operator, after about two minutes: the callback may be a STOP. */
const ALERTING_TRY = 5;

/** How a message of a queue ended; `later` in seconds. */
type Ended =
  | { readonly event: string; readonly [detail: string]: unknown }
  | { readonly later: number }
  /** Acknowledged without a log line: there was nothing to do. */
  | { readonly quiet: true };

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
    if (work.kind === 'heartbeat') return reportHeartbeat(work, services);
    if (work.kind === 'ended')
      return {
        // @event alerts.ended | A rule resolved the alerts of another rule.
        event: 'alerts.ended',
        did: await endAlerts(work, await openAlertContext(services)),
      };
    return inTurn(work, () => runEffect(work, services));
  });
};

async function recordContacts(
  { contacts, at, by }: ContactNote,
  services: Services,
): Promise<Ended> {
  const late = await services.contacts.note(contacts, at);
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

async function runEffect(effect: Effect, services: Services): Promise<Ended> {
  const outcome = await deliver(effect, services);
  const about = {
    action: effect.action,
    rule: effect.rule.name,
    callback: effect.subject.callbackId,
  };
  services.journal.outcome(effect, journalOutcome(outcome, effect.after));
  if ('skipped' in outcome && outcome.notify) {
    const title = `${effect.action} of rule ${effect.rule.name} is skipped`;
    const { subject } = effect;
    await alertOperator({ title, text: outcome.skipped, subject }, services);
  }
  // @event effect.held | An effect is held by a pause or a budget.
  if ('held' in outcome) return { event: 'effect.held', ...about, reason: outcome.held };
  // @event effect.done | An effect is executed; `did` or `skipped` states the result.
  if (!('later' in outcome)) return { event: 'effect.done', ...about, ...outcome };
  // Waiting is no failure: a new message waits, so that this one's tries are not used up.
  const delaySeconds = limitDelay(outcome.later, services);
  await services.effects.sendBatch([{ body: effect, delaySeconds }]);
  // @event effect.waits | An effect is queued again for later, for the reason stated; no attempt
  //   is used.
  return { event: 'effect.waits', ...about, seconds: delaySeconds, reason: outcome.reason };
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

function consume(
  batch: MessageBatch<unknown>,
  queue: DeadLetter['queue'],
  services: Services,
  work: (message: Message<unknown>) => Promise<Ended>,
): Promise<void> {
  return each(batch, work, async (error, message) => {
    const code = error instanceof v.ValiError ? 'unreadable' : codeOf(error);
    const permanent =
      error instanceof v.ValiError || (error instanceof AppError && !error.retryable);
    const effect = effectIn(message.body);
    const tries = (effect && actionNamed(effect.action)?.tries) ?? MAX_TRIES;
    // The longer of the two: an hour of `Retry-After: 1` must not use up a day of tries.
    const seconds = Math.max(
      (error instanceof AppError && error.retryAfter) || 0,
      backoff(message.attempts),
    );
    const later = limitDelay(seconds, services);
    const inTime = services.now() + later * 1000 < message.timestamp.getTime() + MAX_AGE;
    if (!permanent && inTime && message.attempts < tries) {
      if (effect) {
        services.journal.outcome(effect, {
          outcome: 'retried',
          detail: `${code}, try ${message.attempts}`,
        });
        await keepPlace(effect, later, services);
      }
      if (queue === 'callbacks' && message.attempts === ALERTING_TRY)
        await alertStuck(code, services);
      return { later, code };
    }
    await deadLetter(
      { queue, work: message.body, code, reason: messageOf(error), attempts: message.attempts },
      services,
    );
    return { event: 'dead-letter.kept', queue, code };
  });
}

/** Runs each message of a batch on its own: an error of one does not affect the others. */
async function each(
  batch: MessageBatch<unknown>,
  work: (message: Message<unknown>) => Promise<Ended>,
  failed: (error: unknown, message: Message<unknown>) => Ended | Promise<Ended>,
): Promise<void> {
  await Promise.all(
    batch.messages.toSorted(byPlace).map(async (message) => {
      let ended: Ended;
      try {
        ended = await work(message);
      } catch (error) {
        if (codeOf(error) === 'bug')
          // @event queue.bug | A queue message failed with an unexpected error. Report it.
          console.error({ event: 'queue.bug', queue: batch.queue, message: messageOf(error) });
        // If not even a dead letter can be stored, the message is retried for as long as the queue keeps it.
        const retry: Ended = { later: Math.floor(backoff(message.attempts)) };
        ended = await Promise.resolve(failed(error, message)).catch(() => retry);
      }
      if ('event' in ended) {
        message.ack();
        console.log(ended);
      } else if ('later' in ended) {
        console.log({
          // @event queue.retry | A queue message failed and is retried after `later` seconds.
          event: 'queue.retry',
          queue: batch.queue,
          attempts: message.attempts,
          ...ended,
        });
        message.retry({ delaySeconds: ended.later });
      } else message.ack();
    }),
  );
}

/** Effects with an ordering key, in order of arrival. */
const byPlace = (a: Message<unknown>, b: Message<unknown>): number =>
  placeIn(a.body) - placeIn(b.body);

function placeIn(body: unknown): number {
  const ordered = v.safeParse(v.object({ fifo: v.object({ place: v.number() }) }), body);
  return ordered.success ? ordered.output.fifo.place : 0;
}

/** The effect in a message, if there is one. */
function effectIn(body: unknown): Effect | undefined {
  const work = v.safeParse(Work, body);
  return work.success && work.output.kind === 'effect' ? work.output : undefined;
}

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

/** Stores a dead letter and alerts the operator, once an hour for the same problem. A dead operator alert raises no further one. */
async function deadLetter(letter: DeadLetter, services: Services): Promise<void> {
  await services.deadLetters.keep(letter);
  const effect = effectIn(letter.work);
  if (effect) {
    services.journal.outcome(effect, {
      outcome: 'failed',
      detail: `${letter.code}: ${letter.reason}`,
    });
    await leaveFifo(effect, services);
  }
  if (effect && isOperatorAlert(effect)) return;
  const what = effect
    ? `${effect.action} of rule ${effect.rule.name}`
    : letter.queue === 'callbacks'
      ? 'a callback'
      : 'a message';
  await alertOperator(
    {
      title: `${what} went to the dead letters`,
      text: `${letter.reason} (${letter.code}, ${letter.attempts} tries). It is stored: GET /v1/dead-letters shows it, POST /v1/dead-letters/{id}/redeliver tries again.`,
      ...(effect && { subject: effect.subject }),
    },
    services,
  );
}

/** Alerts the operator that callbacks wait, long before the first one becomes a dead letter. */
const alertStuck = (code: string, services: Services): Promise<void> =>
  alertOperator(
    {
      title: 'callbacks wait and cannot be decided',
      text: `The reason is ${code}; see the log. None is lost: they are retried for about a day, then stored as dead letters. GET /healthz shows what is wrong.`,
      severity: 'critical',
    },
    services,
  );

/** The delay after a number of tries, in seconds: 5, 10, 20 … up to an hour, plus up to a quarter of jitter. */
export const backoff = (attempts: number): number =>
  Math.min(5 * 2 ** Math.max(0, attempts - 1), 3_600) * (1 + Math.random() / 4);

/** A delay in whole seconds: at least 1, at most setting `MAX_RETRY_DELAY`. */
const limitDelay = (seconds: number, { settings }: Services): number =>
  Math.max(1, Math.floor(Math.min(seconds, settings.maxRetryDelay / 1000)));

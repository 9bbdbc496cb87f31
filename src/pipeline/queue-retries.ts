import * as v from 'valibot';
import { actionNamed } from '../actions/index.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { type Effect, Work } from '../work/effect.ts';
import type { DeadLetter, Services } from '../work/services.ts';
import { countEffect, countWait } from './effect-metrics.ts';
import { alertOperator } from './enqueue.ts';
import { keepPlace, leaveFifo } from './fifo.ts';
import { isOperatorAlert } from './operator-alert.ts';

/** After this many tries (about a day) a message becomes a dead letter, unless its action defines a time. */
const MAX_TRIES = 30;

/** The most tries of an action that defines a time, in which fewer are needed unless `MAX_RETRY_DELAY` is short. Queues allow 100. */
const MAX_TIMED_TRIES = 95;

/** A queue deletes a message after four days without notice. One whose next try is later than this (ms) becomes a dead letter first. */
const MAX_AGE = 3.5 * 86_400_000;

/** The failed try of a callback that alerts the operator, after about two minutes: the callback may be a STOP. */
const ALERTING_TRY = 5;

/** An event of the log, with its details. */
interface LogEvent {
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** How a message of a queue ended; `later` in seconds. */
export type Ended =
  | LogEvent
  /** It failed and is tried again. */
  | { readonly later: number }
  /** It waits and did not fail. */
  | { readonly later: number; readonly waits: LogEvent }
  /** Acknowledged without a log line: there was nothing to do. */
  | { readonly quiet: true };

/** Runs the work of each message of a batch. One that fails is retried later, or stored as a dead letter. */
export function consume(
  batch: MessageBatch<unknown>,
  queue: DeadLetter['queue'],
  services: Services,
  work: (message: Message<unknown>) => Promise<Ended>,
): Promise<void> {
  const first = (message: Message<unknown>): Promise<Ended> => {
    countWait(queue, message, services);
    return work(message);
  };
  return each(batch, first, async (error, message) => {
    const code = error instanceof v.ValiError ? 'unreadable' : codeOf(error);
    const permanent =
      error instanceof v.ValiError || (error instanceof AppError && !error.retryable);
    const effect = effectIn(message.body);
    const retryFor = effect && actionNamed(effect.action)?.retryFor;
    // The longer of the two: an hour of `Retry-After: 1` must not use up a day of tries.
    const seconds = Math.max(
      (error instanceof AppError && error.retryAfter) || 0,
      backoff(message.attempts),
    );
    // The seconds that are left for tries. The last try is made when the time of an action ends.
    const left = (message.timestamp.getTime() + (retryFor ?? MAX_AGE) - services.now()) / 1000;
    const delay = limitDelay(seconds, services);
    const later = retryFor === undefined ? delay : Math.min(delay, Math.max(1, Math.ceil(left)));
    const inTime = retryFor === undefined ? later < left : left > 0;
    const tries = retryFor === undefined ? MAX_TRIES : MAX_TIMED_TRIES;
    if (!permanent && inTime && message.attempts < tries) {
      if (effect) {
        services.journal.outcome(effect, {
          outcome: 'retried',
          detail: `${code}, try ${message.attempts}`,
        });
        countEffect(effect, 'retried', services);
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
export async function each(
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
        const failure = {
          // @event queue.retry | A queue message failed and is retried after `later` seconds.
          event: 'queue.retry',
          queue: batch.queue,
          attempts: message.attempts,
          ...ended,
        };
        console.log('waits' in ended ? ended.waits : failure);
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

/** Stores a dead letter and alerts the operator, once an hour for the same problem. A dead operator alert raises no further one. */
export async function deadLetter(letter: DeadLetter, services: Services): Promise<void> {
  await services.deadLetters.keep(letter);
  const effect = effectIn(letter.work);
  if (effect) {
    services.journal.outcome(effect, {
      outcome: 'failed',
      detail: `${letter.code}: ${letter.reason}`,
    });
    countEffect(effect, 'failed', services);
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
      text: `${letter.reason} (${letter.code}, ${letter.attempts} tries). It is stored: signalbox dead-letters lists it, and redelivers it when the cause is repaired.`,
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
export const limitDelay = (seconds: number, { settings }: Services): number =>
  Math.max(1, Math.floor(Math.min(seconds, settings.maxRetryDelay / 1000)));

import * as v from 'valibot';
import { erasedWords } from '../actions/erase.ts';
import { endAlerts, tellAgain, tendGroup } from '../alerts/alert-dispatcher.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { type ContactNote, Deferred, type Effect, Work } from '../work/effect.ts';
import type { DeadLetter, EffectEnd, Services } from '../work/services.ts';
import { openTending } from './alerting.ts';
import { type Delivered, deliver } from './deliver.ts';
import { isOwn } from './dispatch.ts';
import { enqueue } from './enqueue.ts';
import { keepPlace, leaveLine, openTurns } from './fifo.ts';
import { passDeferred } from './ingest.ts';
import { noSubject, notice, trouble } from './operator-alert.ts';
import { openTally } from './thresholds.ts';

/** After this many tries, about a day with the backoff below, a message goes to the dead letters. Queues allow 100. */
const MOST_TRIES = 30;

/** A forward is tried for three days: its receiver may be down over a weekend. */
const FORWARD_TRIES = 80;

/** A queue forgets what it has had for four days, without a word: what would be tried later than this, in milliseconds, is buried first. */
const OLDEST = 3.5 * 86_400_000;

/** A callback that failed so often, about two minutes, is no hiccup: a STOP may wait in it. */
const TELLING_TRY = 5;

/** How a message of a queue ended; `later` in seconds. */
type Ended =
  | { readonly event: string; readonly [detail: string]: unknown }
  | { readonly later: number }
  /** Nothing came of it that anybody would want to read in the log. */
  | { readonly quiet: true };

/** Works off the `effects` queue: each message is acknowledged, repeated or buried on its own. */
export const consumeEffects = (batch: MessageBatch<unknown>, services: Services): Promise<void> => {
  const tallied = openTally(batch, services);
  const turns = openTurns();
  return consume(batch, 'effects', services, async (message) => {
    const work = v.parse(Work, message.body);
    if (work.kind === 'tally') return tallied(work);
    if (work.kind === 'contact') return noteContacts(work, services);
    if (work.kind === 'alerts') {
      const tending = await openTending(services);
      const told = await (work.again
        ? tellAgain(work.group, work.again, tending)
        : tendGroup(work.group, tending));
      return told ? { event: 'alerts.tended', alert: work.group } : { quiet: true };
    }
    if (work.kind === 'ended')
      return { event: 'alerts.ended', did: await endAlerts(work, await openTending(services)) };
    return turns(work, () => doEffect(work, services));
  });
};

async function noteContacts({ contacts, at, by }: ContactNote, services: Services): Promise<Ended> {
  const late = await services.contacts.note(contacts, at);
  if (late.length === 0) return { event: 'contact.noted', contacts: contacts.length };
  const detail = late
    .map(
      ({ erasedAt, erased }) =>
        `told after the contact was erased (${new Date(erasedAt).toISOString()}): ${erasedWords(erased)}`,
    )
    .join('; ');
  services.journal.late(by, detail.slice(0, 1000));
  return { event: 'contact.erased-late', callback: by.id, contacts: late.length, detail };
}

async function doEffect(effect: Effect, services: Services): Promise<Ended> {
  const outcome = await deliver(effect, services);
  const about = {
    action: effect.action,
    rule: effect.rule.name,
    callback: effect.subject.callbackId,
  };
  services.journal.outcome(effect, endOf(outcome, effect.after));
  if ('tell' in outcome) {
    const title = `${effect.action} of rule ${effect.rule.name} is left out`;
    await enqueue([notice(title, outcome.skipped, effect.subject, services.now())], services);
  }
  if ('held' in outcome) return { event: 'effect.held', ...about, reason: outcome.held };
  if (!('later' in outcome)) return { event: 'effect.done', ...about, ...outcome };
  // Waiting is no failure: a fresh message waits, so that it does not use up the tries of this one.
  const delaySeconds = wait(outcome.later, services);
  await services.effects.sendBatch([{ body: effect, delaySeconds }]);
  return { event: 'effect.waits', ...about, seconds: delaySeconds, reason: outcome.reason };
}

/** Works off the `callbacks` queue: what could not be decided at once takes the same way again. */
export const consumeCallbacks = (batch: MessageBatch<unknown>, services: Services): Promise<void> =>
  consume(batch, 'callbacks', services, async (message) => {
    const { id, trigger } = await passDeferred(v.parse(Deferred, message.body), services);
    return { event: 'callback.passed', callback: id, trigger };
  });

/** Keeps what a queue gave up on. Such a message was never buried by us, so its reason is not known. */
export const consumeDead = (
  batch: MessageBatch<unknown>,
  queue: DeadLetter['queue'],
  services: Services,
): Promise<void> =>
  each(
    batch,
    async (message) => {
      await bury(
        {
          queue,
          work: message.body,
          code: 'exhausted',
          reason: 'the queue gave up on it',
          attempts: message.attempts,
        },
        services,
      );
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
    const hopeless =
      error instanceof v.ValiError || (error instanceof AppError && !error.retryable);
    const tries = effectIn(message.body)?.action === 'forward' ? FORWARD_TRIES : MOST_TRIES;
    // Whoever asks us to wait says the least: an hour of "in a second" must not use up a day of tries.
    const asked = Math.max(
      (error instanceof AppError && error.retryAfter) || 0,
      backoff(message.attempts),
    );
    const later = wait(asked, services);
    const inTime = services.now() + later * 1000 < message.timestamp.getTime() + OLDEST;
    if (!hopeless && inTime && message.attempts < tries) {
      const effect = effectIn(message.body);
      if (effect) {
        services.journal.outcome(effect, {
          outcome: 'retried',
          detail: `${code}, try ${message.attempts}`,
        });
        await keepPlace(effect, later, services);
      }
      if (queue === 'callbacks' && message.attempts === TELLING_TRY)
        await tellStuck(code, services);
      return { later, code };
    }
    await bury(
      { queue, work: message.body, code, reason: messageOf(error), attempts: message.attempts },
      services,
    );
    return { event: 'dead-letter.kept', queue, code };
  });
}

/** Runs every message of a batch on its own: an error of one is not the others'. */
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
          console.error({ event: 'queue.bug', queue: batch.queue, message: messageOf(error) });
        // Not even a dead letter could be kept: the same wait again, for as long as the queue keeps the message.
        const again: Ended = { later: Math.floor(backoff(message.attempts)) };
        ended = await Promise.resolve(failed(error, message)).catch(() => again);
      }
      if ('event' in ended) {
        message.ack();
        console.log(ended);
      } else if ('later' in ended) {
        console.log({
          event: 'queue.again',
          queue: batch.queue,
          attempts: message.attempts,
          ...ended,
        });
        message.retry({ delaySeconds: ended.later });
      } else message.ack();
    }),
  );
}

/** Those that stand in a line, the first come first. */
const byPlace = (a: Message<unknown>, b: Message<unknown>): number =>
  placeIn(a.body) - placeIn(b.body);

function placeIn(body: unknown): number {
  const lined = v.safeParse(v.object({ line: v.object({ place: v.number() }) }), body);
  return lined.success ? lined.output.line.place : 0;
}

/** The effect that a message holds, if it holds one. */
function effectIn(body: unknown): Effect | undefined {
  const work = v.safeParse(Work, body);
  return work.success && work.output.kind === 'effect' ? work.output : undefined;
}

/** How an effect ended, for the journal. `after`: who let it go on, and why, where it had been held. */
const endOf = (outcome: Delivered, after?: string): EffectEnd => {
  const more = after === undefined ? '' : `; ${after}`;
  if ('did' in outcome) return { outcome: 'done', detail: `${outcome.did}${more}` };
  return 'skipped' in outcome
    ? { outcome: 'skipped', detail: `${outcome.skipped}${more}` }
    : {
        outcome: 'waiting',
        detail: `${'held' in outcome ? outcome.held : outcome.reason}${more}`,
      };
};

/** Keeps a dead letter and tells the operator, once an hour for the same trouble; an alert of our own that died tells nobody again. */
async function bury(letter: DeadLetter, services: Services): Promise<void> {
  await services.deadLetters.keep(letter);
  const effect = effectIn(letter.work);
  if (effect) {
    services.journal.outcome(effect, {
      outcome: 'failed',
      detail: `${letter.code}: ${letter.reason}`,
    });
    await leaveLine(effect, services);
  }
  if (effect && isOwn(effect)) return;
  const what = effect
    ? `${effect.action} of rule ${effect.rule.name}`
    : letter.queue === 'callbacks'
      ? 'a callback'
      : 'a message';
  const text = `${letter.reason} (${letter.code}, ${letter.attempts} tries). It is kept: GET /v1/dead-letters shows it, POST /v1/dead-letters/{id}/redeliver tries again.`;
  await enqueue(
    [
      notice(
        `${what} went to the dead letters`,
        text,
        effect?.subject ?? noSubject(services.now()),
        services.now(),
      ),
    ],
    services,
  );
}

/** Tells the operator that callbacks wait, long before the first of them is a dead letter. */
const tellStuck = (code: string, services: Services): Promise<void> =>
  enqueue(
    [
      trouble(
        'callbacks wait and cannot be decided',
        `The reason is ${code}; the log says more. None is lost: they are tried again for about half a day, then kept as dead letters. GET /healthz names what is not well.`,
        services.now(),
        'critical',
      ),
    ],
    services,
  );

/** 5, 10, 20 … seconds, an hour at most, with up to a quarter of jitter. */
export const backoff = (attempts: number): number =>
  Math.min(5 * 2 ** Math.max(0, attempts - 1), 3_600) * (1 + Math.random() / 4);

const wait = (seconds: number, { settings }: Services): number =>
  Math.max(1, Math.floor(Math.min(seconds, settings.maxRetryDelay / 1000)));

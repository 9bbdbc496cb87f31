import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { codeOf, messageOf } from '../errors.ts';
import { actionsTotal, callbacksTotal, rulesTotal } from '../objects/metrics/definitions.ts';
import { recordState } from '../objects/record-state.ts';
import { type Decision, decide } from '../rules/decide/decide.ts';
import { earlierValues } from '../rules/decide/earlier-values.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import type { Deferred } from '../work/effect.ts';
import type { ActionOutcome, Services } from '../work/services.ts';
import { auditIndex } from './audit.ts';
import { dispatch } from './dispatch.ts';
import { callbacksOf, packBody } from './queue-message.ts';

/** Bodies above this size (bytes of JSON) go to R2: a queue message holds at most 128 KB. */
const INLINE_BODY = 100_000;

/** The answer to the sender of a callback. */
export interface Answer {
  readonly id: string;
  readonly trigger: string;
  readonly fired: readonly { readonly rule: string; readonly actions: readonly string[] }[];
}

/**
 * Takes a callback through the pipeline: record its state, decide, dispatch. When it returns, every state action is stored and
 * every effect is queued.
 * @param beforeDispatch called when a rule fired or failed, before anything can be sent out
 */
export async function ingest(
  callback: Callback,
  services: Services,
  beforeDispatch: () => void = () => {},
): Promise<Answer> {
  const { rulebooks, settings } = services;
  const rulebook = await services.rulebook();
  const shadow = rulebooks.inForce.shadow();
  const candidates = earlierValues(shadow ? [rulebook, shadow.rulebook] : [rulebook]);
  const { hash, encrypt } = services.dataKey;
  const preferencePath = settings.contactPreferencePath;
  const contacts = { hash, candidates, preferencePath };
  const recalled = await recordState(callback, services.objects, encrypt, contacts);
  const recall = async (name: string) => recalled[name];
  const decision = await decide(rulebook, callback, recall);
  const { fired, counted, erred } = decision;
  if (fired.length + counted.length + erred.length > 0) beforeDispatch();
  const outcomes = await dispatch(decision, callback, recall, services);
  services.journal.note({ callback, rulebook, decision, recalled, outcomes });
  countDecision(callback, decision, outcomes, services);
  if (shadow) await decideInShadow(shadow.rulebook, callback, recalled, services);
  if (Math.random() < settings.indexAuditRate)
    services.later(auditIndex({ callback, rulebook, decision, recall }, services));
  return {
    id: callback.id,
    trigger: callback.trigger,
    fired: fired.map(({ rule, actions }) => ({
      rule: rule.name,
      actions: actions.map(({ action }) => action),
    })),
  };
}

/** Counts a decision for `/metrics`. */
function countDecision(
  { trigger, subject }: Callback,
  { fired, erred }: Decision,
  outcomes: readonly ActionOutcome[],
  { metrics }: Pick<Services, 'metrics'>,
): void {
  const outcome = fired.length > 0 ? 'fired' : erred.length > 0 ? 'failed' : 'unmatched';
  metrics.count(callbacksTotal, { trigger, channel: subject.channel ?? '', outcome });
  for (const { rule } of fired) metrics.count(rulesTotal, { rule: rule.name, outcome: 'fired' });
  for (const { rule } of erred) metrics.count(rulesTotal, { rule, outcome: 'erred' });
  for (const { action, outcome: end } of outcomes)
    metrics.count(actionsTotal, { action, outcome: end });
}

/** Puts a callback that could not be ingested on the `callbacks` queue, from where it is ingested again. */
export async function defer(callback: Callback, reason: string, services: Services): Promise<void> {
  const body = await packBody(callback, 1, INLINE_BODY, services)();
  await services.callbacks.send({
    id: callback.id,
    body,
    receivedAt: callback.receivedAt,
    reason,
  });
}

/**
 * Ingests a deferred callback, or every one of a notification, and returns the answer of the first. A repetition changes nothing, so an
 * error halfway repeats them all. @throws the error that stopped it
 */
export async function ingestDeferred(deferred: Deferred, services: Services): Promise<Answer> {
  const [first, ...rest] = await callbacksOf(deferred, services);
  const answer = await ingest(first, services);
  for (const callback of rest) await ingest(callback, services);
  return answer;
}

/**
 * Lets a shadow rulebook decide the same callback. Its decision is journalled under its own version; nothing is dispatched. An
 * error is logged and never affects the callback.
 */
async function decideInShadow(
  rulebook: Rulebook,
  callback: Callback,
  recalled: Readonly<Record<string, FactValue>>,
  { journal }: Pick<Services, 'journal'>,
): Promise<void> {
  try {
    const decision = await decide(rulebook, callback, async (name) => recalled[name]);
    journal.note({ callback, rulebook, decision, recalled, outcomes: [], shadow: true });
  } catch (error) {
    console.error({
      // @event shadow.failed | A rulebook in shadow could not decide a callback. The active one
      //   is unaffected.
      event: 'shadow.failed',
      id: callback.id,
      code: codeOf(error),
      message: messageOf(error),
    });
  }
}

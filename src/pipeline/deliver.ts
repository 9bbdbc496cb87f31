import type { EffectContext } from '../actions/action.ts';
import { describeErasure } from '../actions/erase.ts';
import { actionNamed } from '../actions/index.ts';
import { raiseAlert } from '../alerts/alert-dispatcher.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { addressOf } from '../callbacks/shapes/parts.ts';
import { AppError, codeOf } from '../errors.ts';
import { withoutPerson } from '../objects/alerts/erase-people.ts';
import type { Effect, Outcome } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { openAlertContext } from './alert-context.ts';
import { isResolvable, runState } from './dispatch.ts';
import { leaveFifo, type OwnWait, waitForTurn } from './fifo.ts';
import { forwardTo } from './forward-delivery.ts';
import { holdReason } from './holds.ts';
import { refuseOwnDomain } from './loop-guard.ts';
import { hashPeople } from './people.ts';
import { dropAddresses, textOf, unpackAddresses } from './queue-message.ts';

/** How long one try may hold a claim, in milliseconds, unless the action defines it: longer than every timeout inside it. */
const LEASE = 60_000;

/** The outcome of an effect; `held`: it is stored for this reason until it is released. */
export type DeliveryOutcome = Outcome | { readonly held: string } | OwnWait;

/** Delivers one effect, once. @throws AppError when it failed; `retryable` tells whether another try makes sense */
export async function deliver(effect: Effect, services: Services): Promise<DeliveryOutcome> {
  const hold = await holdReason(effect, services);
  if (hold) return { held: hold.reason };
  const action = actionNamed(effect.action);
  if (action?.run) {
    // A state action that was held and released. The effect carries its facts; its key makes it run once.
    await runState(effect, (name) => factValue(effect.facts[name]), services);
    return { did: 'done after it was held' };
  }
  if (!action?.deliver)
    throw new AppError('action_impossible', `no effect is called "${effect.action}"`);
  const { claims } = services.objects;
  const context = await contextOf(effect, services);
  const key = (await action.claim?.(effect.params, context)) ?? effect.key;
  const lease = action.lease ?? LEASE;
  const holder = crypto.randomUUID();
  const claim = await claims.take(key, lease, services.now(), holder);
  if (claim === 'done') {
    await cleanUp(effect, services);
    return { skipped: 'already done' };
  }
  if (claim === 'held')
    return { later: lease / 2000, reason: 'another try is under way', itself: true };
  const lapsed = claim === 'lapsed';
  let outcome: DeliveryOutcome;
  try {
    outcome =
      (await waitForTurn(effect, services)) ??
      (await action.deliver(effect.params, { ...context, mayHaveRun: lapsed }));
  } catch (error) {
    // A definite failure frees the claim. One that may have taken effect lapses it, so that the next try checks first.
    await (lapsed || codeOf(error) === 'sinch_unsure'
      ? claims.lapse(key, holder)
      : claims.free(key, holder));
    throw error;
  }
  // Outside the `try`: a failure here must not free the claim of an effect that was delivered.
  if ('did' in outcome) await claims.done(key);
  // The outcome of the earlier try is still unknown: the next try must check.
  else if (lapsed) await ('later' in outcome ? claims.lapse(key, holder) : claims.done(key));
  // Skipped by this rule, but another rule may claim the same.
  else await claims.free(key, holder);
  if (!('later' in outcome)) await cleanUp(effect, services);
  return outcome;
}

/** Removes what an ended effect left: its place in order and its addresses in R2. */
async function cleanUp(effect: Effect, services: Services): Promise<void> {
  await leaveFifo(effect, services);
  await dropAddresses(effect, services);
}

/** The value of a fact that an effect carries, read from JSON. */
const factValue = (value: unknown): FactValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;

async function contextOf(effect: Effect, services: Services): Promise<EffectContext> {
  const { now, objects, dataKey } = services;
  const { subject } = effect;
  const person = addressOf(subject, subject.appId);
  return {
    effect,
    subject,
    now: now(),
    mayHaveRun: false,
    objects,
    dataKey,
    sinch: services.sinch,
    capabilityMaxAge: services.settings.capabilityMaxAge,
    async raise({ member, ...alert }) {
      const resolvable = isResolvable(member.rule, await services.rulebook());
      const carried = await unpackAddresses(effect, services);
      const all = person ? [person, ...carried] : carried;
      const people = await hashPeople(all, subject.contactId, services);
      const raised = { ...member, resolvable, people };
      const isErased = await objects.recipients.isErased(people, subject.eventTime);
      return raiseAlert(
        { ...alert, member: isErased ? withoutPerson(raised) : raised },
        await openAlertContext(services),
      );
    },
    forward: (to, id, body, orderingKey) =>
      forwardTo(to, { id, body, orderingKey }, effect, services),
    body: async () => {
      if (!effect.body) throw new AppError('action_impossible', 'the effect carries no body');
      return textOf(effect.body, services);
    },
    async archive(url, key) {
      await refuseOwnDomain(url, services);
      return services.archive.keep({ url, key, address: person, eventTime: subject.eventTime });
    },
    review: services.reviews.ask,
    closeReviews: services.reviews.closeMerged,
    addresses: () => unpackAddresses(effect, services),
    addressesOf: services.contacts.of,
    async erase(contactId, addresses) {
      const all = person ? [...addresses, person] : addresses;
      // The same callback also notes the contact's addresses, possibly later and by another clock.
      const { callbackId, receivedAt } = subject;
      const { name: rule, why: reason } = effect.rule;
      const cause = { id: effect.key, source: 'rule', actor: `rule ${rule}`, reason } as const;
      return describeErasure(
        await services.contacts.erase(contactId, all, { ...cause, rule, callbackId }, receivedAt),
      );
    },
  };
}

import type { EffectContext } from '../actions/action.ts';
import { erasedWords } from '../actions/erase.ts';
import { actionNamed } from '../actions/index.ts';
import { raiseAlert } from '../alerts/alert-dispatcher.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { addressOf } from '../callbacks/shapes/parts.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Effect, Outcome } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { addressesIn, dropAddresses } from './addresses.ts';
import { openTending } from './alerting.ts';
import { leaveLine, waitInLine } from './fifo.ts';
import { forwardTo } from './forward-delivery.ts';
import { heldBack } from './holds.ts';
import { textOf } from './ingest.ts';
import { refuseOwn } from './loop-guard.ts';
import { peopleIn } from './people.ts';
import { isResolvable } from './rule-summary.ts';
import { runState } from './run-state.ts';

/** How long one try may hold a claim, in milliseconds: longer than every timeout inside it. An action that takes longer says so. */
const LEASE = 60_000;

/** What became of an effect; `held`: it is laid away for this reason, until a person decides or a pause ends. */
export type Delivered = Outcome | { readonly held: string };

/** Does one effect, once. @throws AppError when it failed; its code says whether another try makes sense */
export async function deliver(effect: Effect, services: Services): Promise<Delivered> {
  const hold = await heldBack(effect, services);
  if (hold) return { held: hold.reason };
  const action = actionNamed(effect.action);
  if (action?.run) {
    // A state action that was held and let go. Its facts came along; its own ids make it once.
    await runState(effect, (name) => settled(effect.facts[name]), services);
    return { did: 'done, after it was held' };
  }
  if (!action?.deliver)
    throw new AppError('action_impossible', `no effect is called "${effect.action}"`);
  const { claims } = services.objects;
  const context = await contextOf(effect, services);
  const key = (await action.claim?.(effect.params, context)) ?? effect.key;
  const lease = action.lease ?? LEASE;
  const claim = await claims.take(key, lease, services.now());
  if (claim === 'done') {
    await letGo(effect, services);
    return { skipped: 'already done' };
  }
  if (claim === 'held') return { later: lease / 2000, reason: 'another try is under way' };
  const lapsed = claim === 'lapsed';
  let outcome: Outcome;
  try {
    outcome =
      (await waitInLine(effect, services)) ??
      (await action.deliver(effect.params, { ...context, lapsed }));
  } catch (error) {
    // A definite failure frees the claim; one that may have gone out keeps it, so that the next try looks first.
    await (lapsed || codeOf(error) === 'sinch_unsure' ? claims.lapse(key) : claims.free(key));
    throw error;
  }
  // Outside of the `try`: what was done and could not be noted must never look as if it had not happened.
  if ('did' in outcome) await claims.done(key);
  // Nobody has looked yet what became of the earlier try: the next one must.
  else if (lapsed) await ('later' in outcome ? claims.lapse(key) : claims.done(key));
  // What one rule leaves undone is still open to another that means the same.
  else await claims.free(key);
  if (!('later' in outcome)) await letGo(effect, services);
  return outcome;
}

/** An effect has ended: nothing of it waits anywhere, and nothing waits for it. */
async function letGo(effect: Effect, services: Services): Promise<void> {
  await leaveLine(effect, services);
  await dropAddresses(effect, services);
}

/** A fact that travelled with an effect, as JSON gives it back. */
const settled = (value: unknown): FactValue =>
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
    lapsed: false,
    objects,
    dataKey,
    sinch: services.sinch,
    async raise({ member, ...alarm }) {
      const resolvable = isResolvable(member.rule, await services.rulebook());
      const told = await addressesIn(effect, services);
      const named = person ? [person, ...told] : told;
      const people = await peopleIn(named, subject.contactId, services);
      return raiseAlert(
        { ...alarm, member: { ...member, resolvable, people } },
        await openTending(services),
      );
    },
    forward: (to, id, body, orderingKey) =>
      forwardTo(to, { id, body, orderingKey }, effect, services),
    body: async () => {
      if (!effect.body) throw new AppError('action_impossible', 'the effect carries no body');
      return textOf(effect.body, services);
    },
    async keep(url, key) {
      await refuseOwn(url, services);
      return services.archive.keep({ url, key, address: person, heardAt: subject.receivedAt });
    },
    review: services.reviews.ask,
    addresses: () => addressesIn(effect, services),
    addressesOf: services.contacts.of,
    async erase(contactId, addresses) {
      return erasedWords(
        await services.contacts.erase(contactId, person ? [...addresses, person] : addresses),
      );
    },
  };
}

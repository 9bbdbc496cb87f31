import type { Callback } from '../callbacks/callback.ts';
import { readCallbackText } from '../callbacks/callback.ts';
import { AppError } from '../errors.ts';
import { recordState } from '../objects/record-state.ts';
import { decide } from '../rules/decide/decide.ts';
import type { Body, Deferred } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { auditSieve } from './audit.ts';
import { bodyOf } from './body.ts';
import { perform } from './dispatch.ts';
import { decideInShadow } from './shadow.ts';

/** A body larger than this travels by R2: a queue message may have 128 KB. */
const INLINE_BODY = 100_000;

/** What the sender of a callback is told. */
export interface Answer {
  readonly id: string;
  readonly trigger: string;
  readonly fired: readonly { readonly rule: string; readonly actions: readonly string[] }[];
}

/**
 * The way of a callback: remember what it tells, decide, perform. When this returns, everything is stored or queued.
 * @param acts called before anything is done of which something may be sent out
 */
export async function pass(
  callback: Callback,
  services: Services,
  acts: () => void = () => {},
): Promise<Answer> {
  const { journal, rulebooks } = services;
  const recalled = await recordState(callback, services.objects, services.dataKey.encrypt);
  const recall = async (name: string) => recalled[name];
  const rulebook = await services.rulebook();
  const decision = await decide(rulebook, callback, recall);
  const { fired, counted, erred } = decision;
  if (fired.length + counted.length + erred.length > 0) acts();
  const performed = await perform(decision, callback, recall, services);
  journal.note({ callback, rulebook, decision, recalled, performed });
  const shadow = rulebooks.inForce.shadow();
  if (shadow) await decideInShadow(shadow.rulebook, callback, recalled, services);
  await auditSieve({ callback, rulebook, decision, recall }, services);
  return {
    id: callback.id,
    trigger: callback.trigger,
    fired: fired.map(({ rule, actions }) => ({
      rule: rule.name,
      actions: actions.map(({ action }) => action),
    })),
  };
}

/** Puts a callback that could not pass on the `callbacks` queue, where it takes the same way again. */
export async function defer(callback: Callback, reason: string, services: Services): Promise<void> {
  const body = await bodyOf(callback, 1, INLINE_BODY, services)();
  await services.callbacks.send({ body, receivedAt: callback.receivedAt, reason });
}

/** Takes a deferred callback the whole way again. @throws whatever stopped it */
export async function passDeferred(deferred: Deferred, services: Services): Promise<Answer> {
  return pass(await callbackOf(deferred, services), services);
}

/** A callback that was kept. @throws AppError `action_impossible` when R2 no longer has it, `callback_*` when it cannot be read */
export const callbackOf = async (
  { body, receivedAt }: Pick<Deferred, 'body' | 'receivedAt'>,
  services: Pick<Services, 'bodies'>,
): Promise<Callback> => readCallbackText(await textOf(body, services), receivedAt);

/** The text of a body. @throws AppError `action_impossible` when R2 no longer has it */
export async function textOf(body: Body, { bodies }: Pick<Services, 'bodies'>): Promise<string> {
  if ('text' in body) return body.text;
  const text = await bodies.read(body.key);
  if (text === undefined)
    throw new AppError('action_impossible', `the body ${body.key} is no longer kept`);
  return text;
}

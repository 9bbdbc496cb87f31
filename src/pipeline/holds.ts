import { actionNamed } from '../actions/index.ts';
import { messageOf } from '../errors.ts';
import type { Pause } from '../objects/pauses/pauses.ts';
import { withTimeout } from '../outbound/timeout.ts';
import type { Effect, Hold } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { alertOperator } from './enqueue.ts';
import { keepPlace } from './fifo.ts';
import { isOperatorAlert } from './operator-alert.ts';

type Held = Pick<Effect, 'key' | 'action' | 'params' | 'rule' | 'subject' | 'budget'>;

/** How long a budget is waited for, in milliseconds: a STOP is acknowledged only after it. */
const DEADLINE = 1_000;

/** Whether a pause can hold an action. One that is no longer defined is held. */
const isHoldable = (action: string): boolean => actionNamed(action)?.holdable ?? true;

/** The hold of a decided action: a pause, or a rule above its budget; `undefined` when it may run. */
export async function findHold(effect: Held, services: Services): Promise<Hold | undefined> {
  // An action that no pause can hold must run even when the pauses cannot be read.
  const pause = isHoldable(effect.action) ? await findPauseHold(effect, services) : undefined;
  return pause ?? (await findBudgetHold(effect, services));
}

/**
 * The reason why an effect is held, once it is stored as held; `undefined` when it may run. What counts is the pause in force now,
 * not the one known at the decision. So the effect is stored first, where the end of a pause releases it, and the pauses are read
 * again afterwards: a pause that has ended in between holds nothing.
 */
export async function holdReason(effect: Effect, services: Services): Promise<Hold | undefined> {
  // An operator alert is never held: it may report a hold.
  if (effect.released || isOperatorAlert(effect)) return undefined;
  let hold = effect.held ?? (await findHold(effect, services));
  while (hold) {
    await keepPlace(effect, Number.POSITIVE_INFINITY, services);
    await services.held.keep(effect, hold);
    if (hold.cause === 'budget') return hold;
    const { pauses } = services.objects;
    const inForce = pauseHold(effect, await pauses.pausesNow(services.now()));
    if (inForce?.pause === hold.pause) return hold;
    await services.held.remove(effect);
    hold = inForce ?? (await findBudgetHold(effect, services));
  }
  return undefined;
}

/** Returns why an action of an app that no rule asked for is paused; `undefined` where it is not. */
export async function pauseReason(
  action: string,
  app: string,
  { objects, now }: Pick<Services, 'objects' | 'now'>,
): Promise<string | undefined> {
  return pauseNamed({ action, app, everything: '' }, await objects.pauses.pauses(now()))?.reason;
}

const findPauseHold = async (effect: Held, { objects, now }: Services): Promise<Hold | undefined> =>
  pauseHold(effect, await objects.pauses.pauses(now()));

function pauseHold(
  { action, params, rule, subject }: Held,
  pauses: readonly Pause[],
): Hold | undefined {
  // Most callbacks meet no pause, and params need not be read.
  if (pauses.length === 0 || !isHoldable(action)) return undefined;
  const destination = actionNamed(action)?.destination?.(params);
  const names = { rule: rule.name, action, app: subject.appId, destination, everything: '' };
  return pauseNamed(names, pauses);
}

/** Returns the hold of the first pause that has one of these names. */
function pauseNamed(
  names: { readonly [K in Pause['kind']]?: string | undefined },
  pauses: readonly Pause[],
): Hold | undefined {
  const pause = pauses.find(({ kind, name }) => names[kind] === name);
  if (!pause) return undefined;
  const what = pause.kind === 'everything' ? 'everything' : `${pause.kind} ${pause.name}`;
  return {
    cause: 'pause',
    reason: `${what} is paused by ${pause.actor}: ${pause.reason}`,
    pause: pause.id,
  };
}

async function findBudgetHold(effect: Held, services: Services): Promise<Hold | undefined> {
  const { key, action, rule, subject } = effect;
  const own = actionNamed(action)?.budget;
  const budget = effect.budget ?? own;
  if (!budget) return undefined;
  const holds = own?.over !== 'run';
  const { pauses } = services.objects;
  const spent = pauses.spend(rule.name, action, key, budget, services.now(), !holds);
  const { allowed, first } = await withTimeout(DEADLINE, spent).catch((error: unknown) => {
    if (holds) throw error;
    // An action that runs above its budget must not depend on the count: a STOP takes effect at once.
    console.error({
      // @event budget.uncounted | A budget could not be counted. An action that protects people
      //   is executed all the same.
      event: 'budget.uncounted',
      rule: rule.name,
      action,
      message: messageOf(error),
    });
    return { allowed: true, first: false };
  });
  if (allowed) return undefined;
  const limit = `${budget.count} within ${budget.within / 60_000} minutes`;
  if (first)
    await alertOperator(
      {
        title: `rule ${rule.name} is above its budget for ${action}`,
        text: `The budget is ${limit}. ${holds ? HELD : runText(rule.name, action)}`,
        subject,
        severity: 'critical',
      },
      services,
    );
  return holds
    ? { cause: 'budget', reason: `rule ${rule.name} may ${action} ${limit}` }
    : undefined;
}

const HELD =
  'Further actions are held: GET /v1/held lists them, signalbox held release or drop decides.';

/** The text of an alert about an action that runs above its budget: how to stop the rule and revert its work. */
function runText(rule: string, action: string): string {
  const stop = isHoldable(action)
    ? `signalbox pause rule ${rule}, or rollback`
    : 'signalbox rollback, or publish without it (no pause holds this action)';
  const undoneBy = actionNamed(action)?.undoneBy;
  return `The action still runs. If the rule is wrong: ${stop}${undoneBy ? `; then ${undoneBy} reverts its work` : ''}.`;
}

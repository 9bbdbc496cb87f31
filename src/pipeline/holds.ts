import { BUDGETS } from '../actions/budget.ts';
import { messageOf } from '../errors.ts';
import type { Pause } from '../objects/pauses/pauses.ts';
import type { Effect, Hold } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { enqueue } from './enqueue.ts';
import { keepPlace } from './fifo.ts';
import { notice } from './operator-alert.ts';

/** What no pause holds back: a STOP counts at once, and what does nothing has nothing to wait for. */
export const NEVER_WAITS: ReadonlySet<string> = new Set(['suppress', 'ignore']);

/** How the work of a wrong rule is taken back, where a command does that. */
const UNDO: Readonly<Record<string, string>> = {
  suppress: '; then signalbox consent undo takes its work back',
  throttle: '; signalbox throttle <app> <channel> --lift takes its limits back',
};

/** How a wrong rule is stopped. */
const stopOf = (rule: string, action: string): string =>
  NEVER_WAITS.has(action)
    ? 'signalbox rollback, or publish without it (no pause holds this back)'
    : `signalbox pause rule ${rule}, or rollback`;

type Wanted = Pick<Effect, 'key' | 'action' | 'rule' | 'subject' | 'budget'>;

/**
 * Whether something that was decided must wait: a lever is pulled, or its rule is past its budget. `undefined`: go on.
 * A STOP never waits. Our own alerts never wait: they say that something waits.
 */
export async function holdOf(wanted: Wanted, services: Services): Promise<Hold | undefined> {
  if (wanted.rule.name === 'signalbox' || wanted.action === 'ignore') return undefined;
  // What never waits must not wait for the levers either, should they not answer.
  const paused = NEVER_WAITS.has(wanted.action) ? undefined : await pauseOf(wanted, services);
  return paused ?? (await overBudget(wanted, services));
}

/**
 * Why an effect waits now, laid away by then; `undefined`: it may be done.
 * A pause counts as long as it is in force, not as it was known when the work was decided. So the work is laid away first, where
 * whoever ends the pause finds it, and only then the levers are asked afresh: a pause that is over by then keeps nothing.
 */
export async function heldBack(effect: Effect, services: Services): Promise<Hold | undefined> {
  if (effect.released) return undefined;
  let hold = effect.held ?? (await holdOf(effect, services));
  while (hold) {
    await keepPlace(effect, Number.POSITIVE_INFINITY, services);
    await services.held.keep(effect, hold);
    if (hold.cause === 'budget') return hold;
    const { pauses } = services.objects;
    const inForce = pausing(effect, await pauses.pausesNow(services.now()));
    if (inForce?.pause === hold.pause) return hold;
    await services.held.remove(effect);
    hold = inForce ?? (await overBudget(effect, services));
  }
  return undefined;
}

const pauseOf = async (wanted: Wanted, { objects, now }: Services): Promise<Hold | undefined> =>
  pausing(wanted, await objects.pauses.pauses(now()));

function pausing({ action, rule, subject }: Wanted, pauses: readonly Pause[]): Hold | undefined {
  if (NEVER_WAITS.has(action)) return undefined;
  const names = { rule: rule.name, action, app: subject.appId, everything: '' };
  const pause = pauses.find(({ kind, name }) => names[kind] === name);
  if (!pause) return undefined;
  const what = pause.kind === 'everything' ? 'everything' : `${pause.kind} ${pause.name}`;
  return {
    cause: 'pause',
    reason: `${what} is paused by ${pause.actor}: ${pause.reason}`,
    pause: pause.id,
  };
}

async function overBudget(
  { key, action, rule, subject, budget }: Wanted,
  services: Services,
): Promise<Hold | undefined> {
  const own = BUDGETS[action];
  const allowance = budget ?? own;
  if (!allowance) return undefined;
  const held = own?.held ?? true;
  const { pauses } = services.objects;
  const { allowed, first } = await pauses
    .spend(rule.name, action, key, allowance, services.now())
    .catch((error: unknown) => {
      if (held) throw error;
      // What is never held must not wait for being counted: a STOP counts at once.
      console.error({
        event: 'budget.uncounted',
        rule: rule.name,
        action,
        message: messageOf(error),
      });
      return { allowed: true, first: false };
    });
  if (allowed) return undefined;
  const limit = `${allowance.count} within ${allowance.within / 60_000} minutes`;
  if (first) {
    const text = held
      ? `More than ${limit}. What comes now is held: GET /v1/held shows it, signalbox held release or drop decides.`
      : `More than ${limit}. It is done all the same. If the rule is wrong: ${stopOf(rule.name, action)}${UNDO[action] ?? ''}.`;
    await enqueue(
      [
        notice(
          `rule ${rule.name} is past its budget for ${action}`,
          text,
          subject,
          services.now(),
          'critical',
        ),
      ],
      services,
    );
  }
  return held ? { cause: 'budget', reason: `rule ${rule.name} may ${action} ${limit}` } : undefined;
}

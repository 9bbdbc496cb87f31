import * as v from 'valibot';
import { alert } from '../actions/alert.ts';
import { actionNamed } from '../actions/index.ts';
import { isRefused, whyNotAgain } from '../actions/parts/retry-limits.ts';
import { retry } from '../actions/retry.ts';
import type { Alerts } from '../alerts/config.ts';
import type { Callback } from '../callbacks/callback.ts';
import { AppError } from '../errors.ts';
import { type Foreseen, foresee } from '../pipeline/alert-preview.ts';
import { subjectOf } from '../pipeline/dispatch.ts';
import type { DecidedAction, Decision, Fired } from '../rules/decide/decide.ts';
import type { Recall } from '../rules/decide/observed-facts.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import { readFact } from '../rules/model/facts.ts';
import { Content } from '../rules/model/values.ts';
import type { World } from './world.ts';

/** An action of a rule that fired, and what came of it. */
export interface Act extends DecidedAction {
  readonly rule: string;
  /** Why it is not done, though it was decided. */
  readonly not?: string;
}

/** What a decision brings about in a story. */
export interface Acts {
  readonly acts: readonly Act[];
  readonly told: readonly Foreseen[];
}

/** What a story is played in. */
export interface Stage {
  readonly rulebook: Rulebook;
  /** `undefined`: there are none that could be read, and nobody is told. */
  readonly alerts: Alerts | undefined;
  readonly world: World;
}

/** Does what was decided, in memory: state actions in the world, alerts by their routes, retries as far as they would get. */
export async function act(
  decision: Decision,
  callback: Callback,
  recall: Recall,
  { rulebook, alerts, world }: Stage,
): Promise<Acts> {
  const acts: Act[] = [];
  const told: Foreseen[] = [];
  for (const fired of decision.fired) {
    const fresh: DecidedAction[] = [];
    for (const done of fired.actions) {
      const not = await whyNot(fired, done, { decision, callback, recall, world });
      acts.push({ ...done, rule: fired.rule.name, ...(not === undefined ? {} : { not }) });
      if (not === undefined && done.action === alert.name) fresh.push(done);
    }
    if (alerts)
      told.push(
        ...(await foresee(
          { ...fired, actions: fresh },
          callback,
          rulebook,
          alerts,
          callback.receivedAt,
        )),
      );
  }
  return { acts, told };
}

interface Doing {
  readonly decision: Decision;
  readonly callback: Callback;
  readonly recall: Recall;
  readonly world: World;
}

/** Does one action; says why not where it comes to nothing. */
async function whyNot(
  { rule }: Fired,
  { action: name, index, params }: DecidedAction,
  { decision, callback, recall, world }: Doing,
): Promise<string | undefined> {
  const action = actionNamed(name);
  const key = `${callback.id}/${rule.name}/${index}`;
  if (name === retry.name)
    return whyNoRetry(params, callback, Number((await recall('attempt')) ?? 0), world);
  if (!world.claim(key)) return 'it was done when the same callback came first';
  if (!action?.run) return undefined;
  const fact = (wanted: string) => readFact(decision, callback, wanted);
  try {
    const subject = subjectOf(callback);
    await action.run(params, {
      key,
      subject,
      rule: rule.name,
      rulebook: decision.version,
      fact,
      objects: world.objects,
    });
    return undefined;
  } catch (error) {
    if (error instanceof AppError && !error.retryable) return error.message;
    throw error;
  }
}

/** The params that decide whether a message goes out once more; the action's own schema has checked them. */
const RetryParams = v.object({
  at_most: v.number(),
  within: v.string(),
  content: v.optional(Content, 'marketing'),
});

function whyNoRetry(
  params: object,
  callback: Callback,
  attempt: number,
  world: World,
): string | undefined {
  const { messageId = '', channel = '', identity = '', identityAppId } = callback.subject;
  const wanted = v.parse(RetryParams, params);
  const wait = retry.delay?.(params, { attempt }) ?? 0;
  const over = whyNotAgain(
    wanted,
    { ...world.sendingsOf(messageId, callback.eventTime), attempt },
    callback.receivedAt + wait * 1_000,
  );
  if (over !== undefined) return over;
  const scopes = world.refusals({
    channel,
    identity,
    appId: identityAppId ?? callback.envelope.appId,
  });
  if (isRefused(wanted.content, scopes)) return 'the person asked for no more messages';
  if (!world.claim(`retry/${world.originOf(messageId).root}/${attempt + 1}`))
    return 'another rule, or the same callback, sent it again';
  return undefined;
}

import { actionNamed } from '../actions/index.ts';
import type { Alerts } from '../alerts/config.ts';
import type { Callback } from '../callbacks/callback.ts';
import { AppError } from '../errors.ts';
import { type AlertPreview, previewAlerts } from '../pipeline/alert-preview.ts';
import { contactAddresses, subjectOf } from '../pipeline/queue-message.ts';
import type { DecidedAction, Decision, Fired } from '../rules/decide/decide.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import { readFact } from '../rules/model/facts.ts';
import type { Recall } from '../rules/model/observed-facts.ts';
import type { World } from './world.ts';

/** An action of a rule that fired, and what came of it. */
export interface StoryAction extends DecidedAction {
  readonly rule: string;
  /** Why it is not done, though it was decided. */
  readonly not?: string;
}

/** What a decision brings about in a story. */
export interface StoryActions {
  readonly acts: readonly StoryAction[];
  readonly told: readonly AlertPreview[];
}

/** What a story is played in. */
export interface StoryContext {
  readonly rulebook: Rulebook;
  /** `undefined`: `alerts.json` is missing or invalid, and no alert is sent. */
  readonly alerts: Alerts | undefined;
  readonly world: World;
}

/** Does what was decided, in memory: state actions in the world, alerts by their routes, retries as far as they would get. */
export async function runDecision(
  decision: Decision,
  callback: Callback,
  recall: Recall,
  { rulebook, alerts, world }: StoryContext,
): Promise<StoryActions> {
  const acts: StoryAction[] = [];
  const told: AlertPreview[] = [];
  for (const fired of decision.fired) {
    const fresh: DecidedAction[] = [];
    for (const done of fired.actions) {
      const not = await whyNot(fired, done, { decision, callback, recall, world });
      acts.push({ ...done, rule: fired.rule.name, ...(not === undefined ? {} : { not }) });
      if (not === undefined) fresh.push(done);
    }
    if (alerts)
      told.push(
        ...(await previewAlerts(
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
  if (action?.simulate) {
    const attempt = Number((await recall('attempt')) ?? 0);
    return action.simulate(params, { callback, attempt, world });
  }
  if (!world.claim(key)) return 'it was done when the same callback came first';
  const run = action?.run ?? action?.prepare;
  if (!run) return undefined;
  const fact = (wanted: string) => readFact(decision, callback, wanted);
  try {
    const subject = subjectOf(callback);
    await run(params, {
      key,
      subject,
      rule: rule.name,
      rulebook: decision.version,
      fact,
      objects: world.objects,
      // A story stores no contacts: those of the callback are known.
      contactAddresses: async () => contactAddresses(callback),
    });
    return undefined;
  } catch (error) {
    if (error instanceof AppError && !error.retryable) return error.message;
    throw error;
  }
}

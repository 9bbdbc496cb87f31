import type { Action } from '../actions/action.ts';
import { actionNamed } from '../actions/index.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Decision, Fired } from '../rules/decide/decide.ts';
import { readFact } from '../rules/model/facts.ts';
import type { Effect, Subject, Work } from '../work/effect.ts';
import type { Performed, Services } from '../work/services.ts';
import { addressesFor, contactNotes } from './addresses.ts';
import { bodyOf } from './body.ts';
import { enqueue } from './enqueue.ts';
import { placeFor } from './fifo.ts';
import { holdOf } from './holds.ts';
import { cutToFit, fitSubject } from './message-size.ts';
import { notice } from './operator-alert.ts';
import { ruleWords } from './rule-summary.ts';
import { runState } from './run-state.ts';
import { tallyNote } from './threshold-note.ts';

/** A body larger than this travels by R2: a queue message may have 128 KB, and the facts and texts beside it take up to 84. */
const INLINE_BODY = 40_000;

/** How many characters the facts, and the texts, of one effect may have: three bytes each. */
const LONGEST = 12_000;

type Recall = (name: string) => Promise<FactValue>;

/**
 * Does what was decided: state actions are awaited in order, effects leave as one `sendBatch`, awaited.
 * An action that can never succeed is reported and stops nothing; any other failure is thrown, so that the callback is tried again.
 * Says what became of each action.
 * @param by what makes a repetition the same: the callback, or the window that made a rule with a threshold fire
 */
export async function perform(
  decision: Decision,
  callback: Callback,
  recall: Recall,
  services: Services,
  by: string = callback.id,
): Promise<readonly Performed[]> {
  // Most callbacks: no rule is about them, and they tell nothing.
  const { fired: found, counted, erred } = decision;
  if (found.length + counted.length + erred.length + callback.stateRecords.length === 0) return [];
  const performed: Performed[] = [];
  const whole = subjectOf(callback);
  const subject = fitSubject(whole);
  const fact = (name: string) => readFact(decision, callback, name);
  const problems: Work[] = decision.erred.map(({ rule, message }) =>
    notice(`rule ${rule} could not be decided`, message, subject, services.now()),
  );
  const work: Work[] = [];
  const forwards = decision.fired.reduce(
    (count, { actions }) =>
      count + actions.filter(({ action }) => actionNamed(action)?.carriesBody).length,
    0,
  );
  const body = bodyOf(callback, forwards, INLINE_BODY, services);

  for (const fired of decision.fired) {
    for (const { action: name, index, params } of fired.actions) {
      const action = actionNamed(name);
      const key = `${by}/${fired.rule.name}/${index}`;
      const what = { rule: fired.rule.name, action: name, position: index };
      if (!action || action.kind === 'record') {
        performed.push({ ...what, outcome: 'noted' });
        continue;
      }
      const effect: Effect = {
        kind: 'effect',
        key,
        action: name,
        params: cutToFit({ ...params }, LONGEST),
        rule: ruleWords(fired.rule),
        rulebook: decision.version,
        subject,
        facts: cutToFit(await factsFor(action, fired, fact, recall), LONGEST),
        addresses: [],
        budget: fired.rule.actions.find((call) => call.index === index)?.budget,
        ...(action.carriesBody ? { body: await body() } : {}),
      };
      if (action.kind === 'effect') {
        const addresses = await addressesFor(action, effect, callback, services);
        work.push({ ...effect, addresses, ...(await placeFor(action, effect, services)) });
        performed.push({ ...what, outcome: 'queued' });
        continue;
      }
      const hold = await holdOf(effect, services);
      if (hold) {
        work.push({ ...effect, held: hold });
        performed.push({ ...what, outcome: 'waiting', detail: hold.reason });
        continue;
      }
      const problem = await impossible(() =>
        runState({ ...effect, subject: whole }, fact, services),
      );
      performed.push({ ...what, outcome: problem ? 'failed' : 'done', detail: problem });
      if (problem)
        problems.push(
          notice(
            `${name} of rule ${fired.rule.name} is impossible`,
            problem,
            subject,
            services.now(),
          ),
        );
    }
  }
  for (const { rule } of decision.fired) {
    const about = { app_id: subject.appId, channel: subject.channel ?? '', at: subject.eventTime };
    for (const over of rule.resolves)
      work.push({ kind: 'ended', rule: over, actor: rule.name, ...about });
  }
  work.push(...contactNotes(callback, decision.version));
  work.push(...(await tallyNote(decision.counted, callback, recall, services)));
  await enqueue([...work, ...problems], services);
  return performed;
}

/** Runs a state action; a failure that no repetition mends comes back as its message. */
async function impossible(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof AppError && !error.retryable) return messageOf(error);
    throw error;
  }
}

async function factsFor(
  action: Action,
  fired: Fired,
  fact: (name: string) => FactValue,
  recall: Recall,
): Promise<Record<string, unknown>> {
  const facts: Record<string, unknown> = { ...fired.saw };
  for (const name of action.carriesFacts) facts[name] = fact(name) ?? (await recall(name));
  return facts;
}

/** A callback without its payload. */
export function subjectOf({
  id,
  trigger,
  envelope,
  subject,
  eventTime,
  receivedAt,
}: Callback): Subject {
  const { appId, projectId, correlationId } = envelope;
  return {
    callbackId: id,
    trigger,
    appId,
    projectId,
    ...subject,
    metadata: subject.metadata ?? envelope.messageMetadata,
    correlationId,
    eventTime,
    receivedAt,
  };
}

/** Whether an effect is one of Signalbox's own alerts: such a one never raises another. */
export const isOwn = (effect: Effect): boolean => effect.rule.name === 'signalbox';

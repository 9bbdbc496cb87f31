import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/fact.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Decision, Fired } from '../rules/decide.ts';
import { readFact } from '../rules/facts.ts';
import type { Action, StateContext } from './action.ts';
import { bodyOf } from './body.ts';
import type { Effect, Subject, Work } from './effect.ts';
import { actionNamed } from './index.ts';
import { notice } from './notice.ts';
import { ruleWords } from './rule-words.ts';
import type { Performed, Services } from './services.ts';
import { tallyNote } from './tally-note.ts';

/** A queue takes 100 messages or 256 KB in one `sendBatch`. Source: Cloudflare Queues, limits. */
const BATCH = { messages: 100, bytes: 240_000 };

/** A body larger than this travels by R2: a queue message may have 128 KB. */
const INLINE_BODY = 100_000;

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
  const performed: Performed[] = [];
  const subject = subjectOf(callback);
  const fact = (name: string) => readFact(decision, callback, name);
  const problems: Work[] = decision.erred.map(({ rule, message }) =>
    notice(`rule ${rule} could not be decided`, message, subject, services.now()),
  );
  const work: Work[] = [];
  const forwards = decision.fired.reduce(
    (count, { actions }) => count + actions.filter(({ action }) => actionNamed(action)?.carriesBody).length,
    0,
  );
  const body = bodyOf(callback, forwards, INLINE_BODY, services);

  for (const fired of decision.fired) {
    for (const { action: name, index, params } of fired.actions) {
      const action = actionNamed(name);
      const key = `${by}/${fired.rule.name}/${index}`;
      const what = { rule: fired.rule.name, action: name, place: index };
      if (action?.run) {
        const context: StateContext = {
          key,
          subject,
          rule: fired.rule.name,
          rulebook: decision.version,
          fact,
          entities: services.entities,
        };
        const problem = await impossible(() => action.run?.(params, context));
        performed.push({ ...what, outcome: problem ? 'failed' : 'done', detail: problem });
        if (problem)
          problems.push(notice(`${name} of rule ${fired.rule.name} is impossible`, problem, subject, services.now()));
      } else if (action?.deliver) {
        work.push({
          kind: 'effect',
          key,
          action: name,
          params: { ...params },
          rule: ruleWords(fired.rule),
          rulebook: decision.version,
          subject,
          facts: await factsFor(action, fired, fact, recall),
          addresses: callback.memories.flatMap((memory) => (memory.kind === 'contact' ? memory.addresses : [])),
          ...(action.carriesBody ? { body: await body() } : {}),
        });
        performed.push({ ...what, outcome: 'queued' });
      } else performed.push({ ...what, outcome: 'noted' });
    }
  }
  for (const { rule } of decision.fired) {
    const about = { app_id: subject.appId, channel: subject.channel ?? '', at: subject.eventTime };
    for (const over of rule.resolves) work.push({ kind: 'ended', rule: over, by: rule.name, ...about });
  }
  for (const memory of callback.memories) {
    if (memory.kind === 'contact' && memory.addresses.length > 0) {
      work.push({
        kind: 'contact',
        contactId: memory.contactId,
        addresses: [...memory.addresses],
        at: subject.eventTime,
      });
    }
  }
  work.push(...(await tallyNote(decision.counted, callback, recall, services)));
  await enqueue([...work, ...problems], services);
  return performed;
}

/** Runs a state action; a failure that no repetition mends comes back as its message. */
async function impossible(run: () => Promise<void> | undefined): Promise<string | undefined> {
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
  for (const name of action.wants) facts[name] = fact(name) ?? (await recall(name));
  return facts;
}

/** Puts work on the queue: one `sendBatch` unless it is too much for one. Waits are those of the actions, at most the setting's. */
export async function enqueue(work: readonly Work[], services: Services): Promise<void> {
  const messages = work.map((body) => ({ body, ...delayOf(body, services.settings.maxRetryDelay) }));
  let batch: typeof messages = [];
  let bytes = 0;
  for (const message of messages) {
    const size = JSON.stringify(message.body).length * 2;
    if (batch.length > 0 && (batch.length === BATCH.messages || bytes + size > BATCH.bytes)) {
      await services.effects.sendBatch(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) await services.effects.sendBatch(batch);
}

function delayOf(work: Work, most: number): { delaySeconds?: number } {
  if (work.kind !== 'effect') return {};
  const wanted = actionNamed(work.action)?.delay?.(work.params, work.facts);
  return wanted === undefined ? {} : { delaySeconds: Math.floor(Math.min(spread(wanted), most / 1000)) };
}

/** Up to a tenth more, so that what failed together does not return together. */
const spread = (seconds: number): number => seconds * (1 + Math.random() / 10);

/** A callback without its payload. */
export function subjectOf({ id, trigger, envelope, about, eventTime, receivedAt }: Callback): Subject {
  const { appId, projectId, correlationId } = envelope;
  return {
    callbackId: id,
    trigger,
    appId,
    projectId,
    ...about,
    metadata: about.metadata ?? envelope.messageMetadata,
    correlationId,
    eventTime,
    receivedAt,
  };
}

/** Whether an effect is one of Signalbox's own alerts: such a one never raises another. */
export const isOwn = (effect: Effect): boolean => effect.rule.name === 'signalbox';

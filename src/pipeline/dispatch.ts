import type { Action, StateContext } from '../actions/action.ts';
import { actionNamed } from '../actions/index.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import type { Address } from '../callbacks/model.ts';
import { triggerNamed } from '../callbacks/triggers/index.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Decision, Fired } from '../rules/decide/decide.ts';
import { describe } from '../rules/explain/describe.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { readFact } from '../rules/model/facts.ts';
import type { Effect, Work } from '../work/effect.ts';
import type { ActionOutcome, Services } from '../work/services.ts';
import { enqueue } from './enqueue.ts';
import { drawPlace } from './fifo.ts';
import { findHold } from './holds.ts';
import { operatorAlert } from './operator-alert.ts';
import {
  contactAddresses,
  contactNotes,
  cutToFit,
  fitSubject,
  packAddresses,
  packBody,
  subjectOf,
} from './queue-message.ts';
import { thresholdNotes } from './threshold-note.ts';

/** Bodies above this size (bytes of JSON) go to R2: a queue message holds 128 KB, facts and texts take up to 84 KB of it. */
const INLINE_BODY = 40_000;

/** The most characters of the facts, and of the params, of one effect; each takes up to three bytes. */
const MAX_CHARACTERS = 12_000;

type Recall = (name: string) => Promise<FactValue>;

/**
 * Dispatches a decision: awaits its state actions in order, then queues its effects in one `sendBatch`. A state action that can
 * never succeed raises an operator alert and does not stop the others; any other failure is thrown, so that the callback is retried.
 * Returns the outcome of each action.
 * @param cause what makes a repetition the same: the callback's id, or the window that made a threshold rule fire
 */
export async function dispatch(
  decision: Decision,
  callback: Callback,
  recall: Recall,
  services: Services,
  cause: string = callback.id,
): Promise<readonly ActionOutcome[]> {
  const { fired: all, counted, erred, version } = decision;
  // Most callbacks end here: no rule fires and there is nothing to record.
  const keepsBody = triggerNamed(callback.trigger)?.keepsBody ?? false;
  const ends = all.length + counted.length + erred.length + callback.stateRecords.length === 0;
  if (ends && !keepsBody) return [];
  const whole = subjectOf(callback);
  const subject = fitSubject(whole);
  const fact = (name: string) => readFact(decision, callback, name);
  const named = contactAddresses(callback);
  const outcomes: ActionOutcome[] = [];
  const work: Work[] = [];
  const alerts: Work[] = erred.map(({ rule, message: text }) =>
    operatorAlert({ title: `rule ${rule} could not be decided`, text, subject }, services.now()),
  );
  const carrying = all.flatMap(({ actions }) =>
    actions.filter(({ action }) => actionNamed(action)?.carriesBody),
  );
  const copies = carrying.length + (keepsBody ? 1 : 0);
  const body = packBody(callback, copies, INLINE_BODY, services);

  for (const fired of all) {
    const { rule, actions } = fired;
    for (const { action: name, index, params } of actions) {
      const action = actionNamed(name);
      const about = { rule: rule.name, action: name, position: index };
      if (!action || action.kind === 'record') {
        outcomes.push({ ...about, outcome: 'noted' });
        continue;
      }
      const effect: Effect = {
        kind: 'effect',
        key: `${cause}/${rule.name}/${index}`,
        action: name,
        params: cutToFit({ ...params }, MAX_CHARACTERS),
        rule: summarizeRule(rule),
        rulebook: version,
        subject,
        facts: cutToFit(await factsFor(action, fired, fact, recall), MAX_CHARACTERS),
        addresses: [],
        budget: rule.actions.find((call) => call.index === index)?.budget,
        ...(action.carriesBody ? { body: await body() } : {}),
      };
      if (action.kind === 'effect') {
        const { prepare } = action;
        const broken =
          prepare &&
          (await permanentFailure(() =>
            prepare(
              effect.params,
              stateContext({ ...effect, subject: whole }, fact, services, named),
            ),
          ));
        if (broken) alerts.push(impossible(name, rule.name, broken, subject, services));
        const { orderingKey } = action;
        if (action.carriesAddresses)
          effect.addresses = await packAddresses(action, effect, callback, services);
        const key = orderingKey?.(effect.params);
        if (key !== undefined) effect.fifo = await drawPlace(key, effect, services);
        work.push(effect);
        outcomes.push({ ...about, outcome: 'queued' });
        continue;
      }
      const hold = await findHold(effect, services);
      if (hold) {
        work.push({ ...effect, held: hold });
        outcomes.push({ ...about, outcome: 'waiting', detail: hold.reason });
        continue;
      }
      const failure = await permanentFailure(() =>
        runState({ ...effect, subject: whole }, fact, services, named),
      );
      outcomes.push({ ...about, outcome: failure ? 'failed' : 'done', detail: failure });
      if (failure) alerts.push(impossible(name, rule.name, failure, subject, services));
    }
  }
  for (const { rule } of all) {
    const sender = { app_id: subject.appId, channel: subject.channel ?? '', at: subject.eventTime };
    for (const resolved of rule.resolves)
      work.push({ kind: 'ended', rule: resolved, actor: rule.name, ...sender });
  }
  if (callback.stateRecords.length > 0) work.push(...contactNotes(callback, version));
  if (keepsBody) {
    const { id, receivedAt } = callback;
    work.push({ kind: 'kept-body', id, body: await body(), receivedAt });
  }
  if (counted.length > 0) work.push(...(await thresholdNotes(counted, callback, recall, services)));
  await enqueue([...work, ...alerts], services);
  return outcomes;
}

/**
 * Runs a state action. @throws the error that stopped it
 * @param named the addresses of contacts that the callback contains
 */
export async function runState(
  effect: Effect,
  fact: (name: string) => FactValue,
  services: Pick<Services, 'objects' | 'contacts'>,
  named: readonly Address[] = [],
): Promise<void> {
  const { action, params } = effect;
  const run = actionNamed(action)?.run;
  if (!run) throw new AppError('action_impossible', `no state action is called "${action}"`);
  await run(params, stateContext(effect, fact, services, named));
}

const stateContext = (
  { key, subject, rule, rulebook }: Effect,
  fact: (name: string) => FactValue,
  { objects, contacts }: Pick<Services, 'objects' | 'contacts'>,
  named: readonly Address[],
): StateContext => ({
  key,
  subject,
  rule: rule.name,
  rulebook,
  fact,
  objects,
  contactAddresses: async () => {
    const { contactId } = subject;
    const all = [...named, ...(contactId ? await contacts.of(contactId) : [])];
    return [...new Map(all.map((address) => [JSON.stringify(address), address])).values()];
  },
});

const impossible = (
  action: string,
  rule: string,
  text: string,
  subject: Effect['subject'],
  { now }: Services,
): Effect =>
  operatorAlert({ title: `${action} of rule ${rule} is impossible`, text, subject }, now());

/** Runs a state action and returns the message of a failure that no retry can fix. @throws any other failure */
async function permanentFailure(run: () => Promise<void>): Promise<string | undefined> {
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

const sentences = new WeakMap<CompiledRule, string>();

/** The part of a rule that an effect carries. */
export function summarizeRule(rule: CompiledRule): Effect['rule'] {
  const { name, owner, why, labels, nextStep } = rule;
  const sentence = sentences.get(rule) ?? describe(rule);
  sentences.set(rule, sentence);
  return { name, owner, why, sentence, ...(nextStep ? { nextStep } : {}), labels };
}

const resolvedRules = new WeakMap<Rulebook, ReadonlySet<string>>();

/** Whether another rule resolves this rule's alerts. */
export function isResolvable(rule: string, rulebook: Rulebook): boolean {
  const known =
    resolvedRules.get(rulebook) ??
    new Set(rulebook.rules.flatMap((other) => (other.enabled ? other.resolves : [])));
  resolvedRules.set(rulebook, known);
  return known.has(rule);
}

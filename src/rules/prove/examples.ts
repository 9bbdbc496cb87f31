import { type Callback, readCallbacks } from '../../callbacks/callback.ts';
import { messageOf } from '../../errors.ts';
import { evaluateRule } from '../decide/evaluate.ts';
import { explainRule } from '../explain/explain-rule.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { type ObservedFacts, observeFacts } from '../model/observed-facts.ts';
import type { Example } from '../model/rule.ts';
import { evaluateNode } from '../model/tree.ts';
import { milliseconds } from '../model/values.ts';
import { readGiven, withFacts } from './given.ts';
import { runSequence } from './sequence.ts';

/** The result of an example. */
export interface ExampleResult {
  readonly rule: string;
  readonly example: string;
  readonly expected: boolean;
  /** `undefined` if the example could not be run. */
  readonly fired: boolean | undefined;
  readonly passed: boolean;
  /** Why the rule fired or did not, or what is wrong with the example. */
  readonly sentence: string;
}

/**
 * Runs one example of a rule on its own, regardless of other rules and even if the rule is disabled. `given` provides facts
 * that Signalbox would recall, and can replace any other fact. Never throws.
 */
export async function runExample(
  rulebook: Rulebook,
  rule: CompiledRule,
  example: Example,
): Promise<ExampleResult> {
  const result = (fired: boolean | undefined, sentence: string): ExampleResult => ({
    rule: rule.name,
    example: example.name,
    expected: example.fires,
    fired,
    passed: fired === example.fires,
    sentence,
  });
  try {
    if (rule.threshold) {
      const { fired, sentence } = await countExample(rulebook, rule, example);
      return result(fired, sentence);
    }
    if (example.before || example.times !== undefined)
      return result(undefined, '"before" and "times" are for rules with a "threshold"');
    const { callback, seen, fired } = await openDecided(rulebook, rule, example);
    if (!rule.on.includes(callback.trigger)) {
      return result(
        false,
        `${rule.name} did not fire: the callback is ${callback.trigger}, the rule listens to ${rule.on.join(', ')}`,
      );
    }
    return result(fired, explainRule(rule, seen, fired).sentence);
  } catch (error) {
    return result(undefined, messageOf(error));
  }
}

/** A callback and its facts. */
export interface OpenedCallback {
  readonly callback: Callback;
  readonly seen: ObservedFacts;
}

/** Reads an example's callback and its facts, each where it is a notification that holds several. Throws if the example cannot be read. */
export async function openExample(
  { lists }: Pick<Rulebook, 'lists'>,
  example: Example,
): Promise<readonly [OpenedCallback, ...OpenedCallback[]]> {
  const given = readGiven(example);
  const opened = (read: Callback): OpenedCallback => {
    const callback = withFacts(read, given);
    return { callback, seen: observeFacts(callback, lists, async (name) => given.get(name)) };
  };
  const [first, ...rest] = await readCallbacks(bytesOf(example), receiptOf(example));
  return [opened(first), ...rest.map(opened)];
}

/** Returns the callback of an example for which the rule fires, with its facts; without one, the first. Throws if the example cannot be read. */
export async function openDecided(
  rulebook: Pick<Rulebook, 'lists'>,
  rule: CompiledRule,
  example: Example,
): Promise<OpenedCallback & { readonly fired: boolean }> {
  const all = await openExample(rulebook, example);
  for (const { callback, seen } of all) {
    if (!rule.on.includes(callback.trigger)) continue;
    await seen.fetch(rule.uses);
    if (evaluateNode(rule.when, seen.peek) === false) continue;
    if (await evaluateRule(rule, seen)) return { callback, seen, fired: true };
  }
  return { ...all[0], fired: false };
}

/** Runs an example of a rule with a threshold. Throws if the example cannot be read. */
export const countExample = (rulebook: Rulebook, rule: CompiledRule, example: Example) =>
  runSequence(rulebook, rule, eventsOf(example));

/** Returns the callbacks of an example of a rule with a threshold, in order, on a virtual clock. */
async function* eventsOf(example: Example): AsyncGenerator<Callback> {
  const given = readGiven(example);
  let clock = receiptOf(example);
  let place = 0;
  for (const { callback, times = 1, every = '1s' } of [...(example.before ?? []), example]) {
    const receivedAt = receiptOf({ ...example, callback });
    const event = (await readCallbacks(bytesOf({ callback }), receivedAt)).map((read) =>
      withFacts(read, given),
    );
    for (let turn = 0; turn < times; turn++) {
      if (place > 0) clock += milliseconds(every);
      for (const read of event)
        yield {
          ...read,
          id: `${read.id}/${place}`,
          receivedAt: clock,
          eventTime: clock - receivedAt + read.eventTime,
        };
      place++;
    }
  }
}

const bytesOf = ({ callback }: Pick<Example, 'callback'>): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(callback));

/** The time of receipt: `at` of the example, or else the latest time in the callback, so that an example does not depend on today's date. */
function receiptOf({ at, callback }: Pick<Example, 'at' | 'callback'>): number {
  if (at !== undefined) return Date.parse(at);
  const times = [callback.accepted_time, callback.event_time].map((time) =>
    typeof time === 'string' ? Date.parse(time) : Number.NaN,
  );
  return Math.max(0, ...times.filter((time) => !Number.isNaN(time)));
}

import { emptyRecall, readAllStored } from '../../authoring/first-sight.ts';
import { messageBody } from '../../authoring/message-body.ts';
import { type Callback, readCallbacks } from '../../callbacks/callback.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { AppError } from '../../errors.ts';
import { explain } from '../../rules/explain/explain.ts';
import type { Explanation } from '../../rules/explain/explanation.ts';
import { readGiven, withFacts } from '../../rules/prove/given.ts';
import { type Book, bookOf, type Memory } from './book.ts';
import type { Attempt, Result, Trial } from './protocol.ts';

/** What the rulebook in force and the draft make of a callback. @throws AppError where it cannot be read */
export async function tryCallback(attempt: Attempt, memory: Memory): Promise<Trial> {
  const body = bodyOf(attempt, memory.now);
  const callbacks = await callbacksOf(body, attempt, memory.now);
  const base = await resultsOfAll(callbacks, attempt, bookOf('base', memory));
  const draft =
    Object.keys(memory.changes).length === 0
      ? []
      : await resultsOfAll(callbacks, attempt, bookOf('draft', memory));
  return { trigger: callbacks[0].trigger, callback: body, base, draft };
}

function bodyOf({ json, message, at }: Attempt, now: number): Record<string, unknown> {
  if (message) return messageBody(message, Date.parse(at ?? '') || now);
  const body: unknown = parse(json ?? '');
  if (!isRecord(body)) throw new AppError('bad_request', 'expected a callback: a JSON object');
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError(
      'bad_request',
      `this is not JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}

type Callbacks = readonly [Callback, ...Callback[]];

async function callbacksOf(
  body: Record<string, unknown>,
  { at, given = {} }: Attempt,
  now: number,
): Promise<Callbacks> {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const received = at === undefined ? Number.NaN : Date.parse(at);
  const [first, ...rest] = Number.isNaN(received)
    ? await readAllStored(bytes, now)
    : await readCallbacks(bytes, received);
  const facts = readGiven({ given });
  return [withFacts(first, facts), ...rest.map((callback) => withFacts(callback, facts))];
}

/** Of a notification with several callbacks, each rule is shown for the one that it fires on. */
async function resultsOfAll(
  callbacks: Callbacks,
  attempt: Attempt,
  book: Book,
): Promise<readonly Result[]> {
  const each = await Promise.all(callbacks.map((one) => resultsOf(one, attempt, book)));
  const [first = []] = each;
  return first.map(
    (shown) => each.flat().find(({ rule, fired }) => fired && rule === shown.rule) ?? shown,
  );
}

async function resultsOf(
  callback: Callback,
  { given = {} }: Attempt,
  { rulebook }: Book,
): Promise<readonly Result[]> {
  const facts = readGiven({ given });
  const recalled = emptyRecall(callback);
  const explained = await explain(rulebook, callback, async (name) =>
    facts.has(name) ? facts.get(name) : recalled(name),
  );
  const listening = new Set(explained.map(({ rule }) => rule));
  const others = rulebook.rules.filter(({ name }) => !listening.has(name));
  return [
    ...explained.map(resultOf),
    ...others.map(({ name, on }) => ({
      rule: name,
      fired: false,
      outcome: 'not-listening',
      reason: `it listens to ${on.join(', ')}; the callback is ${callback.trigger}`,
    })),
  ];
}

/** The reason is the sentence of `explain` without the rule's name before it. */
function resultOf({ rule, outcome, sentence }: Explanation): Result {
  const rest = sentence.startsWith(`${rule} `) ? sentence.slice(rule.length + 1) : sentence;
  return {
    rule,
    fired: outcome === 'fired',
    outcome,
    reason: rest.replace(/^(fired|did not fire): /, ''),
  };
}

import * as v from 'valibot';
import type { DecidedAction } from '../decide/decide.ts';

/** An action that a guardrail or a story expects. Only the params that matter are named. */
export const ExpectedAction = v.union([
  v.string(),
  v.strictObject({ action: v.string(), params: v.optional(v.record(v.string(), v.unknown()), {}) }),
]);
export type ExpectedAction = v.InferOutput<typeof ExpectedAction>;

/** The name of an expected action. */
export const actionNameOf = (expected: ExpectedAction): string =>
  typeof expected === 'string' ? expected : expected.action;

/** Whether a decided action is the expected one and has the named params. */
export function matchesExpected(
  expected: ExpectedAction,
  decided: Pick<DecidedAction, 'action' | 'params'>,
): boolean {
  const params = typeof expected === 'string' ? {} : expected.params;
  return (
    decided.action === actionNameOf(expected) &&
    Object.entries(params).every(
      ([key, value]) => JSON.stringify(Reflect.get(decided.params, key)) === JSON.stringify(value),
    )
  );
}

/** An expected action in words: `suppress (scope all)`. */
export function expectedActionWords(expected: ExpectedAction): string {
  const params = typeof expected === 'string' ? [] : Object.entries(expected.params);
  const words = params.map(
    ([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const name = actionNameOf(expected);
  return words.length === 0 ? name : `${name} (${words.join(', ')})`;
}

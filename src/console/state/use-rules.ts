import type { Operations } from '../worker/protocol.ts';
import { draft } from './draft.ts';
import { quick } from './evaluator.ts';
import { type Loaded, useLoad } from './load.ts';
import { inForce, openRulebook } from './rulebook.ts';
import { useStore } from './store.ts';

/**
 * Asks the evaluator about the rulebook, and again whenever the rulebook in force or the draft changes.
 * `key` must differ for different inputs.
 */
export function useRules<Name extends keyof Operations>(
  name: Name,
  key: string,
  input: Parameters<Operations[Name]>[0],
): Loaded<ReturnType<Operations[Name]>> {
  const version = useStore(inForce)?.version ?? '';
  const changes = useStore(draft)?.changes;
  return useLoad(`${name} ${key} ${version} ${stamp(changes)}`, async () => {
    await openRulebook();
    return quick.ask(name, input);
  });
}

const stamps = new WeakMap<object, number>();
let last = 0;

/** A number for each object: two drafts are the same if they are the same object. */
export function stamp(value: object | undefined): number {
  if (!value) return 0;
  const known = stamps.get(value) ?? ++last;
  stamps.set(value, known);
  return known;
}

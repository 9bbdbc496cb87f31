import { useEffect, useState } from 'preact/hooks';
import type { WholeCheck } from '../worker/protocol.ts';
import { draft } from './draft.ts';
import { whole } from './evaluator.ts';
import { type Loaded, useLoad } from './load.ts';
import { inForce, openRulebook } from './rulebook.ts';
import { useStore } from './store.ts';
import { stamp } from './use-rules.ts';

/** How long the draft must rest before the whole rulebook is checked, in milliseconds. */
const REST = 250;

/** Checks the whole draft: findings, examples, guardrails, stories. It begins when the author pauses typing. */
export function useWholeCheck(): Loaded<WholeCheck> {
  const version = useStore(inForce)?.version ?? '';
  const changes = useStore(draft)?.changes;
  const now = `${version} ${stamp(changes)}`;
  const [rested, setRested] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setRested(now), REST);
    return () => clearTimeout(timer);
  }, [now]);
  const loaded = useLoad(rested, async () => {
    await openRulebook();
    return whole.ask('whole', 'draft');
  });
  return { ...loaded, loading: loaded.loading || rested !== now };
}

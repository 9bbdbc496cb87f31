import type { Decision } from '../../api/decisions/decisions.ts';
import { call } from '../api.ts';
import type { Paged } from '../parts/more.tsx';

export type { Decision } from '../../api/decisions/decisions.ts';

/** A page of decisions that fit the filters. It is empty only at the end: the Worker answers empty pages on the way. */
export async function loadDecisions(
  query: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Paged<Decision>> {
  const { decisions, next } = await call<{
    decisions: readonly Decision[];
    next: string | null;
  }>('GET', '/v1/decisions', { query, ...(signal && { signal }) });
  if (decisions.length > 0 || next === null) return { items: decisions, next };
  return loadDecisions({ ...query, cursor: next }, signal);
}

import type { Product } from './house.ts';
import type { Operation } from './load/operations.ts';
import { type Ran, type RunOptions, runSeed } from './run.ts';

/** The most runs that shrinking a failure takes. */
const MOST_RUNS = 80;

/**
 * Finds fewer operations with which a run still violates the same invariant: halves, quarters and
 * so on are left out, as long as it fails.
 */
export async function shrink(product: Product, failed: Ran, options: RunOptions): Promise<Ran> {
  const wanted = failed.violations[0]?.invariant;
  let smallest = failed;
  let runs = 0;
  const fails = async (operations: readonly Operation[]): Promise<Ran | undefined> => {
    if (runs++ >= MOST_RUNS) return undefined;
    const ran = await runSeed(product, { ...options, operations, traced: false });
    return ran.violations.some(({ invariant }) => invariant === wanted) ? ran : undefined;
  };
  for (let parts = 2; runs < MOST_RUNS; ) {
    const { length } = smallest.operations;
    const size = Math.ceil(length / Math.min(parts, length));
    let isSmaller = false;
    for (let from = 0; from < length && length > 1; from += size) {
      const rest = smallest.operations.filter((_, place) => place < from || place >= from + size);
      const ran = await fails(rest);
      if (!ran) continue;
      smallest = ran;
      isSmaller = true;
      break;
    }
    if (isSmaller) continue;
    if (parts >= length) break;
    parts *= 2;
  }
  return runSeed(product, { ...options, operations: smallest.operations, traced: true });
}

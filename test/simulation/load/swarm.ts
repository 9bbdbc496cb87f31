import type { Random } from '../../../src/simulator/world/random.ts';
import type { Kind } from './draw.ts';
import { LENGTH } from './operations.ts';

/**
 * How much happens in a run, before storms and races add theirs. A run takes as long as what happens
 * in it, and few things that meet show most faults; the largest is there for what needs a crowd.
 */
const SIZES = [3, 4, 5, 6, 8, 16] as const;

/** How likely a kind of load is part of a run. */
const KEPT = 0.6;

/** Within what part of the time of a run its load begins, so that few things also meet. */
const SPANS = [0.2, 0.5, 1] as const;

/**
 * Draws what begins when in a run. Each run has a size of its own, some of the kinds and part of
 * the time: a run with all kinds has little of each, and what one kind prevents is never seen.
 * Source: Groce and others, Swarm Testing, ISSTA 2012.
 */
export function drawSwarm(
  random: Random,
  kinds: readonly Kind[],
): readonly { readonly make: Kind[1]; readonly at: number }[] {
  const size = random.pick(SIZES);
  const some = kinds.filter(() => random.chance(KEPT));
  const drawn = some.length > 0 ? some : kinds;
  const span = LENGTH * random.pick(SPANS);
  const from = random.between(0, LENGTH - span);
  const total = drawn.reduce((sum, [weight]) => sum + weight, 0);
  return Array.from({ length: size }, () => {
    let left = random.next() * total;
    const chosen = drawn.find(([weight]) => {
      left -= weight;
      return left < 0;
    });
    const [, make] = chosen ?? random.pick(drawn);
    return { make, at: from + random.between(0, span) };
  });
}

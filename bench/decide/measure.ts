/** Something to be timed: one pass over all callbacks. */
export interface Contender {
  readonly name: string;
  readonly pass: () => Promise<void>;
}

/** How much time is spent. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds that a contender's turn lasts at least; one pass where that takes longer. */
  readonly turn: number;
}

/** Rounds for whoever needs seconds for one pass: enough for a median. */
const SLOW = { pass: 2_000, rounds: 3 };

/**
 * Times contenders in turns: every round asks each of them once, so that whatever slows the machine down slows all of
 * them. Milliseconds a pass, the median of the rounds.
 */
export async function measure(
  contenders: readonly Contender[],
  { rounds, turn }: Effort,
): Promise<ReadonlyMap<string, number>> {
  const found: {
    readonly contender: Contender;
    readonly passes: number;
    readonly every: number;
    times: number[];
  }[] = [];
  for (const contender of contenders) {
    const first = await timed(contender, 1);
    // The second pass knows what the first one had to learn.
    const pass = first > SLOW.pass ? first : await timed(contender, 1);
    found.push({
      contender,
      passes: Math.max(1, Math.ceil(turn / pass)),
      every: pass > SLOW.pass ? Math.max(1, Math.floor(rounds / SLOW.rounds)) : 1,
      times: [],
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, passes, every, times } of found) {
      if (round % every !== 0 || (every > 1 && times.length === SLOW.rounds)) continue;
      times.push(await timed(contender, passes));
    }
  }
  return new Map(found.map(({ contender, times }) => [contender.name, median(times)]));
}

async function timed({ pass }: Contender, passes: number): Promise<number> {
  // Nobody pays for another's garbage. Only the young is taken out: a full collection would throw compiled code away.
  globalThis.gc?.({ type: 'minor' });
  const start = performance.now();
  for (let at = 0; at < passes; at++) await pass();
  return (performance.now() - start) / passes;
}

/** The middle one; of an even number, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

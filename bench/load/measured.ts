/** Ten seconds of a load. Latencies are milliseconds. */
export interface LoadTurn {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly sent: number;
  /** The resident memory of workerd at its end, in MB. */
  readonly rssMb: number;
  /** How many messages wait on the queues at its end. */
  readonly waiting: number;
}

/** What a load came to: medians of its turns. */
export interface LongLoad {
  readonly seconds: number;
  readonly connections: number;
  readonly sent: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Memory at the end, as a multiple of that at the beginning: 1 is flat. */
  readonly memory: number;
  /** How long the queues took until they were empty, in milliseconds; missing: they were not within ten minutes. */
  readonly drainedMs?: number | undefined;
  readonly turns: readonly LoadTurn[];
}

/** Returns the memory of the last third of the turns, as a multiple of that of the first third. */
export function flatness(turns: readonly Pick<LoadTurn, 'rssMb'>[]): number {
  const third = Math.max(1, Math.floor(turns.length / 3));
  const mean = (some: readonly Pick<LoadTurn, 'rssMb'>[]): number =>
    some.reduce((sum, { rssMb }) => sum + rssMb, 0) / some.length;
  return mean(turns.slice(-third)) / mean(turns.slice(0, third));
}

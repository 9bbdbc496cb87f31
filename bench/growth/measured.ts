/** What a replay needed when so much of it was done. Megabytes. */
export interface GrowthRow {
  /** 0.25 is a quarter. */
  readonly part: number;
  readonly callbacks: number;
  /** What is in use after a full collection: what the replay keeps. */
  readonly heapMb: number;
  /** All that the process holds, garbage included. */
  readonly rssMb: number;
  /** Callbacks a second since the row before. */
  readonly perSecond: number;
}

/** One replay of many callbacks. */
export interface Growth {
  readonly rules: number;
  readonly callbacks: number;
  readonly people: number;
  /** The most that the heap was allowed to hold, in megabytes. */
  readonly heapLimitMb: number;
  readonly fired: number;
  readonly rows: readonly GrowthRow[];
}

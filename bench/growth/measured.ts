/** What a process needed when so much of its work was done. Megabytes. */
export interface GrowthRow {
  /** 0.25 is a quarter. */
  readonly part: number;
  readonly callbacks: number;
  /** What is in use after a full collection: what the process keeps. */
  readonly heapMb: number;
  /** All that the process holds, garbage included. */
  readonly rssMb: number;
  /** Callbacks a second since the row before. */
  readonly perSecond: number;
}

/** A replay of many callbacks, and a backtest of them. */
export interface Growth {
  readonly rules: number;
  readonly callbacks: number;
  readonly people: number;
  /** The most that the heap was allowed to hold, in megabytes. */
  readonly heapLimitMb: number;
  readonly fired: number;
  readonly rows: readonly GrowthRow[];
  /** Results of before do not have it. */
  readonly backtest?: {
    /** Callbacks for which the rulebooks differ. */
    readonly changed: number;
    readonly rows: readonly GrowthRow[];
  };
}

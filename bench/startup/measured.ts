/** The start of a Worker. */
export interface StartupRow {
  readonly name: string;
  /** The bundle, gzip, in KB. */
  readonly kilobytes: number;
  /** Median length of the start-up profile in milliseconds. */
  readonly ms: number;
}

/** What a run found: Signalbox, the bare Worker, and how many times as long Signalbox takes. */
export interface Startup {
  readonly rows: readonly StartupRow[];
  readonly ratio: number;
}

/** One load on one Worker: the medians of its rounds. Latencies are milliseconds. */
export interface LoadRow {
  readonly load: string;
  /** Rules in force; 0 for the bare Worker. */
  readonly rules: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Callbacks a second, as a part of the bare Worker's in the same rounds. */
  readonly ofBare: number;
}

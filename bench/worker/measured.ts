/** One kind of request: the medians of its rounds. Latencies are milliseconds. */
export interface LoadRow {
  readonly load: string;
  /** Its part of the callbacks of the mix; 0 for what is none. */
  readonly share: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Requests a second, as a part of those of the bare Worker in the same rounds; the gateway has none. */
  readonly ofBare?: number | undefined;
  /** The same, of the Worker that makes the same promises. */
  readonly ofPromising: number;
}

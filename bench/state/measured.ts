/** One question to, or one change of, the Durable Objects. Milliseconds. */
export interface StateRow {
  readonly what: string;
  readonly p50: number;
  readonly p99: number;
  /** What the numbers mean, or how many a second. */
  readonly note?: string;
}

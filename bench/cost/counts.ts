/** What Cloudflare bills, as counted. Bytes are those stored at the end. */
export const UNITS = [
  'requests',
  'objectRequests',
  'objectRowsRead',
  'objectRowsWritten',
  'd1RowsRead',
  'd1RowsWritten',
  'queueOperations',
  'kvReads',
  'kvWrites',
  'r2ClassA',
  'r2ClassB',
  'logs',
] as const;
export type Unit = (typeof UNITS)[number];

/** How often something billable happened. */
export type Counts = Record<Unit, number>;

export const noCounts = (): Counts =>
  // Every unit is a key.
  Object.fromEntries(UNITS.map((unit) => [unit, 0])) as Counts;

/** Returns `one + times × other`. */
export const plus = (one: Counts, other: Counts, times = 1): Counts =>
  // Every unit is a key.
  Object.fromEntries(UNITS.map((unit) => [unit, one[unit] + times * other[unit]])) as Counts;

/** What is stored, in bytes. */
export interface Stored {
  readonly objects: number;
  readonly d1: number;
  readonly r2: number;
}

/** What the counting Worker has counted since it started, by what caused it. */
export interface Counted {
  readonly kinds: Readonly<Record<string, Counts>>;
  readonly stored: Stored;
  /** Object calls that are awaited before the answer, by kind and method. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A callback to answer at a time of the simulated clock, in milliseconds since 1970. */
export interface Timed {
  readonly at: number;
  readonly kind: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the counting Worker is told before the first callback. */
export interface Setup {
  readonly producers: readonly { readonly binding: string; readonly queue: string }[];
  readonly consumers: readonly {
    readonly name: string;
    readonly maxBatchSize: number;
    readonly maxBatchTimeout: number;
  }[];
  readonly objects: readonly string[];
  readonly start: number;
}

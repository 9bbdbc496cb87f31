/** Callbacks to journal: `count` of `total` from the `first` on, about so many people, received between two times. */
export interface Fill {
  readonly bodies: readonly string[];
  readonly first: number;
  readonly count: number;
  readonly total: number;
  readonly people: number;
  readonly since: number;
  readonly until: number;
}

/** What is recorded in place of a statement when a part of a file of R2 is read. */
export const READ_FILE = 'R2 get';

/** A statement that ran, its time in milliseconds as D1 states it, and its plan. */
export interface Recorded {
  readonly sql: string;
  readonly ms: number;
  readonly plan: readonly string[];
}

/** A question to the API: what its statements took together, and how SQLite answers them. */
export interface QueryRow {
  readonly name: string;
  readonly ms: number;
  readonly statements: number;
  /** How many parts of files were read from R2. */
  readonly files: number;
  /** The whole answer on this machine: its time, and the CPU time of the runtime with its databases, in milliseconds. */
  readonly answerMs: number;
  readonly cpuMs: number;
  readonly plan: readonly string[];
  /** Whether a statement reads a whole table that grows with the journal. */
  readonly scan: boolean;
}

export interface Queries {
  readonly rows: number;
  readonly queries: readonly QueryRow[];
}

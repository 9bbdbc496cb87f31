/** Everything that a command may use of its environment; tests pass their own. */
export interface Shell {
  /** Prints a line of the result. */
  readonly out: (line: string) => void;
  /** Prints a line to the error stream. */
  readonly err: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The user's time zone, by its IANA name: times are typed and shown in it. */
  readonly zone: string;
  /** The project's folder. */
  readonly home: string;
  /** The user's working directory: relative file names start here. */
  readonly here: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves on Ctrl-C. After the first call Ctrl-C no longer ends the process by itself. */
  readonly interrupted: () => Promise<void>;
  /** The columns of the terminal that `out` prints to; missing where it is none. */
  readonly width?: number;
  /** Asks the user and returns the answer; `undefined` without a terminal. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /**
   * Shows the progress of a long command on one line that is overwritten; an empty text removes it.
   * Does nothing without a terminal.
   */
  readonly progress: (line: string) => void;
  /** Waits this many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

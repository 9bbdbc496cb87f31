/** All that a command can reach of the world around it. Tests give their own. */
export interface Shell {
  /** Prints a line of the result. */
  readonly out: (line: string) => void;
  /** Prints a line about what went wrong. */
  readonly err: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The project's folder. */
  readonly home: string;
  /** Where the user stands: file names are meant from here. */
  readonly here: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the user has had enough: Ctrl-C. From the first call on, Ctrl-C alone ends nothing. */
  readonly interrupted: () => Promise<void>;
  /** Asks the user and waits for a line; `undefined` where nobody sits at a terminal. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** Says on one line, drawn over, how far a long command is; an empty text takes the line away. Nothing where nobody watches. */
  readonly progress: (line: string) => void;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

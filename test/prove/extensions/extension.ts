/** A minimal extension: what a developer writes to add one thing. */
export interface Extension {
  /** What is added. */
  readonly kind: string;
  /** Its name, by which a failure is reported. */
  readonly name: string;
  /** The new files: path → content. The first is the definition; the others are its fixtures. */
  readonly files: Readonly<Record<string, string>>;
  /** Its line in a list: in `file`, `entry` comes before `before`, and the definition is imported. */
  readonly line: {
    readonly file: string;
    readonly importing: string;
    readonly entry: string;
    readonly before: string;
  };
  /** The contract suites that run over the list. */
  readonly suites: readonly string[];
}

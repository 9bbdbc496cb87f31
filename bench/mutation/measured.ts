/** What became of one small change of the source, a mutant. */
export interface Outcome {
  readonly file: string;
  readonly line: number;
  /** The line, without its indentation. */
  readonly text: string;
  /** Where in that text the change begins. */
  readonly column: number;
  /** `kind: from → to`. */
  readonly change: string;
  /** Missing: it survived, or was not judged. */
  readonly killer?: { readonly by: string; readonly what: string } | undefined;
  /** Why no test can or should kill it. */
  readonly verdict?: string | undefined;
  /** Time was up before every test that could kill it had run: nothing is known of it. */
  readonly unjudged?: boolean | undefined;
}

/** How many of some mutants were killed, change nothing that matters, survived, or were not judged in time. */
export interface Counts {
  readonly mutants: number;
  readonly killed: number;
  readonly equivalent: number;
  readonly survived: number;
  /** Missing in results in which they count as survived. */
  readonly unjudged?: number;
}

export function countOf(outcomes: readonly Outcome[]): Counts {
  const killed = outcomes.filter(({ killer }) => killer !== undefined).length;
  const left = outcomes.filter(({ killer }) => killer === undefined);
  const equivalent = left.filter(({ verdict }) => verdict !== undefined).length;
  const unjudged = left.filter((one) => one.verdict === undefined && one.unjudged).length;
  const mutants = outcomes.length;
  const survived = mutants - killed - equivalent - unjudged;
  return { mutants, killed, equivalent, survived, unjudged };
}

/** The share of the judged mutants that change something which are killed, from 0 to 1; 1 where there are none. */
export const scoreOf = ({ killed, survived }: Counts): number =>
  killed + survived === 0 ? 1 : killed / (killed + survived);

/** What a sample of `npm run mutate` came to. */
export interface Mutation {
  readonly seed: number;
  /** The ways that were tried: `node`, `worker`, `simulation`, `fresh`. */
  readonly by: readonly string[];
  readonly folders: Readonly<Record<string, Counts>>;
  /** How many were killed in which way. */
  readonly ways: Readonly<Record<string, number>>;
  /** Those that change nothing that matters. What survived is printed by the run. */
  readonly equivalent: readonly Outcome[];
}

/** Sums up the outcomes of a sample, by the folder below `src`. */
export function summed(
  seed: number,
  by: readonly string[],
  outcomes: readonly Outcome[],
): Mutation {
  const folders = Map.groupBy(outcomes, ({ file }) => file.split('/')[1] ?? file);
  const killed = outcomes.filter(({ killer }) => killer !== undefined);
  const ways = Map.groupBy(killed, ({ killer }) => killer?.by ?? '');
  return {
    seed,
    by,
    folders: Object.fromEntries([...folders].map(([name, own]) => [name, countOf(own)])),
    ways: Object.fromEntries([...ways].map(([by, own]) => [by, own.length])),
    equivalent: outcomes
      .filter(({ killer, verdict }) => killer === undefined && verdict !== undefined)
      .toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line),
  };
}

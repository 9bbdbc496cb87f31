/** Returns what each person's rows come to. */
export const byPerson = <Row extends { readonly person: string }, T>(
  rows: readonly Row[],
  read: (own: readonly Row[]) => T,
): Map<string, T> =>
  new Map(
    [...Map.groupBy(rows, ({ person }) => person)].map(([person, own]) => [person, read(own)]),
  );

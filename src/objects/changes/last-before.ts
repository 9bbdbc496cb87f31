/**
 * Returns the number of the last change that was stored before a time (milliseconds since 1970), or one behind which no earlier
 * change is. Changes are stored in the order of their numbers, so halves are searched: the feed has millions of rows.
 * @param floor the last number that was pruned
 * @param newest the last number that was given
 */
export function lastBefore(
  time: number,
  { floor, newest }: { readonly floor: number; readonly newest: number },
  sql: SqlStorage,
): number {
  let before = floor;
  let from = newest + 1;
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    const [row] = sql
      .exec<{ seq: number; at: number }>(
        'SELECT seq, stored_at AS at FROM changes WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT 1',
        ...[middle, from],
      )
      .toArray();
    if (row && row.at < time) before = row.seq;
    else from = middle;
  }
  return before;
}

import { shardOf } from '../shards.ts';

/** Calls each shard once with all of its items, and returns the answers in the order of `items`. */
export async function inOrder<T, R>(
  items: readonly T[],
  keyOf: (item: T) => string,
  ask: (key: string, some: T[]) => Promise<R[]>,
): Promise<R[]> {
  const placed = items.map((item, place) => ({ item, place }));
  const groups = Map.groupBy(placed, ({ item }) => shardOf(keyOf(item)));
  const answers = await Promise.all(
    [...groups.values()].map(async (group) => {
      const some = group.map(({ item }) => item);
      const [first] = some;
      const given = first === undefined ? [] : await ask(keyOf(first), some);
      return group.map(({ place }, at) => ({ place, answer: given[at] }));
    }),
  );
  // Each shard answers every item of its request, so each place is filled.
  return answers
    .flat()
    .toSorted((a, b) => a.place - b.place)
    .map(({ answer }) => answer as R);
}

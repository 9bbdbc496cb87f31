/** How many objects share one kind of state. It cannot change after the first deployment: keys would be looked up in other objects. */
export const SHARDS = 16;

/** Returns the shard of a key: FNV-1a with the upper half folded in. It need not resist an attacker. */
export function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % SHARDS;
}

/** Returns the object of a shard, by number. Its name must never change. */
export const shardAt = <T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  number: number,
): DurableObjectStub<T> => namespace.getByName(`shard-${number}`);

/** Returns all objects of a kind, in the order of their numbers. */
export const allShards = <T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
): DurableObjectStub<T>[] =>
  Array.from({ length: SHARDS }, (_, number) => shardAt(namespace, number));

/** Returns the object that holds a key. */
export const shard = <T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  key: string,
): DurableObjectStub<T> => shardAt(namespace, shardOf(key));

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

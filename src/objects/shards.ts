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

/** How many objects share one kind of state. Fixed at the first deployment: another number would look for people elsewhere. */
export const SHARDS = 16;

/** The shard of a key: FNV-1a, its upper half folded in. Cheap and fixed; it need not resist anybody. */
export function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % SHARDS;
}

/** The object that holds a shard by number. Its name stays for ever. */
export const numbered = <T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  number: number,
): DurableObjectStub<T> => namespace.getByName(`shard-${number}`);

/** All objects of a kind, in the order of their numbers. */
export const everyShard = <T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
): DurableObjectStub<T>[] =>
  Array.from({ length: SHARDS }, (_, number) => numbered(namespace, number));

/** The object that holds a key. */
export const shard = <T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  key: string,
): DurableObjectStub<T> => numbered(namespace, shardOf(key));

import { shardAt, shardOf } from '../shards.ts';
import type { ReachedNote } from './deliveries.ts';
import type { Recipients } from './recipients.ts';

/** Stores messages that reached people with their recipients: one call to each shard, in parallel. */
export async function passDeliveries(
  namespace: DurableObjectNamespace<Recipients>,
  reached: readonly ReachedNote[],
): Promise<void> {
  const shards = Map.groupBy(reached, ({ person }) => shardOf(person));
  await Promise.all(
    [...shards].map(([number, some]) => shardAt(namespace, number).noteReached(some)),
  );
}

import { shard, shardAt, shardOf } from '../shards.ts';
import type { WindowSample } from '../window-samples.ts';
import type { Recipients } from './recipients.ts';

/** What `Recipients` stores so that an erasure reaches every sample, and no callback from before it stores the person again. */
export interface WindowSamplesClient {
  /** Records that a threshold window holds a sample callback about these people, by their keyed hashes. Returns false if one of them was erased since: it must not be stored. */
  noteWindowSample(
    people: readonly string[],
    sample: Omit<WindowSample, 'person'>,
  ): Promise<boolean>;
  /** Returns whether one of these people and contacts, by their keyed hashes, was erased at or after `at` (milliseconds since 1970). */
  isErased(people: readonly string[], at: number): Promise<boolean>;
  /** Returns the windows that hold sample callbacks about a person, and removes these records. */
  takeWindowSamples(person: string): Promise<readonly string[]>;
}

/** Opens this part of the client. */
export const openWindowSamples = (
  namespace: DurableObjectNamespace<Recipients>,
): WindowSamplesClient => ({
  async noteWindowSample(people, sample) {
    const noted = await Promise.all(
      people.map((person) => shard(namespace, person).noteWindowSample({ person, ...sample })),
    );
    return noted.every(Boolean);
  },
  async isErased(people, at) {
    const found = await Promise.all(
      [...Map.groupBy(new Set(people), shardOf)].map(([number, some]) =>
        shardAt(namespace, number).isErased(some, at),
      ),
    );
    return found.some(Boolean);
  },
  takeWindowSamples: (person) => shard(namespace, person).takeWindowSamples(person),
});

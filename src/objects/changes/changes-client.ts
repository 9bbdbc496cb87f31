import type { Changes, FeedPage, FeedQuery } from './changes.ts';

/** The feed of changes. State: the one `Changes` object, filled by the alarms of `Recipients`. */
export interface ChangesClient {
  read(query: FeedQuery): Promise<FeedPage>;
  /** Removes what the feed has about people and contacts, by keyed hash, and returns how many changes. */
  forget(subjects: readonly string[]): Promise<number>;
}

/** Returns the object of the feed. Its name must never change. */
export const changesIn = (namespace: DurableObjectNamespace<Changes>): DurableObjectStub<Changes> =>
  namespace.getByName('changes');

/** Opens the client. */
export const openChanges = (namespace: DurableObjectNamespace<Changes>): ChangesClient => ({
  read: (query) => changesIn(namespace).read(query),
  forget: (subjects) => changesIn(namespace).forget(subjects),
});

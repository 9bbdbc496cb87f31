import { everyShard, shard } from '../shards.ts';
import type { AttemptEnd } from './attempts.ts';
import type { Attempt, MessageRecord, MessageStatus, Origin } from './lineage.ts';
import type { Messages } from './messages.ts';

/** One message, by the id of its first sending or of any resent one: the lineage is the same. Times are milliseconds since 1970. */
export interface MessageClient {
  /** Keeps the submitted message, sealed by the caller, for as long as the client was opened with. */
  noteSubmitted(submitted: {
    readonly sealed: string;
    readonly at: number;
    readonly person?: string;
    /** It says all that the request said, and so takes the place of what a callback told sooner. */
    readonly whole?: boolean;
  }): Promise<void>;
  /** Keeps a status and says where the message comes from. Once a callback. */
  noteStatus(status: Omit<MessageStatus, 'messageId'>): Promise<Origin>;
  read(): Promise<MessageRecord>;
  /** Says that this message was sent in place of `root`. Statuses that came for it too early move over. */
  link(to: { readonly root: string; readonly attempt: number }): Promise<void>;
  /** Notes that attempt `n` begins, and answers what was known of it before. */
  startAttempt(attempt: { readonly n: number; readonly at: number }): Promise<Attempt | undefined>;
  endAttempt(end: AttemptEnd): Promise<void>;
}

export interface MessagesClient {
  of(messageId: string): MessageClient;
  /** Where a message comes from: itself and 0, or the root of its lineage and the number of the attempt that sent it. */
  lineage(messageId: string): Promise<Origin>;
  /** Forgets the submitted messages to these people, on every shard. Says how many. */
  forget(people: readonly string[]): Promise<number>;
}

/** The client of the `Messages` objects. `kept`: how long a submitted message is kept for retries, in milliseconds. */
export function openMessages(
  namespace: DurableObjectNamespace<Messages>,
  kept: number,
): MessagesClient {
  const lineage = (messageId: string): Promise<Origin> =>
    shard(namespace, messageId).rootOf(messageId);
  const of = (messageId: string): MessageClient => {
    const own = shard(namespace, messageId);
    return {
      async noteSubmitted({ sealed, at, person, whole }) {
        await own.noteSubmitted(messageId, sealed, at + kept, person, whole);
      },
      async noteStatus(status) {
        const origin = await own.noteStatus({ ...status, messageId });
        const { root } = origin;
        if (root !== messageId)
          await shard(namespace, root).keepStatus(root, { ...status, messageId });
        return origin;
      },
      async read() {
        const { root } = await lineage(messageId);
        return shard(namespace, root).read(root);
      },
      async link({ root: to, attempt }) {
        const { root } = await lineage(to);
        const early = await own.link(messageId, root, attempt);
        await Promise.all(early.map((status) => shard(namespace, root).keepStatus(root, status)));
      },
      async startAttempt(attempt) {
        const { root } = await lineage(messageId);
        return shard(namespace, root).startAttempt(root, attempt);
      },
      async endAttempt(end) {
        const { root } = await lineage(messageId);
        await shard(namespace, root).endAttempt(root, end);
      },
    };
  };
  return {
    of,
    lineage,
    async forget(people) {
      const forgotten = everyShard(namespace).map((messages) => messages.forget(people));
      return (await Promise.all(forgotten)).reduce((sum, count) => sum + count, 0);
    },
  };
}

import { allShards, shard, shardAt } from '../shards.ts';
import { type BatchesClient, openBatches } from './batches-client.ts';
import type { FigureRow } from './figure-rows.ts';
import { addCounts } from './figures.ts';
import type {
  Attempt,
  AttemptEnd,
  MessageRecord,
  NotedStatus,
  Origin,
  StatusNote,
  SubmittedNote,
} from './lineage.ts';
import type { Messages } from './messages.ts';

/** One message, by its own id or the id of any resent one: the lineage is the same. Times are milliseconds since 1970. */
export interface MessageClient {
  /** Stores the submitted message, encrypted by the caller, for the retention of the client. */
  noteSubmitted(submitted: Omit<SubmittedNote, 'until'>): Promise<void>;
  /** Stores a status, once for each callback, and returns the root of the message. */
  noteStatus(status: Omit<StatusNote, 'messageId'>): Promise<NotedStatus>;
  read(): Promise<MessageRecord>;
  /** Records that this message is an attempt of `root`. Statuses that arrived earlier move to the root first. */
  link(to: { readonly root: string; readonly attempt: number }): Promise<void>;
  /** Records that attempt `n` starts, and returns what was stored of it before. */
  startAttempt(attempt: { readonly n: number; readonly at: number }): Promise<Attempt | undefined>;
  endAttempt(end: AttemptEnd): Promise<void>;
}

/** Submitted messages and their retries. State: `Messages` objects, 16 shards by message id, without a copy elsewhere. */
export interface MessagesClient {
  of(messageId: string): MessageClient;
  /** Returns the root of a message: itself and 0, or the first message and the number of the attempt. */
  lineage(messageId: string): Promise<Origin>;
  /**
   * Returns the figures of delivery by step, app and channel.
   * @param bounds where each step begins, and the end of the last, in milliseconds since 1970
   */
  figures(bounds: readonly number[]): Promise<readonly FigureRow[]>;
  readonly batches: BatchesClient;
  /** Returns the size of a shard in bytes. Keys are hashed, so one shard stands for all. */
  size(): Promise<number>;
  /** Removes the submitted messages to people who were erased `at` (milliseconds since 1970) from every shard and returns how many. */
  forget(people: readonly string[], at: number): Promise<number>;
}

/** Opens the client. `retention`: how long a submitted message is kept for retries, in milliseconds. */
export function openMessages(
  namespace: DurableObjectNamespace<Messages>,
  retention: number,
): MessagesClient {
  const lineage = (messageId: string): Promise<Origin> =>
    shard(namespace, messageId).rootOf(messageId);
  const of = (messageId: string): MessageClient => {
    const own = shard(namespace, messageId);
    return {
      async noteSubmitted(note) {
        await own.noteSubmitted(messageId, { ...note, until: note.at + retention });
      },
      async noteStatus(status) {
        const note = { ...status, messageId };
        const origin = await own.noteStatus(note);
        const { root } = origin;
        if (root === messageId) return origin;
        return { ...origin, ...(await shard(namespace, root).keepStatus(root, note)) };
      },
      async read() {
        const { root } = await lineage(messageId);
        return shard(namespace, root).read(root);
      },
      async link({ root: to, attempt }) {
        const { root } = await lineage(to);
        let moved = 0;
        for (;;) {
          const early = await own.link(messageId, root, attempt, moved);
          if (early.length === 0) return;
          await Promise.all(early.map((status) => shard(namespace, root).keepStatus(root, status)));
          moved += early.length;
        }
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
    batches: openBatches(namespace),
    async figures(bounds) {
      const shards = await Promise.all(allShards(namespace).map((one) => one.figures(bounds)));
      const sums = new Map<string, FigureRow>();
      for (const row of shards.flat()) {
        const key = JSON.stringify([row.step, row.appId, row.channel]);
        const counts = addCounts(sums.get(key)?.counts ?? {}, row.counts);
        sums.set(key, { ...row, counts });
      }
      return [...sums.values()];
    },
    size: () => shardAt(namespace, 0).size(),
    async forget(people, at) {
      const forgotten = allShards(namespace).map((messages) => messages.forget(people, at));
      return (await Promise.all(forgotten)).reduce((sum, count) => sum + count, 0);
    },
  };
}

import type { Callback } from '../../callbacks/callback.ts';
import type { FactValue } from '../../callbacks/facts/fact.ts';
import { personKey } from '../../callbacks/person.ts';
import type { Recall } from './observed-facts.ts';

/** Which message a message goes back to, and how often that was sent again. */
interface Origin {
  readonly root: string;
  readonly attempt: number;
}

/** What callbacks tell, kept from one to the next: in memory, by the same laws as the Worker's objects. */
export interface Recollection {
  /** Keeps what a callback tells, and answers the facts that only our own state knows. A redelivery gets the same ones. */
  readonly remember: (
    callback: Pick<Callback, 'id' | 'eventTime' | 'envelope' | 'stateRecords'>,
  ) => Recall;
  /** Says that a message went out once more under a new id. */
  readonly sentAgain: (messageId: string, as: string) => void;
  readonly originOf: (messageId: string) => Origin;
}

interface Note {
  readonly id: string;
  readonly at: number;
  readonly value: string;
  /** What was answered. */
  readonly previous: string | undefined;
}

/** How many ratings of a sender, or capabilities of a person, are kept. */
const KEPT = 50;
/** How many in all: a million callbacks must not need more memory than a hundred thousand. */
const MOST = 20_000;

/**
 * Opens a memory that has never heard of anything: no retries yet, no rating but those that callbacks tell themselves.
 * @param onLoss told how many ratings and capabilities were forgotten to make room: of the sender or person not heard of for longest
 */
export function openRecollection(
  onLoss: (notes: number) => void = () => {},
  most: number = MOST,
): Recollection {
  const notes = new Map<string, readonly Note[]>();
  let count = 0;
  const origins = new Map<string, Origin>();
  const originOf = (messageId: string): Origin =>
    origins.get(messageId) ?? { root: messageId, attempt: 0 };

  function forget(spared: string): void {
    for (const [oldest, { length }] of notes) {
      if (count <= most || oldest === spared) return;
      notes.delete(oldest);
      count -= length;
      onLoss(length);
    }
  }

  /** The newest by event time before this one; of a callback that is known, the first answer. */
  function previousOf(key: string, { id, at, value, previous: told }: Note): string | undefined {
    const kept = notes.get(key) ?? [];
    const known = kept.find((note) => note.id === id);
    if (known) return known.previous;
    const previous = told ?? kept.find((note) => note.at < at)?.value;
    const all = [...kept, { id, at, value, previous }].sort(
      (a, b) => b.at - a.at || (a.id < b.id ? 1 : -1),
    );
    // Whoever was heard of last stands last.
    notes.delete(key);
    notes.set(key, all.slice(0, KEPT));
    count += Math.min(all.length, KEPT) - kept.length;
    if (count > most) forget(key);
    return previous;
  }

  return {
    originOf,
    sentAgain(messageId, as) {
      const { root, attempt } = originOf(messageId);
      origins.set(as, { root, attempt: attempt + 1 });
    },
    remember({ id, eventTime: at, envelope, stateRecords }) {
      const facts = new Map<string, FactValue>();
      // Where two state records supply the same fact, the first one counts.
      const learn = (name: string, value: FactValue) =>
        facts.has(name) ? facts : facts.set(name, value);
      for (const memory of stateRecords) {
        if (memory.kind === 'rating') {
          const { channel, rating, previous } = memory;
          const key = `rating ${envelope.appId} ${channel}`;
          learn('previous_quality_rating', previousOf(key, { id, at, value: rating, previous }));
        } else if (memory.kind === 'capability') {
          const { address, status } = memory;
          const key = `capability ${personKey(address)} ${address.channel}`;
          learn(
            'previous_capability_status',
            previousOf(key, { id, at, value: status, previous: undefined }),
          );
        } else if (memory.kind === 'status') learn('attempt', originOf(memory.messageId).attempt);
      }
      return async (name) => facts.get(name);
    },
  };
}

import type { Callback } from '../../callbacks/callback.ts';
import {
  type ContactState,
  contactFactsOf,
  mergedState,
  sealState,
} from '../../callbacks/contact-state.ts';
import type { FactValue } from '../../callbacks/facts/fact.ts';
import { personKey } from '../../callbacks/person.ts';
import { compareLimits } from '../../callbacks/shapes/notice-fields.ts';
import type { Recall } from '../model/observed-facts.ts';

/** The first message of a chain of resends, and the number of resends. */
interface Origin {
  readonly root: string;
  readonly attempt: number;
}

/** The state that callbacks leave behind, in memory, by the same rules as the Worker's Durable Objects. */
export interface CallbackHistory {
  /** Stores the state of a callback and returns its recalled facts. A redelivery gets the same facts. */
  readonly remember: (
    callback: Pick<Callback, 'id' | 'eventTime' | 'envelope' | 'stateRecords'>,
  ) => Recall;
  /** Records that a message was resent under a new id. */
  readonly sentAgain: (messageId: string, as: string) => void;
  readonly originOf: (messageId: string) => Origin;
}

const readState = (text: string | undefined): ContactState | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as ContactState); // written by `remember`

interface Note {
  readonly id: string;
  readonly at: number;
  readonly value: string;
  /** The previous value that was returned. */
  readonly previous: string | undefined;
}

/** The number of ratings per sender, or capabilities per person. */
const KEPT = 50;
/** The number in total, so that memory does not grow with the number of callbacks. */
const MOST = 20_000;

/**
 * Opens an empty history.
 * @param onLoss called with the number of ratings and capabilities that were evicted, least recently used first
 */
export function openCallbackHistory(
  onLoss: (notes: number) => void = () => {},
  most: number = MOST,
): CallbackHistory {
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

  /** Returns the newest value by event time before this one; for a known callback, the value returned before. */
  function previousOf(
    key: string,
    { id, at, value: given, previous: stated }: Note,
    valueAfter: (before: string | undefined) => string = () => given,
  ): string | undefined {
    const kept = notes.get(key) ?? [];
    const known = kept.find((note) => note.id === id);
    if (known) return known.previous;
    const previous = stated ?? kept.find((note) => note.at < at)?.value;
    const all = [...kept, { id, at, value: valueAfter(previous), previous }].sort(
      (a, b) => b.at - a.at || (a.id < b.id ? 1 : -1),
    );
    // Most recently used last.
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
        } else if (memory.kind === 'messaging-limit') {
          const { channel, limit, previous } = memory;
          const key = `messaging-limit ${envelope.appId} ${channel}`;
          const before = previousOf(key, { id, at, value: limit, previous });
          learn('previous_messaging_limit', before);
          learn('limit_change', compareLimits(limit, before));
        } else if (memory.kind === 'capability') {
          const { address, status } = memory;
          const key = `capability ${envelope.appId} ${personKey(address)} ${address.channel}`;
          learn(
            'previous_capability_status',
            previousOf(key, { id, at, value: status, previous: undefined }),
          );
        } else if (memory.kind === 'contact-state') {
          const state = sealState(memory, (_, value) => JSON.stringify(value), '');
          const key = `contact ${memory.contactId}`;
          const text = previousOf(key, { id, at, value: '', previous: undefined }, (before) =>
            JSON.stringify(mergedState(readState(before), state)),
          );
          const reveal = (_: string, hashed: string) => JSON.parse(hashed);
          for (const [name, value] of Object.entries(
            contactFactsOf(readState(text), state, reveal),
          ))
            learn(name, value);
        } else if (memory.kind === 'status') learn('attempt', originOf(memory.messageId).attempt);
      }
      return async (name) => facts.get(name);
    },
  };
}

import * as v from 'valibot';
import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { Address, type Memory } from '../callbacks/triggers/trigger.ts';
import type { Objects } from './index.ts';
import { isDelivered } from './messages/lineage.ts';

/** Facts that our own state knows, by name. */
export type Recalled = Record<string, FactValue>;

/** What is sealed of a submitted message: all that sending it again takes. */
export const Submitted = v.object({
  messageId: v.string(),
  address: Address,
  message: v.looseObject({}),
  metadata: v.optional(v.string()),
  correlationId: v.optional(v.string()),
  contactId: v.optional(v.string()),
  processingMode: v.optional(v.string()),
  /** Whatever else its `messages:send` said, as sent: ttl, channel_properties and so on. Only known of what went through `/send`. */
  options: v.optional(v.record(v.string(), v.unknown())),
});
export type Submitted = v.InferOutput<typeof Submitted>;

/**
 * Keeps what a callback tells, whatever the rules say, and answers the facts that only our state knows. A redelivery keeps
 * nothing again and gets the same facts. A contact's identities are the journal's to keep.
 * @param seal encrypts a text, so that a submitted message lies sealed
 */
export function remember(
  callback: Callback,
  objects: Objects,
  seal: (text: string) => Promise<string>,
): Promise<Recalled> {
  return recall(callback, keeping(callback, objects, seal));
}

/** The same facts, without keeping anything: for a dry run. */
export function peek(callback: Callback, objects: Objects): Promise<Recalled> {
  return recall(callback, looking(callback, objects));
}

/** What to do with a memory of each kind, and which fact comes of it. */
type Keepers = {
  readonly [K in Memory['kind']]?: (memory: Extract<Memory, { kind: K }>) => Promise<Recalled>;
};

function keeping(
  { id, eventTime, envelope }: Callback,
  { senders, recipients, messages }: Objects,
  seal: (text: string) => Promise<string>,
): Keepers {
  const event = { at: eventTime, callbackId: id };
  return {
    rating: async ({ channel, rating, previous }) =>
      ratingFact(
        await senders.of(envelope.appId, channel).noteRating({ ...event, rating, previous }),
      ),
    capability: async ({ address, status }) =>
      capabilityFact(await recipients.noteCapability({ ...event, address, status })),
    status: async ({ messageId, status, reasonCode, address }) => {
      const [{ attempt }] = await Promise.all([
        messages.of(messageId).noteStatus({ ...event, status, reasonCode }),
        address && isDelivered(status)
          ? recipients.noteDelivery(address, { status, at: eventTime, messageId })
          : undefined,
      ]);
      return { attempt };
    },
    submitted: async ({ kind: _, ...submitted }) => {
      const sealed = await seal(JSON.stringify(submitted satisfies Omit<Submitted, 'message'>));
      const person = await recipients.personOf(submitted.address);
      await messages.of(submitted.messageId).noteSubmitted({ sealed, at: eventTime, person });
      return {};
    },
  };
}

function looking(
  { id, eventTime, envelope }: Callback,
  { senders, recipients, messages }: Objects,
): Keepers {
  const event = { at: eventTime, callbackId: id };
  return {
    rating: async ({ channel, rating, previous }) =>
      ratingFact(
        await senders.of(envelope.appId, channel).ratingBefore({ ...event, rating, previous }),
      ),
    capability: async ({ address, status }) =>
      capabilityFact(await recipients.capabilityBefore({ ...event, address, status })),
    status: async ({ messageId }) => ({ attempt: (await messages.lineage(messageId)).attempt }),
  };
}

const ratingFact = ({ previous }: { previous?: string }): Recalled =>
  previous === undefined ? {} : { previous_quality_rating: previous };
const capabilityFact = ({ previous }: { previous?: string }): Recalled =>
  previous === undefined ? {} : { previous_capability_status: previous };

/** All memories at once; where two tell the same fact, the first one counts. */
async function recall({ memories }: Callback, keepers: Keepers): Promise<Recalled> {
  if (memories.length === 0) return {};
  const facts = await Promise.all(
    memories.map((memory) => {
      // A memory's kind picks the keeper of that very kind, which TypeScript cannot follow through the index.
      const keep = keepers[memory.kind] as ((memory: Memory) => Promise<Recalled>) | undefined;
      return keep?.(memory) ?? {};
    }),
  );
  return Object.assign({}, ...facts.toReversed());
}

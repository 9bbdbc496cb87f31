import * as v from 'valibot';
import type { Callback } from '../callbacks/callback.ts';
import {
  contactFactsOf,
  type HashValue,
  type RevealValue,
  sealState,
} from '../callbacks/contact-state.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { Address, type StateRecord } from '../callbacks/model.ts';
import { contactKey } from '../callbacks/person.ts';
import { METADATA } from '../callbacks/shapes/contact-change.ts';
import { compareLimits } from '../callbacks/shapes/notice-fields.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { mergeChange } from './changes/change.ts';
import type { Objects } from './index.ts';
import type { BatchNote, OwnBatchCounts } from './messages/batch-states.ts';
import { deliverySecondsOf } from './messages/lineage.ts';

/** Facts that come from the objects, by name. */
export type StateFacts = Record<string, FactValue>;

/** The encrypted part of a submitted message: all that is needed to send it again. */
export const Submitted = v.object({
  messageId: v.string(),
  address: Address,
  message: v.looseObject({}),
  metadata: v.optional(v.string()),
  correlationId: v.optional(v.string()),
  contactId: v.optional(v.string()),
  processingMode: v.optional(v.string()),
  /** The other fields of its `messages:send` request, such as ttl and channel_properties. Only known for messages sent through `/send`. */
  options: v.optional(v.record(v.string(), v.unknown())),
});
export type Submitted = v.InferOutput<typeof Submitted>;

/**
 * Records the state that a callback reports (rating, capability, message status, submitted message),
 * whatever the rules decide, and returns the facts that come from state. A redelivery changes nothing
 * and gets the same facts. The addresses of a contact are stored by `stores/erasure/contacts.ts`.
 * @param seal encrypts a text
 * @param contacts without it, what contacts are now is not stored
 */
export function recordState(
  callback: Callback,
  objects: Objects,
  seal: (text: string) => Promise<string>,
  contacts?: ContactHashing,
): Promise<StateFacts> {
  return recall(callback, {
    ...keeping(callback, objects, seal),
    ...(contacts && {
      'contact-state': contactKeeper(callback, objects, contacts, false),
      merge: async ({ preserved, deleted }) => {
        const { id, eventTime } = callback;
        await objects.recipients.noteMerge(
          mergeChange({ id, at: eventTime, preserved, deleted }, contacts.hash),
        );
        return {};
      },
    }),
  });
}

/** Returns the same facts and stores nothing, for a dry run. */
export function previewState(
  callback: Callback,
  objects: Objects,
  contacts?: ContactHashing,
): Promise<StateFacts> {
  return recall(callback, {
    ...looking(callback, objects),
    ...(contacts && { 'contact-state': contactKeeper(callback, objects, contacts, true) }),
  });
}

/** How the state of contacts is stored. */
export interface ContactHashing {
  readonly hash: DataKey['hash'];
  /** Where the metadata of a contact names the channels that it prefers. */
  readonly preferencePath: string;
  /** Returns the values that rules compare an earlier value in the metadata with, by its path. */
  readonly candidates: (path: string) => readonly (string | number | boolean)[];
}

/** Stores what a contact is now, as keyed hashes, and returns what changed. A hash of a candidate is shown as the candidate. */
function contactKeeper(
  { id: callbackId, eventTime: at, stateRecords }: Callback,
  { recipients, reach }: Objects,
  { hash, candidates, preferencePath }: ContactHashing,
  dry: boolean,
): NonNullable<Keepers['contact-state']> {
  return async (stated) => {
    const hashValue: HashValue = (field, value) =>
      hash(JSON.stringify(['contact state', stated.contactId, field, value]));
    const reveal: RevealValue = (path, hashed) =>
      candidates(path).find((value) => hashValue(`${METADATA}${path}`, value) === hashed) ?? hashed;
    const state = sealState(stated, hashValue, preferencePath);
    const contact = hash(contactKey(stated.contactId));
    const before = await recipients.noteContact(
      { contact, callbackId, at, state },
      dry || stated.isDeleted === true,
    );
    const { preferred } = state;
    // Most contacts state no preference; an earlier one ends.
    if (
      !dry &&
      !stated.isDeleted &&
      preferred &&
      preferred.length + (before?.preferred?.length ?? 0) > 0
    )
      await reach.notePreferences(
        addressesIn(stateRecords, stated.contactId).map((address) => ({
          ...{ address, app: '', source: 'contact', at },
          place: placeIn(preferred, address.channel),
        })),
      );
    return contactFactsOf(before, state, reveal);
  };
}

/** The most addresses of one contact whose preference is stored: a person has a few, a test contact may have thousands. */
const MAX_ADDRESSES = 50;

const addressesIn = (records: readonly StateRecord[], contactId: string): readonly Address[] =>
  records
    .flatMap((record) =>
      record.kind === 'contact' && record.contactId === contactId ? record.addresses : [],
    )
    .slice(0, MAX_ADDRESSES);

const placeIn = (preferred: readonly string[], channel: string): number | null => {
  const place = preferred.indexOf(channel);
  return place < 0 ? null : place;
};

/** Returns, for each kind of memory, the facts that come of it. */
type Keepers = {
  readonly [K in StateRecord['kind']]?: (
    memory: Extract<StateRecord, { kind: K }>,
  ) => Promise<StateFacts>;
};

function keeping(
  { id, eventTime, envelope }: Callback,
  { senders, recipients, reach, messages }: Objects,
  seal: (text: string) => Promise<string>,
): Keepers {
  const event = { at: eventTime, callbackId: id };
  const { appId: app } = envelope;
  const batchNote = noteOf(event, app);
  return {
    rating: async ({ channel, rating, previous }) =>
      ratingFact(await senders.of(app, channel).noteRating({ ...event, rating, previous })),
    capability: async ({ address, status, displayName }) =>
      capabilityFact(
        await recipients.noteCapability({ ...event, app, address, status, displayName }),
      ),
    reply: async ({ address }) => {
      await reach.noteUse(address, { kind: 'reply', app, at: eventTime });
      return {};
    },
    'messaging-limit': async ({ channel, limit, previous }) =>
      limitFacts(
        limit,
        await senders.of(envelope.appId, channel).noteMessagingLimit({ ...event, limit, previous }),
      ),
    status: async ({ messageId, address, kind: _, ...report }) => {
      const person = address && (await recipients.personOf(address));
      const note = { ...event, ...report, person, appId: envelope.appId };
      const noted = await messages.of(messageId).noteStatus(note);
      return deliveryFacts(noted);
    },
    batch: async (batch) => batchFacts(await messages.batches.note(batchNote(batch))),
    link: async ({ number, id: scoped }) => {
      await recipients.link(number, scoped, eventTime);
      return {};
    },
    moved: async ({ from, to }) => {
      await recipients.move(from, to, eventTime);
      return {};
    },
    submitted: async ({ kind: _, batchId, ...submitted }) => {
      const sealed = await seal(JSON.stringify(submitted satisfies Omit<Submitted, 'message'>));
      const { address } = submitted;
      await messages.of(submitted.messageId).noteSubmitted({
        sealed,
        at: eventTime,
        person: await recipients.personOf(address),
        appId: envelope.appId,
        channel: address.channel,
        batchId,
      });
      return {};
    },
  };
}

function looking(
  { id, eventTime, envelope }: Callback,
  { senders, recipients, messages }: Objects,
): Keepers {
  const event = { at: eventTime, callbackId: id };
  const batchNote = noteOf(event, envelope.appId);
  return {
    rating: async ({ channel, rating, previous }) =>
      ratingFact(
        await senders.of(envelope.appId, channel).ratingBefore({ ...event, rating, previous }),
      ),
    'messaging-limit': async ({ channel, limit, previous }) =>
      limitFacts(
        limit,
        await senders
          .of(envelope.appId, channel)
          .messagingLimitBefore({ ...event, limit, previous }),
      ),
    capability: async ({ address, status }) =>
      capabilityFact(
        await recipients.capabilityBefore({ ...event, app: envelope.appId, address, status }),
      ),
    status: async ({ messageId, status }) => {
      const [{ attempt }, { submission, statuses }] = await Promise.all([
        messages.lineage(messageId),
        messages.of(messageId).read(),
      ]);
      const report = { status, at: eventTime };
      return deliveryFacts({
        attempt,
        deliverySeconds: deliverySecondsOf(report, submission, statuses),
      });
    },
    batch: async (batch) => batchFacts(await messages.batches.countsFor(batchNote(batch))),
  };
}

/** Returns what to store of a batch callback. */
const noteOf =
  (event: Pick<BatchNote, 'at' | 'callbackId'>, appId: string) =>
  ({
    batchId,
    status,
    reasons,
    total,
    successful,
    failed,
  }: Extract<StateRecord, { kind: 'batch' }>): BatchNote => ({
    ...event,
    ...{ appId, batchId, status, reasons, reported: { total, successful, failed } },
  });

const deliveryFacts = ({
  attempt,
  deliverySeconds,
}: {
  attempt: number;
  deliverySeconds?: number | undefined;
}): StateFacts => ({
  attempt,
  ...(deliverySeconds !== undefined && { delivery_seconds: deliverySeconds }),
});

/** The counts and reasons of Signalbox, where a batch callback has none. */
const batchFacts = ({
  total,
  successful,
  failed,
  reasons = [],
}: OwnBatchCounts = {}): StateFacts => ({
  ...(total !== undefined && { batch_total: total }),
  ...(successful !== undefined && { batch_successful: successful }),
  ...(failed !== undefined && { batch_failed: failed }),
  ...(total && failed !== undefined && { batch_failed_ratio: failed / total }),
  ...(reasons.length > 0 && { batch_failure_reasons: reasons }),
});

const ratingFact = ({ previous }: { previous?: string }): StateFacts =>
  previous === undefined ? {} : { previous_quality_rating: previous };
const limitFacts = (limit: string, { previous }: { previous?: string }): StateFacts => ({
  limit_change: compareLimits(limit, previous),
  ...(previous !== undefined && { previous_messaging_limit: previous }),
});
const capabilityFact = ({ previous }: { previous?: string }): StateFacts =>
  previous === undefined ? {} : { previous_capability_status: previous };

/** Applies all stateRecords in parallel. Where two return the same fact, the first one counts. */
async function recall({ stateRecords }: Callback, keepers: Keepers): Promise<StateFacts> {
  if (stateRecords.length === 0) return {};
  const facts = await Promise.all(
    stateRecords.map((memory) => {
      // TypeScript does not see that `memory.kind` selects the function for exactly this kind.
      const keep = keepers[memory.kind] as
        | ((memory: StateRecord) => Promise<StateFacts>)
        | undefined;
      return keep?.(memory) ?? {};
    }),
  );
  return Object.assign({}, ...facts.toReversed());
}

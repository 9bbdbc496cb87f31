import { type Families, LINKED, personKey } from '../callbacks/person.ts';
import type { Content } from '../rules/model/values.ts';
import { type AlertsClient, openAlerts } from './alerts/alerts-client.ts';
import { type ChangesClient, openChanges } from './changes/changes-client.ts';
import type { Claim } from './claims/claims.ts';
import type { KeyState } from './claims/request-keys.ts';
import { type FifoClient, openFifo } from './fifo/fifo-client.ts';
import { type HeartbeatsClient, openHeartbeats } from './heartbeats/heartbeats-client.ts';
import { type MessagesClient, openMessages } from './messages/messages-client.ts';
import { openPauses, type PausesClient } from './pauses/pauses-client.ts';
import { openReach, type ReachClient } from './recipients/reach-client.ts';
import {
  openRecipients,
  type RecipientsClient,
  type StopScope,
} from './recipients/recipients-client.ts';
import { openRefusals, type RefusalsClient } from './refusals/refusals-client.ts';
import type { Limit, Release } from './senders/limits.ts';
import type { ValueBefore } from './senders/reported-values.ts';
import type {
  MessagingLimitNote,
  PermitRequest,
  RatingNote,
  Remaining,
  SenderState,
} from './senders/senders.ts';
import type { Permit } from './senders/token-bucket.ts';
import { shard } from './shards.ts';
import { openTallyObjects, type TalliesClient } from './tally/tally-client.ts';

/**
 * One sender: an app on a channel. State: its `Senders` object. Copy: `throttle:<app>:<channel>` in
 * KV, written by the object.
 */
export interface SenderClient {
  /** Stores a rating and returns the one before it. A repeated callback gets its first answer. */
  noteRating(note: RatingNote): Promise<ValueBefore>;
  /** Returns what `noteRating` would return, and stores nothing. */
  ratingBefore(note: RatingNote): Promise<ValueBefore>;
  /** Stores a messaging limit and returns the one before it. */
  noteMessagingLimit(note: MessagingLimitNote): Promise<ValueBefore>;
  /** Returns what `noteMessagingLimit` would return, and stores nothing. */
  messagingLimitBefore(note: MessagingLimitNote): Promise<ValueBefore>;
  /** Sets a rule's limit for one kind of content. The newest event wins. */
  limit(limit: Limit): Promise<void>;
  /** Ends that rule's limit, or every limit, set before `at`. */
  release(release: Release): Promise<void>;
  /** Takes permits: returns how many sends of one kind of content are allowed now. */
  permit(request: PermitRequest): Promise<Permit>;
  /** Returns unused permits to the bucket; `or` as in the request. */
  giveBack(content: Content, count: number, now: number, or?: string): Promise<void>;
  /** Returns how many permits remain for each kind of content, and takes none. */
  left(contents: readonly Content[], now: number): Promise<(Remaining | undefined)[]>;
  read(now: number): Promise<SenderState>;
}

/** Claims of effects. State: `Claims` objects, 16 shards by key, without a copy elsewhere. */
export interface ClaimsClient {
  /**
   * Claims `key` for `leaseMs` from `now`, both in milliseconds. Only `taken` and `lapsed` permit the effect.
   * @param holder the fencing token of this try, unique: `free` and `lapse` act only for the holder of the claim
   */
  take(key: string, leaseMs: number, now: number, holder: string): Promise<Claim>;
  /** Records that the effect was done. */
  done(key: string): Promise<void>;
  /** Records that the effect did not happen: the key can be claimed again. */
  free(key: string, holder: string): Promise<void>;
  /** Ends the lease of an effect whose outcome is unknown: the next claim returns `lapsed`. */
  lapse(key: string, holder: string): Promise<void>;
}

/** Requests with an Idempotency-Key, for 24 hours. State: `Claims` objects, 16 shards by key. */
export interface RequestKeysClient {
  /**
   * Begins the request of a key, or returns what is known of it. Only `begun` permits the request.
   * @param print the fingerprint of the request
   * @param holder the fencing token of this try, unique: `end` and `free` act only for it
   */
  begin(
    key: string,
    print: string,
    leaseMs: number,
    now: number,
    holder: string,
  ): Promise<KeyState>;
  /** Stores the answer: the key is used up. */
  end(key: string, holder: string, answer: string): Promise<void>;
  /** Records that the request did nothing: the key may be used again. */
  free(key: string, holder: string): Promise<void>;
}

/** The clients of all Durable Objects but `Rulebooks`. Other code reaches the objects through them only. */
export interface Objects {
  readonly recipients: RecipientsClient;
  readonly reach: ReachClient;
  readonly senders: { of(appId: string, channel: string): SenderClient };
  readonly messages: MessagesClient;
  readonly claims: ClaimsClient;
  readonly requestKeys: RequestKeysClient;
  readonly fifo: FifoClient;
  readonly alerts: AlertsClient;
  readonly tallies: TalliesClient;
  readonly pauses: PausesClient;
  readonly refusals: RefusalsClient;
  readonly heartbeats: HeartbeatsClient;
  readonly changes: ChangesClient;
}

type Bindings = Pick<
  Env,
  | 'RECIPIENTS'
  | 'SENDERS'
  | 'MESSAGES'
  | 'CLAIMS'
  | 'FIFO'
  | 'TALLY'
  | 'ALERT_GROUPS'
  | 'ALERT_DESK'
  | 'PAUSES'
  | 'BUDGETS'
  | 'REFUSALS'
  | 'HEARTBEATS'
  | 'CHANGES'
>;

/**
 * Opens the objects of this deployment. `families` and `jurisdiction` cannot change after the first
 * deployment: objects are found by them.
 * @param dataKey its `hash` makes the keyed hash that stands for a person
 * @param families channels that share one consent
 * @param jurisdiction `eu` keeps the objects and their data in the EU
 * @param messageRetention how long a submitted message is kept, in milliseconds
 * @param stopScope what a STOP applies to
 */
export function openObjects(
  env: Bindings,
  dataKey: { hash(text: string): string },
  families: Families = LINKED,
  jurisdiction?: 'eu',
  messageRetention: number = 24 * 3_600_000,
  stopScope: StopScope = 'project',
): Objects {
  const placed = <T extends Rpc.DurableObjectBranded>(
    namespace: DurableObjectNamespace<T>,
  ): DurableObjectNamespace<T> => (jurisdiction ? namespace.jurisdiction(jurisdiction) : namespace);
  const recipients = placed(env.RECIPIENTS);
  const senders = placed(env.SENDERS);
  const claims = placed(env.CLAIMS);
  return {
    alerts: openAlerts(placed(env.ALERT_GROUPS), placed(env.ALERT_DESK)),
    recipients: openRecipients(recipients, (text) => dataKey.hash(text), families, stopScope),
    reach: openReach(recipients, (address) => dataKey.hash(personKey(address, families))),
    messages: openMessages(placed(env.MESSAGES), messageRetention),
    pauses: openPauses(placed(env.PAUSES), placed(env.BUDGETS)),
    fifo: openFifo(placed(env.FIFO)),
    refusals: openRefusals(placed(env.REFUSALS)),
    heartbeats: openHeartbeats(placed(env.HEARTBEATS)),
    changes: openChanges(placed(env.CHANGES)),
    tallies: openTallyObjects(placed(env.TALLY), (text) => dataKey.hash(text)),
    senders: {
      of(appId, channel) {
        const name = `${appId}:${channel}`;
        const sender = senders.getByName(name);
        return {
          noteRating: (note) => sender.noteRating(name, note),
          ratingBefore: (note) => sender.ratingBefore(note),
          noteMessagingLimit: (note) => sender.noteMessagingLimit(name, note),
          messagingLimitBefore: (note) => sender.messagingLimitBefore(note),
          limit: (limit) => sender.limit(name, limit),
          release: (release) => sender.release(name, release),
          permit: (request) => sender.permit(request),
          giveBack: (content, count, now, or) => sender.giveBack(content, count, now, or),
          left: (contents, now) => sender.left(contents, now),
          read: (now) => sender.read(now),
        };
      },
    },
    requestKeys: {
      begin: (key, print, leaseMs, now, holder) =>
        shard(claims, key).beginRequest(key, print, leaseMs, now, holder),
      end: (key, holder, answer) => shard(claims, key).endRequest(key, holder, answer),
      free: (key, holder) => shard(claims, key).freeRequest(key, holder),
    },
    claims: {
      take: (key, leaseMs, now, holder) => shard(claims, key).take(key, leaseMs, now, holder),
      done: (key) => shard(claims, key).done(key),
      lapse: (key, holder) => shard(claims, key).lapse(key, holder),
      free: (key, holder) => shard(claims, key).free(key, holder),
    },
  };
}

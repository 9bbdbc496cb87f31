import { type Families, LINKED } from '../callbacks/person.ts';
import type { Content } from '../rules/model/values.ts';
import { type AlertsClient, openAlerts } from './alerts/alerts-client.ts';
import type { Claim } from './claims/claims.ts';
import { type FifoClient, openLines } from './fifo/fifo-client.ts';
import { type MessagesClient, openMessages } from './messages/messages-client.ts';
import { openPauses, type PausesClient } from './pauses/pauses-client.ts';
import { openRecipients, type RecipientsClient } from './recipients/recipients-client.ts';
import type { Limit, Release } from './senders/limits.ts';
import type { RatingBefore, RatingNote } from './senders/ratings.ts';
import type { Left, PermitRequest, SenderState } from './senders/senders.ts';
import type { Permit } from './senders/token-bucket.ts';
import { shard } from './shards.ts';
import { openTallyObjects, type TalliesClient } from './tally/tally-client.ts';

/** One sender: an app on a channel. */
export interface SenderClient {
  /** Remembers a rating and answers the one before it. A repeated callback gets its first answer. */
  noteRating(note: RatingNote): Promise<RatingBefore>;
  /** What `noteRating` would answer, without remembering anything. */
  ratingBefore(note: RatingNote): Promise<RatingBefore>;
  /** Sets a rule's limit for one kind of content; the newest event wins. */
  limit(limit: Limit): Promise<void>;
  /** Ends that rule's limit, or every limit, set before `at`. */
  release(release: Release): Promise<void>;
  /** How many sends of one kind may go now under the limits in force. */
  permit(request: PermitRequest): Promise<Permit>;
  /** Gives permits back that were taken and not used; `or` as they were asked for. */
  giveBack(content: Content, count: number, now: number, or?: string): Promise<void>;
  /** What is left of the strictest limit for each kind of content, without taking any. */
  left(contents: readonly Content[], now: number): Promise<(Left | undefined)[]>;
  read(now: number): Promise<SenderState>;
}

/** Claims: whoever takes one may do the effect that it names. */
export interface ClaimsClient {
  /** Asks for `key` for `leaseMs` from `now` on. */
  take(key: string, leaseMs: number, now: number): Promise<Claim>;
  /** It was done. */
  done(key: string): Promise<void>;
  /** It definitely did not happen, and may be taken anew. */
  free(key: string): Promise<void>;
  /** Nobody knows whether it happened: the next one to ask hears `lapsed`. */
  lapse(key: string): Promise<void>;
}

/** All that must not race, behind plain functions. Nobody else touches the objects. */
export interface Objects {
  readonly recipients: RecipientsClient;
  readonly senders: { of(appId: string, channel: string): SenderClient };
  readonly messages: MessagesClient;
  readonly claims: ClaimsClient;
  readonly lines: FifoClient;
  readonly alerts: AlertsClient;
  readonly tallies: TalliesClient;
  readonly pauses: PausesClient;
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
>;

/**
 * Opens the objects of this deployment. Both settings are the first deployment's for good.
 * @param dataKey its `hash` stands for a person wherever the clear address need not
 * @param families channels that share one consent
 * @param jurisdiction `eu` keeps the objects, and what they hold, in the EU
 * @param messagesKept how long a submitted message is kept, in milliseconds
 */
export function openObjects(
  env: Bindings,
  dataKey: { hash(text: string): string },
  families: Families = LINKED,
  jurisdiction?: 'eu',
  messageRetention: number = 24 * 3_600_000,
): Objects {
  const placed = <T extends Rpc.DurableObjectBranded>(
    namespace: DurableObjectNamespace<T>,
  ): DurableObjectNamespace<T> => (jurisdiction ? namespace.jurisdiction(jurisdiction) : namespace);
  const senders = placed(env.SENDERS);
  const claims = placed(env.CLAIMS);
  return {
    alerts: openAlerts(placed(env.ALERT_GROUPS), placed(env.ALERT_DESK)),
    recipients: openRecipients(placed(env.RECIPIENTS), (text) => dataKey.hash(text), families),
    messages: openMessages(placed(env.MESSAGES), messageRetention),
    pauses: openPauses(placed(env.PAUSES), placed(env.BUDGETS), env.PAUSES),
    lines: openLines(placed(env.FIFO)),
    tallies: openTallyObjects(placed(env.TALLY), (text) => dataKey.hash(text)),
    senders: {
      of(appId, channel) {
        const name = `${appId}:${channel}`;
        const sender = senders.getByName(name);
        return {
          noteRating: (note) => sender.noteRating(name, note),
          ratingBefore: (note) => sender.ratingBefore(note),
          limit: (limit) => sender.limit(name, limit),
          release: (release) => sender.release(name, release),
          permit: (request) => sender.permit(request),
          giveBack: (content, count, now, or) => sender.giveBack(content, count, now, or),
          left: (contents, now) => sender.left(contents, now),
          read: (now) => sender.read(now),
        };
      },
    },
    claims: {
      take: (key, leaseMs, now) => shard(claims, key).take(key, leaseMs, now),
      done: (key) => shard(claims, key).done(key),
      lapse: (key) => shard(claims, key).lapse(key),
      free: (key) => shard(claims, key).free(key),
    },
  };
}

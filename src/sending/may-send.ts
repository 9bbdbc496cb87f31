import {
  type Ask,
  type Consistency,
  type MaySendAnswer,
  MOST,
  type Reason,
  type Verdict,
} from '../api/may-send.ts';
import { time } from '../api/operation.ts';
import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import { checkAddress } from './address.ts';
import { copiedConsents, copiedPaces } from './kv-cache.ts';
import { consentUnavailable, refusals } from './reasons.ts';
import { type Paced, readPaces, sendersOf } from './senders.ts';

/** The time an object has to answer (ms). After that the recipient is not allowed. */
const PATIENCE = 5_000;

/** The dependencies of may-send. */
export interface Asking {
  readonly objects: Pick<Objects, 'recipients' | 'senders'>;
  readonly kv: Pick<KVNamespace, 'get'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Returns whether each recipient may receive a message, in request order. Unreadable consent is not allowed, and is no error.
 * @throws AppError `bad_request` naming the entry
 */
export async function maySend(
  asks: readonly Ask[],
  consistency: Consistency,
  asking: Asking,
): Promise<MaySendAnswer> {
  const { objects, kv, now } = asking;
  const addresses = asks.map(addressOf);
  const senders = sendersOf(asks);
  if (senders.length > MOST.senders) {
    throw new AppError(
      'bad_request',
      `recipients: they name ${senders.length} senders (app_id and channel), at most ${MOST.senders} in one call`,
    );
  }
  const at = now();
  const [consents, paced] = await Promise.all(
    consistency === 'fast'
      ? [copiedConsents(asks, addresses, objects.recipients, kv, at), copiedPaces(senders, kv, at)]
      : [readConsents(asks, addresses, asking), readPaces(senders, objects, PATIENCE, at)],
  );
  // The common case: the sender is not stopped and the person is not suppressed.
  const stopped = new Map(
    paced
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ pace, reasons }) => [keyOf(pace), reasons]),
  );
  return {
    results: asks.map((ask, place): Verdict => {
      const own = consents[place] ?? [consentUnavailable(at)];
      const reasons = stopped.size === 0 ? own : [...own, ...(stopped.get(keyOf(ask)) ?? [])];
      return { allowed: reasons.length === 0, reasons };
    }),
    senders: paced.map(({ pace }: Paced) => pace),
    consistency,
    as_of: time(at),
  };
}

/** Returns why each person may not receive a message, from the source of truth: at most one call per shard, in parallel. */
export async function readConsents(
  asks: readonly Pick<Ask, 'content'>[],
  addresses: readonly Address[],
  { objects, now }: Pick<Asking, 'objects' | 'now'>,
): Promise<Reason[][]> {
  const at = now();
  try {
    const consents = await objects.recipients.readHistories(addresses, PATIENCE);
    return asks.map(({ content }, place) => {
      const consent = consents[place];
      return consent ? refusals(consent, content) : [consentUnavailable(at)];
    });
  } catch (error) {
    console.error({ event: 'consent.unavailable', message: messageOf(error) });
    return asks.map(() => [consentUnavailable(at)]);
  }
}

/** Channels and contents contain no colon. */
const keyOf = ({ app_id, channel, content }: Pick<Ask, 'app_id' | 'channel' | 'content'>): string =>
  `${channel}:${content}:${app_id}`;

const addressOf = ({ channel, identity, app_id }: Ask, place: number): Address =>
  checkAddress({ channel, identity, appId: app_id }, `recipients.${place}.`);

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
import { readAddress, type WrongAddress } from './address.ts';
import { copiedConsents, copiedPaces } from './kv-cache.ts';
import { consentUnavailable, refusals, unreadable } from './reasons.ts';
import { type Paced, readPaces, sendersOf } from './senders.ts';

/** The time an object has to answer (ms). After that the recipient is not allowed. */
const PATIENCE = 5_000;

/** The dependencies of may-send. */
export interface Asking {
  readonly objects: Pick<Objects, 'recipients' | 'senders'>;
  readonly kv: Pick<KVNamespace, 'get'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The setting DEFAULT_COUNTRY. */
  readonly country?: string | undefined;
}

/**
 * Returns whether each recipient may receive a message, in request order. Unreadable consent is not allowed, and is no error; neither is an unreadable recipient.
 * @throws AppError `bad_request` for more senders than one call may name
 */
export async function maySend(
  asks: readonly Ask[],
  consistency: Consistency,
  asking: Asking,
): Promise<MaySendAnswer> {
  const { objects, kv, now } = asking;
  const read = asks.map((ask) => addressOf(ask, asking.country));
  const known = read.flatMap((address, place) => {
    const ask = asks[place];
    return ask === undefined || 'wrong' in address ? [] : [{ ask, address, place }];
  });
  const addresses = known.map(({ address }) => address);
  const readable = known.map(({ ask }) => ask);
  const senders = sendersOf(readable);
  if (senders.length > MOST.senders) {
    throw new AppError(
      'bad_request',
      `recipients: they name ${senders.length} senders (app_id and channel), at most ${MOST.senders} in one call`,
    );
  }
  const at = now();
  const [consents, paced] = await Promise.all(
    consistency === 'fast'
      ? [
          copiedConsents(readable, addresses, objects.recipients, kv, at),
          copiedPaces(senders, kv, at),
        ]
      : [readConsents(readable, addresses, asking), readPaces(senders, objects, PATIENCE, at)],
  );
  const consentAt = new Map(known.map(({ place }, at) => [place, consents[at]]));
  // The common case: the sender is not stopped and the person is not suppressed.
  const stopped = new Map(
    paced
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ pace, reasons }) => [keyOf(pace), reasons]),
  );
  return {
    results: asks.map((ask, place): Verdict => {
      const address = read[place];
      if (address && 'wrong' in address)
        return { allowed: false, reasons: [unreadable(address, at)] };
      const own = consentAt.get(place) ?? [consentUnavailable(at)];
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
  asks: readonly Pick<Ask, 'content' | 'app_id'>[],
  addresses: readonly Address[],
  { objects, now }: Pick<Asking, 'objects' | 'now'>,
): Promise<Reason[][]> {
  const at = now();
  try {
    const consents = await objects.recipients.readHistories(addresses, PATIENCE);
    return asks.map(({ content, app_id: app }, place) => {
      const consent = consents[place];
      return consent ? refusals(consent, content, app) : [consentUnavailable(at)];
    });
  } catch (error) {
    console.error({ event: 'consent.unavailable', message: messageOf(error) });
    return asks.map(() => [consentUnavailable(at)]);
  }
}

/** Channels and contents contain no colon. */
const keyOf = ({ app_id, channel, content }: Pick<Ask, 'app_id' | 'channel' | 'content'>): string =>
  `${channel}:${content}:${app_id}`;

const addressOf = (
  { channel, identity, app_id }: Ask,
  country: string | undefined,
): Address | WrongAddress => readAddress({ channel, identity, appId: app_id }, { country });

import { time } from '../api/operation.ts';
import {
  type Ask,
  type Consistency,
  type MaySendAnswer,
  MOST,
  type Reason,
  type Verdict,
  type Warning,
} from '../api/sending/may-send.ts';
import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import { readAddress, type WrongAddress } from './address.ts';
import { copiedConsents, copiedPaces } from './kv-cache.ts';
import { lastAnswerFor } from './reach-state.ts';
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
  /** How long an answer to a capability check counts (ms); without it there are no warnings. */
  readonly maxAge?: number;
  /** The most senders of the request; default 32. */
  readonly mostSenders?: number;
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
  const { objects, kv, now, mostSenders = MOST.senders } = asking;
  const read = asks.map((ask) => addressOf(ask, asking.country));
  const known = read.flatMap((address, place) => {
    const ask = asks[place];
    return ask === undefined || 'wrong' in address ? [] : [{ ask, address, place }];
  });
  const addresses = known.map(({ address }) => address);
  const readable = known.map(({ ask }) => ask);
  const senders = sendersOf(readable);
  if (senders.length > mostSenders) {
    throw new AppError(
      'bad_request',
      `recipients: they name ${senders.length} senders (app_id and channel), at most ${mostSenders} in one call`,
    );
  }
  const at = now();
  const [states, paced] = await Promise.all(
    consistency === 'fast'
      ? [
          copiedConsents(readable, addresses, objects.recipients, kv, at).then((copies) =>
            copies.map((reasons): SendState => ({ reasons, warnings: [] })),
          ),
          copiedPaces(senders, kv, at),
        ]
      : [readStates(readable, addresses, asking), readPaces(senders, objects, PATIENCE, at)],
  );
  const stateAt = new Map(known.map(({ place }, at) => [place, states[at]]));
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
      const { reasons: own, warnings } = stateAt.get(place) ?? unread(at);
      const reasons = stopped.size === 0 ? own : [...own, ...(stopped.get(keyOf(ask)) ?? [])];
      return {
        ...{ allowed: reasons.length === 0, reasons },
        ...(warnings.length > 0 && { warnings: [...warnings] }),
      };
    }),
    senders: paced.map(({ pace }: Paced) => pace),
    consistency,
    as_of: time(at),
  };
}

/** Why a person may not receive a message, and what else speaks against it. */
interface SendState {
  readonly reasons: Reason[];
  readonly warnings: readonly Warning[];
}

const unread = (at: number): SendState => ({ reasons: [consentUnavailable(at)], warnings: [] });

type Asked = Pick<Ask, 'content' | 'app_id' | 'channel'>;

/** Returns why each person may not receive a message, from the source of truth: at most one call per shard, in parallel. */
export async function readConsents(
  asks: readonly Omit<Asked, 'channel'>[],
  addresses: readonly Address[],
  { objects, now }: Pick<Asking, 'objects' | 'now'>,
): Promise<Reason[][]> {
  const named = asks.map((ask) => ({ ...ask, channel: '' }));
  return (await readStates(named, addresses, { objects, now })).map(({ reasons }) => reasons);
}

/** Returns the same with the warnings, if it is known how long an answer to a capability check counts. */
async function readStates(
  asks: readonly Asked[],
  addresses: readonly Address[],
  { objects, now, maxAge }: Pick<Asking, 'objects' | 'now' | 'maxAge'>,
): Promise<SendState[]> {
  const at = now();
  const since = maxAge === undefined ? undefined : at - maxAge;
  try {
    const consents = await objects.recipients.readHistories(addresses, PATIENCE, since);
    return asks.map(({ content, app_id: app, channel }, place) => {
      const consent = consents[place];
      if (!consent) return unread(at);
      const answer = lastAnswerFor(consent.lastAnswers ?? [], channel, app);
      const warnings = answer && !answer.reaches ? [notReachable(channel, answer.at)] : [];
      return { reasons: refusals(consent, content, app), warnings };
    });
  } catch (error) {
    console.error({ event: 'consent.unavailable', message: messageOf(error) });
    return asks.map(() => unread(at));
  }
}

const notReachable = (channel: string, at: number): Warning => ({
  code: 'not_reachable',
  message: `${channel} does not reach this person, Sinch reported.`,
  since: time(at),
});

/** Channels and contents contain no colon. */
const keyOf = ({ app_id, channel, content }: Pick<Ask, 'app_id' | 'channel' | 'content'>): string =>
  `${channel}:${content}:${app_id}`;

const addressOf = (
  { channel, identity, app_id }: Ask,
  country: string | undefined,
): Address | WrongAddress => readAddress({ channel, identity, appId: app_id }, { country });

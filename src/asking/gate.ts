import type { SendRefused } from '../api/send.ts';
import type { Address } from '../callbacks/trigger.ts';
import type { Permit } from '../entities/bucket.ts';
import type { Entities } from '../entities/index.ts';
import { AppError, messageOf } from '../errors.ts';
import { within } from '../patience.ts';
import type { Gateway } from '../sinch/gateway.ts';
import { type Asking, readConsents } from './may-send.ts';
import type { SendOrder } from './send-request.ts';

/** How long the sender's object may take to answer, in milliseconds. */
const PATIENCE = 5_000;

/** The longest that a message is held back for its permit, in seconds. */
const LONGEST_WAIT = 30;

/** What it takes to find out whom a message would reach. */
export interface Finding {
  readonly contacts: { readonly of: (contactId: string) => Promise<readonly Address[]> };
  readonly gateway: Pick<Gateway, 'contact'>;
  readonly authorization: string;
}

/**
 * Everybody a message may reach. What we know of a contact suffices where it covers every channel that the message may go out
 * on; otherwise Sinch is asked. @throws AppError `sinch_unavailable`
 */
export async function reachedBy(
  order: SendOrder,
  { contacts, gateway, authorization }: Finding,
): Promise<readonly Address[]> {
  const { contactId, channels, addresses, appId } = order;
  if (contactId === undefined) return addresses;
  const onTheWay = ({ channel }: Address) => channels.length === 0 || channels.includes(channel);
  const known = (await contacts.of(contactId).catch(() => [])).filter(onTheWay);
  const covered = channels.length > 0 && channels.every((wanted) => known.some(({ channel }) => channel === wanted));
  const found = covered ? [] : (await gateway.contact(contactId, appId, authorization)).filter(onTheWay);
  return [...addresses, ...known, ...found];
}

/**
 * Lets a message pass whose every recipient allows it.
 * @throws AppError `consent_forbids` with the reasons, `consent_unavailable`
 */
export async function checkConsent(
  reached: readonly Address[],
  { content }: Pick<SendOrder, 'content'>,
  asking: Pick<Asking, 'entities' | 'now'>,
): Promise<void> {
  const verdicts = await readConsents(
    reached.map(() => ({ content })),
    reached,
    asking,
  );
  const reasons: SendRefused['reasons'] = verdicts.flatMap((found, recipient) =>
    found.map((reason) => ({ recipient, channel: reached[recipient]?.channel ?? '', ...reason })),
  );
  const unread = reasons.find(({ code }) => code === 'consent_unavailable');
  if (unread) throw new AppError('consent_unavailable', `${unread.says} Nothing was sent.`, { retryAfter: 5 });
  const [first] = reasons;
  if (first) throw new AppError('consent_forbids', `${first.says} Nothing was sent.`, { details: { reasons } });
}

/** How many seconds a sender is willing to wait: `Prefer: wait=10` (RFC 7240), 30 at most. What cannot be read is no preference. */
export function patienceOf(prefer: string | undefined): number {
  const [, seconds = '0'] = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i.exec(prefer ?? '') ?? [];
  return Math.min(Number(seconds), LONGEST_WAIT);
}

/** What it takes to get a permit, and how long to wait for it, in seconds. */
export interface Permitting {
  readonly entities: Pick<Entities, 'senders'>;
  readonly now: () => number;
  readonly patience: number;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/**
 * Takes a permit for one message on the channel that it goes out on first, and holds the message back until there is one, if that
 * is soon enough. Answers whether it was held back.
 * @throws AppError `throttled`, saying when to try again, `throttle_unavailable`
 */
export async function takePermit(
  order: SendOrder,
  reached: readonly Address[],
  { patience, pause, ...asking }: Permitting,
): Promise<boolean> {
  const channel = order.channels[0] ?? reached[0]?.channel;
  if (channel === undefined) return false;
  for (let left = patience; ; ) {
    const { granted, retryAfter = 1 } = await askPermit(order, channel, asking);
    if (granted > 0) return left < patience;
    if (retryAfter > left) {
      throw new AppError('throttled', `${channel} ${order.content} of this sender is limited; nothing was sent`, {
        retryAfter,
      });
    }
    await pause(retryAfter * 1_000);
    // Somebody else may have been faster: each round uses up at least a second.
    left -= retryAfter;
  }
}

function askPermit(
  { appId, content }: SendOrder,
  channel: string,
  { entities, now }: Pick<Permitting, 'entities' | 'now'>,
): Promise<Permit> {
  return within(PATIENCE, entities.senders.of(appId, channel).permit({ content, count: 1, now: now() })).catch(
    (error: unknown) => {
      console.error({ event: 'throttle.unavailable', app: appId, channel, message: messageOf(error) });
      throw new AppError('throttle_unavailable', 'the limits of this sender cannot be read now; nothing was sent', {
        retryAfter: 5,
      });
    },
  );
}

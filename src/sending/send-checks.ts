import type { SendRefused } from '../api/sending/send.ts';
import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import type { Permit } from '../objects/senders/token-bucket.ts';
import { withTimeout } from '../outbound/timeout.ts';
import type { Gateway } from '../sinch/gateway.ts';
import type { SharedRate } from '../sinch/rate.ts';
import { type Asking, readConsents } from './may-send.ts';
import type { SendOrder } from './send-request.ts';
import { checkStop, describeLimit, describeShare, limitOn } from './stopped.ts';
import type { Holding } from './wait.ts';

/** The time an object has to grant permits (ms). */
const PATIENCE = 5_000;

/** The dependencies of the recipient lookup. */
export interface Finding {
  readonly contacts: { readonly of: (contactId: string) => Promise<readonly Address[]> };
  readonly gateway: Pick<Gateway, 'contact'>;
  readonly authorization: string;
}

/**
 * Returns all addresses that a message may reach. A contact is always looked up at Sinch, because the stored addresses may lack a
 * new one; stored addresses count, too, even if Sinch no longer has them.
 * Returns Sinch's answer where it refuses the Authorization.
 * @throws AppError `sinch_unavailable`, `bad_request` where the contact has no address on these channels
 */
export async function reachedBy(
  order: Pick<SendOrder, 'contactId' | 'channels' | 'addresses' | 'appId'>,
  { contacts, gateway, authorization }: Finding,
): Promise<readonly Address[] | Response> {
  const { contactId, channels, addresses, appId } = order;
  if (contactId === undefined) return addresses;
  const onTheWay = ({ channel }: Address) => channels.length === 0 || channels.includes(channel);
  const known = (await contacts.of(contactId).catch(() => [])).filter(onTheWay);
  const contact = await gateway.contact(contactId, appId, authorization);
  if (contact instanceof Response) return contact;
  const found = contact.filter(onTheWay);
  if (known.length === 0 && found.length === 0)
    throw new AppError(
      'bad_request',
      'recipient.contact_id: this contact has no known address on these channels; nothing was sent',
    );
  return [...addresses, ...found, ...known];
}

/** Why messages may not be sent, by the index of the recipient. */
export type Refusals = NonNullable<SendRefused['reasons']>;

/** Returns why consent forbids a message to each of these addresses. @throws AppError `consent_unavailable` */
export async function readRefusals(
  reached: readonly Address[],
  { content, appId }: Pick<SendOrder, 'content' | 'appId'>,
  asking: Pick<Asking, 'objects' | 'now'>,
): Promise<Refusals> {
  const verdicts = await readConsents(
    reached.map(() => ({ content, app_id: appId })),
    reached,
    asking,
  );
  const reasons = verdicts.flatMap((found, recipient) =>
    found.map((reason) => ({ recipient, channel: reached[recipient]?.channel ?? '', ...reason })),
  );
  const unread = reasons.find(({ code }) => code === 'consent_unavailable');
  if (unread)
    throw new AppError('consent_unavailable', `${unread.message} Nothing was sent.`, {
      retryAfter: 5,
    });
  return reasons;
}

/**
 * Checks that every recipient allows a message.
 * @throws AppError `consent_forbids` with the reasons, `consent_unavailable`
 */
export async function checkConsent(
  reached: readonly Address[],
  order: Pick<SendOrder, 'content' | 'appId'>,
  asking: Pick<Asking, 'objects' | 'now'>,
): Promise<void> {
  const reasons = await readRefusals(reached, order, asking);
  const [first] = reasons;
  if (first)
    throw new AppError('consent_forbids', `${first.message} Nothing was sent.`, {
      details: { reasons },
    });
}

/** The dependencies of taking a permit. */
export interface Permitting {
  readonly objects: Pick<Objects, 'senders'>;
  readonly now: () => number;
  readonly holding: Holding;
}

/**
 * Takes a permit for one message on its first channel, and waits for one within the caller's preference. Returns the function
 * that returns the permit when nothing was sent; it never rejects. The first permit is asked for while `consent` is checked,
 * because both objects may be far away; where consent forbids the message it is returned.
 * @throws AppError the error of `consent`, `throttled` with the time to wait, `sender_stopped` for a longer stop, `throttle_unavailable`
 */
export async function takePermit(
  { appId, channels, content }: SendOrder,
  reached: readonly Address[],
  { objects, now, holding }: Permitting,
  consent: Promise<void>,
): Promise<() => Promise<void>> {
  // A channel without an address of the recipient is skipped: its limits do not apply to this message.
  const channel =
    channels.find((one) => reached.some((address) => address.channel === one)) ??
    reached[0]?.channel;
  if (channel === undefined) {
    await consent;
    return async () => {};
  }
  const sender = objects.senders.of(appId, channel);
  const giveBack = () =>
    // @event send.permit-lost | A permit could not be returned though nothing was sent.
    sender
      .giveBack(content, 1, now())
      .catch(() => console.error({ event: 'send.permit-lost', app: appId }));
  for (;;) {
    const [allowed, asked] = await Promise.allSettled([
      consent,
      readable(sender.permit({ content, count: 1, now: now() }), 'the limits of this sender'),
    ]);
    if (allowed.status === 'rejected') {
      if (asked.status === 'fulfilled' && asked.value.granted > 0) await giveBack();
      throw allowed.reason;
    }
    if (asked.status === 'rejected') throw asked.reason;
    const { granted, retryAfter = 1 } = asked.value;
    if (granted > 0) return giveBack;
    const limit = await limitOn(sender, content, now());
    checkStop(limit, channel, content, now());
    // Another caller may take the permit first, so each round waits at least a second.
    await holding.wait(retryAfter, async () => describeLimit(limit, channel, content));
  }
}

/**
 * Takes a share of the project's rate at Sinch, and waits for one within the caller's preference. Returns the number of calls it
 * covers.
 * @throws AppError `throttled` with the time to wait, `throttle_unavailable`
 */
export async function takeShare(
  calls: number,
  { pace, limit }: Pick<SharedRate, 'pace' | 'limit'>,
  holding: Holding,
): Promise<number> {
  for (;;) {
    const { granted, retryAfter = 1 } = await readable(pace(calls), 'the pace of this project');
    if (granted > 0) return granted;
    await holding.wait(retryAfter, async () => describeShare(await limit().catch(() => undefined)));
  }
}

/** Returns the permit of an object. @throws AppError `throttle_unavailable` where it does not answer in time */
export function readable(permit: Promise<Permit>, what: string): Promise<Permit> {
  return withTimeout(PATIENCE, permit).catch((error: unknown) => {
    // @event throttle.unavailable | A limit could not be read in time, so nothing was sent.
    console.error({ event: 'throttle.unavailable', what, message: messageOf(error) });
    throw new AppError('throttle_unavailable', `${what} cannot be read now; nothing was sent`, {
      retryAfter: 5,
    });
  });
}

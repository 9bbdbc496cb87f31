import type { SendRefused } from '../api/send.ts';
import type { Address } from '../callbacks/trigger.ts';
import type { Entities } from '../entities/index.ts';
import { AppError, messageOf } from '../errors.ts';
import { within } from '../patience.ts';
import type { Gateway } from '../sinch/gateway.ts';
import { type Asking, readConsents } from './may-send.ts';
import type { SendOrder } from './send-request.ts';

/** How long the sender's object may take to answer, in milliseconds. */
const PATIENCE = 5_000;

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

/**
 * Takes a permit for one message on the channel that it goes out on first.
 * @throws AppError `throttled`, saying when to try again, `throttle_unavailable`
 */
export async function takePermit(
  { appId, channels, content }: SendOrder,
  reached: readonly Address[],
  { entities, now }: { readonly entities: Pick<Entities, 'senders'>; readonly now: () => number },
): Promise<void> {
  const channel = channels[0] ?? reached[0]?.channel;
  if (channel === undefined) return;
  const permit = await within(
    PATIENCE,
    entities.senders.of(appId, channel).permit({ content, count: 1, now: now() }),
  ).catch((error: unknown) => {
    console.error({ event: 'throttle.unavailable', app: appId, channel, message: messageOf(error) });
    throw new AppError('throttle_unavailable', 'the limits of this sender cannot be read now; nothing was sent', {
      retryAfter: 5,
    });
  });
  if (permit.granted < 1) {
    throw new AppError('throttled', `${channel} ${content} of this sender is limited; nothing was sent`, {
      retryAfter: permit.retryAfter,
    });
  }
}

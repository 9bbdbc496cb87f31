import type { BatchRefusal } from '../api/sending/send.ts';
import type { Address } from '../callbacks/model.ts';
import { AppError } from '../errors.ts';
import type { BatchOrder } from './batch-request.ts';
import { type Finding, type Permitting, reachedBy, readable, readRefusals } from './send-checks.ts';
import { checkStop, describeLimit, limitOn } from './stopped.ts';

/** The most recipients of one batch that are named by `contact_id`: each is looked up at Sinch. */
const MOST_CONTACTS = 200;

/** Lookups at a time: Cloudflare opens six connections for a request. */
const SIDE_BY_SIDE = 6;

/** Why recipients of a batch get no message, by their index in the request. */
export type BatchRefusals = Map<number, readonly BatchRefusal[]>;

/** A recipient of a batch: its index in the request, and its addresses. */
export interface BatchRecipient {
  readonly at: number;
  readonly addresses: readonly Address[];
}

/** Records that a recipient gets no message. */
export function refuse(
  refused: BatchRefusals,
  recipient: number,
  reason: Omit<BatchRefusal, 'recipient'>,
): void {
  refused.set(recipient, [...(refused.get(recipient) ?? []), { recipient, ...reason }]);
}

/**
 * Returns the addresses of each recipient; one without any is added to `refused`. Returns Sinch's answer where it refuses the
 * Authorization.
 * @throws AppError `sinch_unavailable`, `bad_request` for more contacts than one batch may name by id
 */
export async function batchReach(
  order: BatchOrder,
  finding: Finding,
  refused: BatchRefusals,
): Promise<readonly BatchRecipient[] | Response> {
  const contacts = order.recipients.filter(({ contactId }) => contactId !== undefined);
  if (contacts.length > MOST_CONTACTS)
    throw new AppError(
      'bad_request',
      `recipient_and_params: names ${contacts.length} contacts by id, at most ${MOST_CONTACTS} in one batch; name the others by channel_identities`,
    );
  const found: BatchRecipient[] = [];
  const waiting = [...order.recipients.entries()];
  let answer: Response | undefined;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !answer; next = waiting.shift()) {
      const [at, { contactId, addresses }] = next;
      const reached = await reachedBy({ ...order, contactId, addresses }, finding).catch(
        (error: unknown) => {
          if (error instanceof AppError && error.code === 'bad_request') return error;
          throw error;
        },
      );
      if (reached instanceof Response) answer = reached;
      else if (reached instanceof AppError)
        refuse(refused, at, {
          channel: '',
          code: 'no_address',
          message: 'This contact has no known address on these channels.',
          decision_id: 'none',
        });
      else found.push({ at, addresses: reached });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return answer ?? found.toSorted((one, other) => one.at - other.at);
}

/** Adds the recipients whom consent forbids a message to `refused`. @throws AppError `consent_unavailable` */
export async function checkBatchConsent(
  recipients: readonly BatchRecipient[],
  order: Pick<BatchOrder, 'appId' | 'content'>,
  { objects, now }: Pick<Permitting, 'now'> & Parameters<typeof readRefusals>[2],
  refused: BatchRefusals,
): Promise<void> {
  const flat = recipients.flatMap(({ at, addresses }) =>
    addresses.map((address) => ({ at, address })),
  );
  const found = await readRefusals(
    flat.map(({ address }) => address),
    order,
    { objects, now },
  );
  for (const { recipient, ...reason } of found) {
    const owner = flat[recipient]?.at;
    if (owner !== undefined) refuse(refused, owner, reason);
  }
}

/** The permits of a batch by the index of the recipient; `giveBack` returns those of some recipients. */
export interface BatchPermits {
  readonly giveBack: (recipients: Iterable<number>) => Promise<void>;
}

/**
 * Takes one permit a recipient, on the channel on which its message goes out first, and waits for them within the caller's
 * preference. With `partial`, recipients without a permit are added to `refused`; else all permits are returned.
 * @throws AppError `throttled`, `sender_stopped`, `bad_request` for more messages than the limit ever allows at once,
 * `throttle_unavailable`
 */
export async function takeBatchPermits(
  order: BatchOrder,
  recipients: readonly BatchRecipient[],
  { objects, now, holding }: Permitting,
  partial: boolean,
  refused: BatchRefusals,
): Promise<BatchPermits> {
  const { appId, content } = order;
  const taken = new Map<number, string>();
  const giveBack = async (which: Iterable<number>): Promise<void> => {
    const channels = [...which].flatMap((at) => taken.get(at) ?? []);
    for (const [channel, given] of Map.groupBy(channels, (name) => name))
      await objects.senders.of(appId, channel).giveBack(content, given.length, now());
    for (const at of which) taken.delete(at);
  };
  const byChannel = Map.groupBy(recipients, ({ addresses }) => firstChannel(order, addresses));
  for (const [channel, group] of byChannel) {
    const sender = objects.senders.of(appId, channel);
    const left = group.map(({ at }) => at);
    try {
      while (left.length > 0) {
        const { granted, retryAfter = 1 } = await readable(
          sender.permit({ content, count: left.length, now: now() }),
          'the limits of this sender',
        );
        for (const at of left.splice(0, granted)) taken.set(at, channel);
        if (left.length === 0) break;
        const limit = await limitOn(sender, content, now());
        checkStop(limit, channel, content, now());
        const most = Number.parseInt(limit?.to ?? '', 10);
        const text = describeLimit(limit, channel, content);
        if (!partial && most > 0 && group.length > most)
          throw new AppError(
            'bad_request',
            `${text}, and this batch has ${group.length} such messages: send at most ${most} at once, or use x-signalbox-partial; nothing was sent`,
          );
        await holding.wait(retryAfter, async () => text);
      }
    } catch (error) {
      const code = error instanceof AppError ? error.code : undefined;
      if (!(error instanceof AppError) || !partial || !isLimit(code)) {
        await giveBack([...taken.keys()]);
        throw error;
      }
      for (const at of left)
        refuse(refused, at, { channel, code, message: error.message, decision_id: 'none' });
    }
  }
  return { giveBack };
}

/** Whether an error names a limit of the sender. */
const isLimit = (code: string | undefined): code is 'throttled' | 'sender_stopped' =>
  code === 'throttled' || code === 'sender_stopped';

/** Returns the channel on which a message goes out first: one without an address is skipped. */
const firstChannel = (
  { channels }: Pick<BatchOrder, 'channels'>,
  addresses: readonly Address[],
): string =>
  channels.find((one) => addresses.some(({ channel }) => channel === one)) ??
  addresses[0]?.channel ??
  '';

import { time } from '../api/operation.ts';
import type { Ask, Pace, Reason } from '../api/sending/may-send.ts';
import { messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import type { Remaining } from '../objects/senders/senders.ts';
import { withTimeout } from '../outbound/timeout.ts';
import type { Content } from '../rules/model/values.ts';
import { stops, throttleUnavailable } from './reasons.ts';

/** An app on a channel, and the contents of the request. */
export interface Sender {
  readonly appId: string;
  readonly channel: string;
  readonly contents: readonly Content[];
}

/** The rate of a sender for one content, and why it is stopped. */
export interface Paced {
  readonly pace: Pace;
  readonly reasons: readonly Reason[];
}

/** Returns the distinct senders of a request, in its order. */
export function sendersOf(asks: readonly Ask[]): Sender[] {
  const named = Map.groupBy(asks, ({ app_id, channel }) => `${app_id}:${channel}`);
  return [...named.values()].flatMap((group) => {
    const [first] = group;
    const contents = [...new Set(group.map(({ content }) => content))];
    return first ? [{ appId: first.app_id, channel: first.channel, contents }] : [];
  });
}

/** Reads the rate of each sender and content, one call per sender, in parallel. A sender that does not answer may not send. */
export async function readPaces(
  senders: readonly Sender[],
  objects: Pick<Objects, 'senders'>,
  patience: number,
  now: number,
): Promise<Paced[]> {
  const paced = await Promise.all(
    senders.map(async (sender) => {
      const { appId, channel, contents } = sender;
      try {
        const lefts = await withTimeout(
          patience,
          objects.senders.of(appId, channel).left(contents, now),
        );
        return contents.map((content, place) => pacedOf(sender, content, lefts[place]));
      } catch (error) {
        console.error({
          event: 'throttle.unavailable',
          app: appId,
          channel,
          message: messageOf(error),
        });
        return contents.map((content) => unknownPace(sender, content, now));
      }
    }),
  );
  return paced.flat();
}

/** Returns the rate of a sender; it is unlimited where `left` is missing. */
function pacedOf({ appId, channel }: Sender, content: Content, left: Remaining | undefined): Paced {
  const common = { app_id: appId, channel, content };
  if (!left) return { pace: { ...common, throttle: null, left: null }, reasons: [] };
  const { granted, retryAfter } = left.left;
  return {
    pace: {
      ...common,
      throttle: throttleOf(left.limit),
      left: granted,
      ...(granted === 0 && retryAfter !== undefined && { retry_after: retryAfter }),
    },
    reasons: stops(left, content),
  };
}

export const throttleOf = ({
  to,
  since,
  until,
  reason,
}: Remaining['limit']): NonNullable<Pace['throttle']> => ({
  to,
  since: time(since),
  until: time(until),
  reason,
});

/** Returns the rate of an unreadable sender: it may not send. */
export const unknownPace = ({ appId, channel }: Sender, content: Content, now: number): Paced => ({
  pace: { app_id: appId, channel, content, throttle: null, left: 0 },
  reasons: [throttleUnavailable(now)],
});

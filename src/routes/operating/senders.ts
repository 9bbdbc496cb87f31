import { throttleSender, unthrottleSender } from '../../api/operating/pauses.ts';
import { BY_HAND, readSender, type Sender } from '../../api/operating/senders.ts';
import { time } from '../../api/operation.ts';
import type { ActiveLimit } from '../../objects/senders/limits.ts';
import type { SenderState } from '../../objects/senders/senders.ts';
import { milliseconds } from '../../rules/model/values.ts';
import { open } from '../../services.ts';
import { checkChannel, unheardOf } from '../check-names.ts';
import { route } from '../route.ts';

/** `/v1/senders/{app_id}/{channel}`: rating and limits of a sender; throttles by hand. */
export const senderRoutes = [
  route(readSender, async (c) => {
    const { sender, now } = senderOf(c.req.param(), c.env);
    return c.json(shown(await sender.read(now())));
  }),
  route(throttleSender, async (c) => {
    const { app, channel } = c.req.param();
    checkChannel(channel.toUpperCase());
    const { sender, now } = senderOf({ app, channel }, c.env);
    const { to, for: life, content, actor, reason } = c.req.valid('json');
    const record = `${BY_HAND} (${actor}, ${c.var.caller.name}: ${reason})`;
    await sender.limit({
      rule: BY_HAND,
      rate: to,
      content,
      until: now() + milliseconds(life),
      at: now(),
      callbackId: record,
    });
    const warning = await unheardOf(app, c.env.JOURNAL_DB);
    return c.json({ ...shown(await sender.read(now())), ...(warning ? { warning } : {}) });
  }),
  route(unthrottleSender, async (c) => {
    checkChannel(c.req.param('channel').toUpperCase());
    const { sender, now } = senderOf(c.req.param(), c.env);
    const { actor, reason } = c.req.valid('query');
    // A release ends limits set before it, so its time is one millisecond later.
    await sender.release({
      at: now() + 1,
      atOnce: true,
      callbackId: `${BY_HAND} (${actor}, ${c.var.caller.name}: ${reason})`,
    });
    return c.json(shown(await sender.read(now() + 1)));
  }),
];

function senderOf({ app, channel }: { app: string; channel: string }, env: Env) {
  const { objects, now } = open(env);
  return { sender: objects.senders.of(app, channel.toUpperCase()), now };
}

/** Returns a sender in API form. */
const shown = ({
  quality,
  since,
  messagingLimit,
  throttle,
  limits,
  history,
  ...more
}: SenderState): Sender => ({
  ...more,
  quality,
  since: since === null ? null : time(since),
  messaging_limit: messagingLimit && { ...messagingLimit, since: time(messagingLimit.since) },
  throttle: throttle && { ...throttle, until: time(throttle.until) },
  limits: limits.map((limit: ActiveLimit) => ({
    ...limit,
    since: time(limit.since),
    until: time(limit.until),
  })),
  history: history.map(({ at, callbackId, ...event }) => ({
    ...event,
    at: time(at),
    ...('until' in event && { until: time(event.until) }),
    decision: callbackId,
  })),
});

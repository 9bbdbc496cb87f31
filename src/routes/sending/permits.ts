import type * as v from 'valibot';
import {
  type PermitAnswer,
  type PermitRequest,
  takePermits as takePermitsOperation,
} from '../../api/sending/permits.ts';
import { readable } from '../../sending/send-checks.ts';
import { open } from '../../services.ts';
import { checkChannel } from '../check-names.ts';
import { route } from '../route.ts';

/** `POST /v1/permits`: takes permits from the throttle in force. Granted permits count as sent. */
export const permitRoutes = [
  route(takePermitsOperation, async (c) => {
    return c.json(await takePermits(c.req.valid('json'), c.env));
  }),
];

/** Takes permits from the throttle in force. @throws AppError `bad_request`, `throttle_unavailable` */
export async function takePermits(
  { app_id, channel, content, count }: v.InferOutput<typeof PermitRequest>,
  env: Env,
): Promise<PermitAnswer> {
  checkChannel(channel);
  const { objects, now } = open(env);
  const { granted, retryAfter } = await readable(
    objects.senders.of(app_id, channel).permit({ content, count, now: now() }),
    'the limits of this sender',
  );
  return { granted, ...(retryAfter !== undefined && { retry_after: retryAfter }) };
}

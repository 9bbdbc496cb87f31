import * as v from 'valibot';
import { messageOf } from '../errors.ts';
import { withTimeout } from '../outbound/timeout.ts';
import type { Sinch } from '../sinch/client.ts';

/** How long the channels of an app are cached, and how long it is remembered that they could not be read (s). */
const CACHED = { known: 600, unknown: 60 } as const;

/** The time that Sinch has to answer (ms). Without an answer the order of the request counts. */
const PATIENCE = 2_000;

const Cached = v.object({ channels: v.nullable(v.array(v.string())) });

/** The dependencies of the lookup. */
export interface AppLookup {
  readonly kv: Pick<KVNamespace, 'get' | 'put'>;
  /** @throws AppError `not_configured` without SINCH_* settings */
  readonly sinch: () => Pick<Sinch, 'channelsOf'>;
}

/**
 * Returns the channels of an app at Sinch, in the order of its channel priority; undefined where Sinch does not have the app or
 * does not answer.
 *
 * @storage KV app-channels:<app> | the channels of an app at Sinch, in the order of its priority; null where they cannot be read |
 *   `POST /v1/channels` | `POST /v1/channels` | 10 minutes; null 60 seconds
 */
export async function appChannels(
  appId: string,
  { kv, sinch }: AppLookup,
): Promise<readonly string[] | undefined> {
  const key = `app-channels:${appId}`;
  const cached = v.safeParse(Cached, await kv.get(key, 'json').catch(() => null));
  if (cached.success) return cached.output.channels ?? undefined;
  const channels = await read(appId, sinch);
  const expirationTtl = channels ? CACHED.known : CACHED.unknown;
  await kv
    .put(key, JSON.stringify({ channels: channels ?? null }), { expirationTtl })
    .catch(() => {});
  return channels;
}

async function read(
  appId: string,
  sinch: AppLookup['sinch'],
): Promise<readonly string[] | undefined> {
  try {
    const channels = await withTimeout(PATIENCE, sinch().channelsOf(appId));
    return channels?.length ? channels : undefined;
  } catch (error) {
    console.warn({
      // @event app.unread | The channel priority of an app could not be read at Sinch; the order of
      //   the request counts.
      event: 'app.unread',
      app: appId,
      message: messageOf(error),
    });
    return undefined;
  }
}

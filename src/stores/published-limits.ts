import * as v from 'valibot';
import { Content } from '../rules/model/values.ts';

/** The part of a sender's published copy that says what limits it. Times are milliseconds since 1970. */
const Copy = v.looseObject({
  limits: v.array(
    v.looseObject({ to: v.string(), content: Content, until: v.number(), reason: v.string() }),
  ),
});

/** A limit in force on a sender. */
export interface PublishedLimit {
  readonly appId: string;
  readonly channel: string;
  readonly limit: {
    readonly to: string;
    readonly content: v.InferOutput<typeof Content>;
    readonly until: number;
    readonly reason: string;
  };
}

const PREFIX = 'throttle:';

/** Lists the limits in force, as each sender's object last published them to KV. A new one may take a minute to appear. */
export async function publishedLimits(
  KV: KVNamespace,
  now: number,
): Promise<readonly PublishedLimit[]> {
  const { keys } = await KV.list({ prefix: PREFIX });
  const found = await Promise.all(
    keys.map(async ({ name }) => {
      const [appId = '', channel = ''] = name.slice(PREFIX.length).split(':');
      const copy = v.safeParse(Copy, await KV.get(name, 'json'));
      const limits = copy.success ? copy.output.limits : [];
      return limits
        .filter(({ until }) => until > now)
        .map(({ to, content, until, reason }) => ({
          appId,
          channel,
          limit: { to, content, until, reason },
        }));
    }),
  );
  return found.flat();
}

import * as v from 'valibot';
import type { DataKey } from '../crypto/data-key.ts';
import type { Objects } from '../objects/index.ts';
import type { Shared } from './client.ts';

/**
 * Half of what Sinch allows a project, 800 requests a second over all apps: after a rest the bucket is full, and lets twice its
 * rate go within a second. Source: Sinch, rate limits.
 */
const PACE = '400/second';

/** Under this name the project itself is a sender, whose limit is Sinch's. No channel is called so. */
const API = 'SINCH-API';

const Token = v.pipe(v.string(), v.parseJson(), v.object({ value: v.string(), until: v.number() }));

/** The pace of a project is kept by a `Senders` object of its own, the token lies sealed in KV (`sinch:token`). */
export function openShared(
  KV: KVNamespace,
  dataKey: DataKey,
  { senders }: Pick<Objects, 'senders'>,
  projectId: string,
  now: () => number,
): Shared {
  const project = senders.of(projectId, API);
  return {
    shelf: {
      async get() {
        const sealed = await KV.get('sinch:token');
        return sealed === null ? undefined : v.parse(Token, await dataKey.decrypt(sealed));
      },
      async put(token) {
        const expirationTtl = Math.max(60, Math.floor((token.until - now()) / 1000));
        await KV.put('sinch:token', await dataKey.encrypt(JSON.stringify(token)), {
          expirationTtl,
        });
      },
    },
    pace: (calls) => project.permit({ content: 'other', count: calls, now: now(), or: PACE }),
    async slow(seconds) {
      await project.limit({
        rule: 'sinch-429',
        rate: '0',
        content: 'other',
        until: now() + seconds * 1000,
        at: now(),
        callbackId: '',
      });
    },
  };
}

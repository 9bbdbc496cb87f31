import * as v from 'valibot';
import type { DataKey } from '../crypto/data-key.ts';
import type { Objects } from '../objects/index.ts';
import type { Shared } from './client.ts';
import { emptyTokenMemory, type TokenMemory } from './token.ts';

/**
 * Half of Sinch's limit for a project, 800 requests a second over all apps: a full bucket allows twice its rate within a second.
 * Source: Sinch, rate limits.
 */
const PACE = '400/second';

/** The channel name of the sender that stands for the project and its rate limit. No channel has this name. */
const API = 'SINCH-API';

const Token = v.pipe(v.string(), v.parseJson(), v.object({ value: v.string(), until: v.number() }));

/**
 * Opens what all isolates share: the rate limit in a `Senders` object, the encrypted token in KV
 * (`sinch:token`).
 *
 * @storage KV sinch:token | the access token of Sinch (encrypted), shared by all isolates | the
 *   Sinch client | the Sinch client | until shortly before the token expires
 */
export function openShared(
  KV: KVNamespace,
  dataKey: DataKey,
  { senders }: Pick<Objects, 'senders'>,
  projectId: string,
  now: () => number,
  memory: TokenMemory = emptyTokenMemory(),
): Shared {
  const project = senders.of(projectId, API);
  return {
    memory,
    tokens: {
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

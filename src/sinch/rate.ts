import * as v from 'valibot';
import type { DataKey } from '../crypto/data-key.ts';
import type { Objects } from '../objects/index.ts';
import type { ActiveLimit } from '../objects/senders/limits.ts';
import type { Shared } from './client.ts';
import { emptyTokenMemory, type TokenMemory } from './token.ts';

/**
 * Less than half of Sinch's limit for a project, 800 requests a second over all apps: within a second a full bucket allows twice its
 * rate, and isolates use what they were granted some 50 ms before it (`CARRIED`). Source: Sinch, rate limits.
 */
const PACE = '380/second';

/** What all isolates share, and the pause that Sinch has asked for, if there is one. */
export interface SharedRate extends Shared {
  readonly limit: () => Promise<Pick<ActiveLimit, 'to' | 'until' | 'reason'> | undefined>;
}

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
): SharedRate {
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
    limit: async () => (await project.left(['other'], now()))[0]?.limit,
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

import { signCallback } from '../../src/callbacks/signature.ts';
import { bodyOf, type Kind, MIX, readSamples } from '../cost/mix.ts';
import type { SignedRequest } from './loads.ts';
import { SETTINGS } from './serve.ts';

/** Something that is measured: requests of one kind, no two the same. */
export interface Measurable {
  readonly name: string;
  /** Callbacks of the mix: how many come of 1,000 sends. */
  readonly of1000?: number;
  readonly requests: (count: number, first: number) => Promise<readonly SignedRequest[]>;
}

const callbacks = ({ name, sample, of1000 }: Kind): Measurable => ({
  name,
  of1000,
  async requests(count, first) {
    const text = (await readSamples()).get(sample) ?? '';
    const now = Date.now();
    const all: SignedRequest[] = [];
    for (let send = first; send < first + count; send++) {
      const body = bodyOf(text, send, now);
      const headers = await signCallback(new TextEncoder().encode(body), SETTINGS.WEBHOOK_SECRETS, {
        nonce: `${name}-${send}`,
        timestamp: Math.floor(now / 1_000),
      });
      all.push({
        method: 'POST',
        path: '/callbacks',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      });
    }
    return all;
  },
});

/** The project of the gateway's requests. */
export const PROJECT = 'bench-project';

/** Requests to the gateway, each to another person. */
const gateway: Measurable = {
  name: 'gateway',
  requests: async (count, first) =>
    Array.from({ length: count }, (_, at) => ({
      method: 'POST',
      path: `/send/v1/projects/${PROJECT}/messages:send`,
      headers: { authorization: 'Bearer bench', 'content-type': 'application/json' },
      body: JSON.stringify({
        app_id: '01JB1JEWE77B1WMNG5RADAGJ9R',
        recipient: {
          identified_by: {
            channel_identities: [{ channel: 'SMS', identity: String(46_700_000_000 + first + at) }],
          },
        },
        message: { text_message: { text: 'Your parcel is on its way.' } },
      }),
    })),
};

export const measurables: readonly Measurable[] = [...MIX.map(callbacks), gateway];

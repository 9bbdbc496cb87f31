import { bodyOf, type Kind, MIX, readSamples } from '../cost/mix.ts';
import { type SignedRequest, signedCallback } from './signed-request.ts';

/** Something that is measured: requests of one kind, no two the same. */
export interface Measurable {
  readonly name: string;
  /** Callbacks of the mix: how many come of 1,000 sends. */
  readonly of1000?: number;
  /** How many requests are on their way at a time, if not as many as usual. */
  readonly connections?: number;
  readonly requests: (count: number, first: number) => Promise<readonly SignedRequest[]>;
}

const callbacks = ({ name, sample, of1000 }: Kind): Measurable => ({
  name,
  of1000,
  async requests(count, first) {
    const text = (await readSamples()).get(sample) ?? '';
    const now = Date.now();
    const all: SignedRequest[] = [];
    for (let send = first; send < first + count; send++)
      all.push(await signedCallback(bodyOf(text, send, now), `${name}-${send}`, now));
    return all;
  },
});

/** The project of the gateway's requests. */
export const PROJECT = 'bench-project';

/** Requests to the gateway, each to another person, one at a time: more come to the pace of a project, 380 a second. */
const gateway: Measurable = {
  name: 'gateway',
  connections: 1,
  requests: async (count, first) =>
    Array.from({ length: count }, (_, at) => ({
      method: 'POST',
      path: `/send/v1/projects/${PROJECT}/messages:send`,
      headers: { authorization: 'Bearer bench', 'content-type': 'application/json' },
      body: JSON.stringify({
        app_id: '01JB1JEWE77B1WMNG5RADAGJ9R',
        recipient: {
          identified_by: {
            channel_identities: [{ channel: 'SMS', identity: String(46_900_000_000 + first + at) }],
          },
        },
        message: { text_message: { text: 'Your parcel is on its way.' } },
      }),
    })),
};

/** The gateway comes first: its own turn would pay for the queues that callbacks have left to work off. */
export const measurables: readonly Measurable[] = [gateway, ...MIX.map(callbacks)];

import { afterEach, beforeEach, vi } from 'vitest';
import { sendBySinch } from '../../../src/alerts/by-sinch.ts';
import { readAlerts } from '../../../src/alerts/config.ts';
import { openMail } from '../../../src/alerts/mail.ts';
import type { Transports } from '../../../src/alerts/send.ts';
import { createSinch } from '../../../src/simulator/sinch.ts';
import { openSinch } from '../../../src/sinch/client.ts';
import { NOW } from '../message.ts';
import { SECRETS, TRIALS } from './trials.ts';

/** The local Sinch, which also plays every provider of destinations. */
export const sinch = createSinch({ now: () => NOW });

/** What a test's messages met: the requests, the mails, the answers of the mail binding to come, and the timeout (ms, real time). */
export const network: {
  requests: Request[];
  mails: object[];
  mailAnswers: string[];
  timeout: number;
} = { requests: [], mails: [], mailAnswers: [], timeout: 0 };

/** Routes all requests of a test file to the local Sinch, and resets it before each test. */
export function useLocalProviders(): void {
  beforeEach(async () => {
    // Short only where a provider hangs, so that a busy machine does not count as a silent one.
    Object.assign(network, { requests: [], mails: [], mailAnswers: [], timeout: 10_000 });
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const controller = new AbortController();
      const reason = new DOMException('late', 'TimeoutError');
      setTimeout(() => controller.abort(reason), network.timeout);
      return controller.signal;
    });
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      network.requests.push(request.clone());
      const aborted = new Promise<never>((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
      return Promise.race([sinch.fetch(request), aborted]);
    });
    await sinch.request('/faults', { method: 'DELETE' });
    await sinch.request('/arrivals', { method: 'DELETE' });
  });
  afterEach(() => vi.restoreAllMocks());
}

/** The binding EMAIL, answering as a provider would. */
const EMAIL = {
  async send(mail: object) {
    network.mails.push(mail);
    const answer = network.mailAnswers.shift();
    if (answer === 'hang') await new Promise(() => {});
    if (answer) throw Object.assign(new Error(`to ${SECRETS.DEST_PHONE}`), { code: answer });
  },
};

export const objects = {
  recipients: {
    read: async () => [{ scopes: { all: false, marketing: true, notification: false } }],
    personOf: async ({ identity }: { identity: string }) => `hash of ${identity}`,
  },
  claims: { take: async () => 'taken', done: async () => {}, free: async () => {} },
  senders: {
    of: () => ({
      permit: async ({ count }: { count: number }) => ({ granted: count }),
      giveBack: async () => {},
    }),
  },
} as unknown as Parameters<typeof sendBySinch>[2]['objects']; // the calls that a send makes

const access = {
  projectId: 'local-project',
  keyId: 'local-key-id',
  keySecret: 'local-key-secret',
  apiUrl: 'https://sinch.test',
  authUrl: 'https://sinch.test',
};

export const transports: Transports = {
  now: () => NOW,
  blockedDomains: [],
  mail: openMail({ EMAIL }),
  sinch: (message, id) =>
    sendBySinch(message, id, {
      now: () => NOW,
      objects,
      sinch: () => openSinch(access, () => NOW),
    }),
  get timeout() {
    return network.timeout;
  },
};

/** An alerts.json with one destination `it` of a type. */
export const alertsWith = (type: string) =>
  readAlerts({ destinations: { it: { type, ...TRIALS[type]?.config } }, default: 'it' });

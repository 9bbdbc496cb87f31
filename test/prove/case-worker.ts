import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { signCallback } from '../../src/callbacks/signature.ts';
import type { RunningWorker } from '../clients/running-worker.ts';

const Fired = v.object({
  trigger: v.string(),
  fired: v.array(v.object({ rule: v.string(), actions: v.array(v.string()) })),
});
const Arrivals = v.object({
  arrivals: v.array(v.object({ kind: v.string(), body: v.record(v.string(), v.unknown()) })),
});
const Verdicts = v.object({
  results: v.array(
    v.object({ allowed: v.boolean(), reasons: v.array(v.looseObject({ code: v.string() })) }),
  ),
});
const Token = v.object({ access_token: v.string() });
const Sender = v.object({
  throttle: v.nullable(v.looseObject({ to: v.string(), until: v.string() })),
});
const Recipient = v.looseObject({
  suppressed: v.boolean(),
  scopes: v.record(v.string(), v.boolean()),
});

/** Asks of a may-send request. */
export interface Asked {
  readonly channel: string;
  readonly identity: string;
  readonly app_id: string;
  readonly content: string;
}

/** What a case does with a running Worker and sees at the local Sinch behind it. */
export function openCaseWorker({ url, sinchUrl, apiToken, webhookSecret }: RunningWorker) {
  const request = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${apiToken}`,
        'content-type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const json = async (path: string, body?: unknown): Promise<unknown> =>
    (await request(path, body)).json();
  const arrivals = async (kind: string, holds: string) => {
    const answer = await fetch(`${sinchUrl}/arrivals`);
    const all = v.parse(Arrivals, await answer.json()).arrivals;
    return all.filter((one) => one.kind === kind && JSON.stringify(one.body).includes(holds));
  };
  return {
    request,
    /** Sends a message through the gateway, as a client of Sinch does. */
    async gateway(body: unknown, headers: Record<string, string> = {}) {
      const granted = await fetch(`${sinchUrl}/oauth2/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('local-key-id:local-key-secret')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
      const { access_token } = v.parse(Token, await granted.json());
      return request('/send/v1/projects/local-project/messages:send', body, {
        authorization: `Bearer ${access_token}`,
        ...headers,
      });
    },
    /** Signs and posts a callback; returns its trigger and, by rule, the actions that were decided. */
    async send(text: string) {
      const body = new TextEncoder().encode(text);
      const headers = await signCallback(body, webhookSecret, {
        nonce: randomUUID(),
        timestamp: Math.floor(Date.now() / 1_000),
      });
      const answer = await fetch(`${url}/callbacks`, { method: 'POST', headers, body });
      const { trigger, fired } = v.parse(Fired, await answer.json());
      return { trigger, ...Object.fromEntries(fired.map(({ rule, actions }) => [rule, actions])) };
    },
    /** Asks may-send; returns for each recipient `true`, or the codes of the reasons. */
    async maySend(...recipients: readonly Asked[]) {
      const answer = await request('/v1/may-send', { recipients });
      const { results } = v.parse(Verdicts, await answer.json());
      return results.map(({ allowed, reasons }) => allowed || reasons.map(({ code }) => code));
    },
    recipient: async (channel: string, identity: string) =>
      v.parse(Recipient, await json(`/v1/recipients/${channel}/${identity}`)),
    throttle: async (appId: string) =>
      v.parse(Sender, await json(`/v1/senders/${appId}/WHATSAPP`)).throttle,
    /** Alerts that arrived and name something, as their severities and titles. */
    alerts: async (holds: string) =>
      (await arrivals('alert', holds)).map(({ body }) => `${body.severity}: ${body.title}`),
    /** How many messages were sent to somebody. */
    sent: async (holds: string) => (await arrivals('messages:send', holds)).length,
  };
}

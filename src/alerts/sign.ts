import { Webhook } from 'standardwebhooks';

/**
 * The headers of Standard Webhooks for a body: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
 * @param key `whsec_…` or plain base64; several, separated by spaces, all sign: so keys rotate without a gap
 * @param at milliseconds since 1970
 */
export function standardHeaders(key: string, id: string, at: number, body: string): Record<string, string> {
  const time = new Date(at);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': key
      .trim()
      .split(/\s+/)
      .map((one) => new Webhook(one).sign(id, time, body))
      .join(' '),
  };
}

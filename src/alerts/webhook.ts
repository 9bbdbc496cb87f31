import * as v from 'valibot';
import { defineDestination, json, Secret } from './destination.ts';
import { standardHeaders } from './sign.ts';

/** Any https endpoint: the notice as plain JSON, signed by Standard Webhooks where a key is given. */
export const webhook = defineDestination({
  type: 'webhook',
  description:
    'Any https endpoint, plain JSON, signed by Standard Webhooks when `key` is given. Also what `forward` sends to.',
  config: v.strictObject({ type: v.literal('webhook'), url: Secret, key: v.optional(Secret) }),
  secrets: ({ url, key }) => (key ? [url, key] : [url]),
  request(notice, { url, key }, reveal) {
    const plain = json(reveal(url), {
      id: notice.id,
      severity: notice.severity,
      title: notice.title,
      text: notice.text,
      rule: notice.rule,
      owner: notice.owner,
      why: notice.why,
      facts: notice.facts,
      callback: notice.callbackId,
      at: new Date(notice.at).toISOString(),
    });
    return key
      ? { ...plain, headers: { ...plain.headers, ...standardHeaders(reveal(key), notice.id, notice.at, plain.body) } }
      : plain;
  },
});

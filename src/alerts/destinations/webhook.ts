import * as v from 'valibot';
import { defineDestination, json, Secret } from './destination.ts';
import { linesOf, partsOf } from './parts.ts';

/** Any https endpoint: the message as plain JSON, signed by Standard Webhooks if there is a key. */
export const webhook = defineDestination({
  type: 'webhook',
  description:
    'Any https endpoint, plain JSON, signed by Standard Webhooks when `key` is given. `forward` needs such a destination.',
  entries: { url: Secret, key: v.optional(Secret) },
  secrets: ({ url, key }) => (key ? [url, key] : [url]),
  request(notice, { url, key }, reveal) {
    const time = (at: number) => new Date(at).toISOString();
    const body = {
      id: notice.id,
      alert: notice.alert,
      state: notice.state,
      ...(notice.test ? { test: true } : {}),
      severity: notice.severity,
      title: notice.title,
      text: notice.text,
      rule: notice.rule,
      sentence: notice.sentence,
      owner: notice.owner,
      why: notice.why,
      facts: notice.facts,
      callback: notice.callbackId,
      count: notice.count,
      others: notice.others,
      first_at: time(notice.firstAt),
      last_at: time(notice.lastAt),
      at: time(notice.at),
      next_step: notice.nextStep ?? null,
      link: notice.link ?? null,
    };
    const plain = json(reveal(url), body, linesOf(partsOf(notice)));
    return key ? { ...plain, signing: { key: reveal(key), id: notice.id, at: notice.at } } : plain;
  },
});

import * as v from 'valibot';
import { defineDestination, json, Secret } from './destination.ts';
import { linesOf, partsOf } from './parts.ts';

/** Any https endpoint: the message as plain JSON, signed by Standard Webhooks if there is a key. */
export const webhook = defineDestination({
  type: 'webhook',
  description:
    'Any https endpoint, plain JSON, signed by Standard Webhooks when `key` is given. `forward` needs such a destination.',
  transport: 'http',
  incidents: false,
  entries: { url: Secret, key: v.optional(Secret) },
  forwardTo: ({ url, key }) => (key ? { url, key } : undefined),
  secrets: ({ url, key }) => (key ? [url, key] : [url]),
  request(message, { url, key }, reveal) {
    const time = (at: number) => new Date(at).toISOString();
    const body = {
      id: message.id,
      alert: message.alert,
      state: message.state,
      ...(message.test ? { test: true } : {}),
      severity: message.severity,
      title: message.title,
      text: message.text,
      ...(message.about ? { about: message.about } : {}),
      rule: message.rule,
      sentence: message.sentence,
      owner: message.owner,
      why: message.why,
      facts: message.facts,
      callback: message.callbackId,
      count: message.count,
      others: message.others,
      ...(message.more > 0 ? { more: message.more } : {}),
      group_link: message.groupLink,
      first_at: time(message.firstAt),
      last_at: time(message.lastAt),
      ...(message.endedAt === undefined ? {} : { ended_at: time(message.endedAt) }),
      at: time(message.at),
      next_step: message.nextStep ?? null,
      link: message.link ?? null,
    };
    const plain = json(reveal(url), body, linesOf(partsOf(message)));
    return key
      ? { ...plain, signing: { key: reveal(key), id: message.id, at: message.at } }
      : plain;
  },
});

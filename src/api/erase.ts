import * as v from 'valibot';
import { Channel, defineOperation, Time, text } from './operation.ts';

/** Whom to erase: a contact of Sinch, or an address. */
export const Erasing = v.pipe(
  v.strictObject({
    contact_id: v.optional(text()),
    channel: v.optional(Channel),
    identity: v.optional(text()),
    app_id: v.optional(v.string(), ''),
    actor: text(100),
    reason: text(500),
  }),
  v.check(
    ({ contact_id, channel, identity }) =>
      contact_id !== undefined || (channel !== undefined && identity !== undefined),
    'expected contact_id, or channel and identity',
  ),
);

export const Erased = v.object({
  addresses: v.number(),
  stores: v.array(
    v.object({ store: v.string(), removed: v.number(), stays: v.optional(v.string()) }),
  ),
});

export const Erasures = v.object({
  erasures: v.array(
    v.object({
      at: Time,
      /** What the erasure named. Which one is not on record. */
      named: v.picklist(['contact', 'address', 'contact and address']),
      addresses: v.number(),
      removed: v.number(),
      actor: v.string(),
      reason: v.string(),
    }),
  ),
});

export const erase = defineOperation({
  name: 'erase',
  method: 'post',
  path: '/v1/erase',
  role: 'admin',
  summary: 'Erase what is kept about somebody',
  description:
    'Every store is visited; the report says what went, what stays, and why. Consent survives as a keyed hash.',
  body: Erasing,
  responses: { 200: { description: 'The report.', content: Erased } },
});

export const listErasures = defineOperation({
  name: 'listErasures',
  method: 'get',
  path: '/v1/erase',
  role: 'admin',
  summary: 'Who had people erased, and why',
  description:
    'Not of whom: what was named is taken out of `why`, too. One that removed nothing may have broken off.',
  responses: {
    200: {
      description: 'The newest 200 that were asked for by POST /v1/erase.',
      content: Erasures,
    },
  },
});

export const operations = [erase, listErasures] as const;

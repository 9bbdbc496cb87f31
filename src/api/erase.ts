import * as v from 'valibot';
import { Channel, defineOperation, Identity, Time, text } from './operation.ts';

/** The subject of an erasure: a contact id of Sinch, or an address. */
export const Erasing = v.pipe(
  v.strictObject({
    contact_id: v.optional(text()),
    channel: v.optional(Channel),
    identity: v.optional(Identity),
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
      /** Whether the erasure named a contact or an address. Which one is not stored. */
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
  summary: 'Erase the data of a person',
  description:
    'Erases in every store. The report lists what was removed, what stays, and why. Consent stays under a keyed hash.',
  body: Erasing,
  responses: { 200: { description: 'The report.', content: Erased } },
});

export const listErasures = defineOperation({
  name: 'listErasures',
  method: 'get',
  path: '/v1/erase',
  role: 'admin',
  summary: 'Erasures, with actor and reason',
  description:
    'The erased person is not named: the identity is removed from `reason`, too. An erasure that removed nothing may have been interrupted.',
  responses: {
    200: {
      description: 'The newest 200 requests of POST /v1/erase.',
      content: Erasures,
    },
  },
});

export const operations = [erase, listErasures] as const;

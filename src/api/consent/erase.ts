import * as v from 'valibot';
import { Moment } from '../decisions/decisions.ts';
import { Channel, defineOperation, Identity, Page, Time, text } from '../operation.ts';

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

const Erasure = v.object({
  id: v.string(),
  at: Time,
  /** What asked: `POST /v1/erase`, a rule, or an address that was reported after its contact was erased. */
  source: v.picklist(['request', 'rule', 'late']),
  actor: v.string(),
  reason: v.string(),
  rule: v.nullable(v.string()),
  /** The callback that made the rule fire. */
  decision_id: v.nullable(v.string()),
  /** Whether the erasure named a contact or addresses; `none` if neither. Which ones is stored only as a keyed hash. */
  named: v.picklist(['contact', 'address', 'contact and address', 'none']),
  /** `started`: under way, or interrupted. That of a rule is tried again, and is a dead letter in the end. */
  state: v.picklist(['started', 'done']),
  ended_at: v.nullable(Time),
  /** How many addresses were known of the person. */
  addresses: v.number(),
  removed: v.number(),
  /** How much was removed from which store. */
  stores: v.array(v.object({ store: v.string(), removed: v.number() })),
});

export const Erasures = v.object({
  erasures: v.array(Erasure),
  /** Continues after the last entry: `?cursor=`; null at the end. */
  next: v.nullable(v.string()),
});
export type Erasures = v.InferOutput<typeof Erasures>;

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
  path: '/v1/erasures',
  role: 'admin',
  summary: 'Erasures: who or what asked, when, what was erased',
  description:
    'By request, by rule, and of addresses that were reported after the erasure of their contact; newest first. The erased person is not named: contact and addresses are removed from `reason`, too. Give `contact_id`, or `channel` and `identity`, in plain form to find the erasures of one person; they are hashed before the search.',
  query: {
    since: v.optional(Moment),
    until: v.optional(Moment),
    source: v.optional(v.picklist(['request', 'rule', 'late'])),
    state: v.optional(v.picklist(['started', 'done'])),
    rule: v.optional(text()),
    contact_id: v.optional(text()),
    channel: v.optional(Channel),
    identity: v.optional(text()),
    app_id: v.optional(text()),
    cursor: v.optional(v.pipe(v.string(), v.maxLength(400))),
    limit: v.optional(Page, '50'),
  },
  refuses: ['bad_request'],
  responses: { 200: { description: 'A page of erasures.', content: Erasures } },
});

export const operations = [erase, listErasures] as const;

import * as v from 'valibot';
import { defineAction } from './action.ts';

/** Passes the callback on, as it came, signed by Standard Webhooks. `webhook-id` is the callback's id: receivers can tell a repeat. */
export const forward = defineAction({
  name: 'forward',
  kind: 'effect',
  description:
    'Sends the callback, as it came, to a destination of alerts.json, signed by Standard Webhooks. Those with the same `ordering_key`, a text with facts like `{{conversation_id}}`, arrive in the order in which they came; without one, or where it is empty, none waits for another.',
  params: v.strictObject({
    to: v.pipe(v.string(), v.nonEmpty()),
    ordering_key: v.optional(v.string()),
  }),
  templates: ['ordering_key'],
  carriesBody: true,
  references: { to: 'destination' },
  summary: ({ to, ordering_key: key }) =>
    `forward the callback to the destination ${to}${key ? `, in order for each ${key}` : ''}`,
  line: ({ to, ordering_key: key }) => (key?.trim() ? `${to}\n${key}` : undefined),
  async deliver({ to, ordering_key: key }, { subject, body, forward: pass }) {
    await pass(to, subject.callbackId, await body(), key?.trim() ? key : undefined);
    return { did: `forwarded to ${to}` };
  },
});

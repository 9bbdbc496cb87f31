import * as v from 'valibot';
import { described } from '../rules/model/values.ts';
import { defineAction } from './action.ts';

/**
 * Forwards the callback unchanged, signed by Standard Webhooks. `webhook-id` is the callback's id: receivers recognise a repeat by it.
 * A receiver may be down over a weekend, so it is tried for three days.
 */
export const forward = defineAction({
  name: 'forward',
  kind: 'effect',
  description:
    'Sends the callback unchanged to a destination of alerts.json, signed by Standard Webhooks. Callbacks with the same `ordering_key`, a text with facts like `{{conversation_id}}`, arrive in order; without one, or when it is empty, none waits for another.',
  params: v.strictObject({
    to: described('A destination of alerts.json.', v.pipe(v.string(), v.nonEmpty())),
    ordering_key: v.optional(
      described(
        'Callbacks with the same text here arrive in order, like {{conversation_id}}.',
        v.string(),
      ),
    ),
  }),
  templates: ['ordering_key'],
  carriesBody: true,
  references: { to: 'destination' },
  holdable: true,
  budget: { count: 20_000, within: '1h', over: 'hold' },
  queue: 'forwards',
  retryFor: '3d',
  destination: ({ to }) => to,
  summary: ({ to, ordering_key: key }) =>
    `forward the callback to the destination ${to}${key ? `, in order for each ${key}` : ''}`,
  orderingKey: ({ to, ordering_key: key }) => (key?.trim() ? `${to}\n${key}` : undefined),
  async deliver({ to, ordering_key: key }, { subject, body, forward: send }) {
    return send(to, subject.callbackId, await body(), key?.trim() ? key : undefined);
  },
});

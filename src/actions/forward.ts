import * as v from 'valibot';
import { defineAction } from './action.ts';

/** Passes the callback on, as it came, signed by Standard Webhooks. `webhook-id` is the callback's id: receivers can tell a repeat. */
export const forward = defineAction({
  name: 'forward',
  kind: 'effect',
  description: 'Sends the callback, as it came, to a destination of alerts.json, signed by Standard Webhooks.',
  params: v.strictObject({ to: v.pipe(v.string(), v.nonEmpty()) }),
  carriesBody: true,
  names: { to: 'destination' },
  says: ({ to }) => `forward the callback to the destination ${to}`,
  async deliver({ to }, { subject, body, forward: pass }) {
    await pass(to, subject.callbackId, await body());
    return { did: `forwarded to ${to}` };
  },
});

import * as v from 'valibot';
import type { CapabilityQuery } from './send-request.ts';

/** The body of `PUT /capabilities`: what Sinch reports from now on about an address. */
export const CapabilityOrder = v.strictObject({
  channel: v.string(),
  identity: v.string(),
  capability_status: v.string(),
  /** Only the shape of the reference pages carries it. */
  display_name: v.optional(v.string()),
});
export type CapabilityOrder = v.InferOutput<typeof CapabilityOrder>;

/** What Sinch finds out about addresses. */
export interface Capabilities {
  readonly put: (order: CapabilityOrder) => void;
  /** Returns the CAPABILITY callbacks that answer a query: one for each address, in the specification's shape, with a name in that of the reference pages. */
  readonly answer: (
    query: CapabilityQuery,
    requestId: string,
    addresses: readonly { readonly channel: string; readonly identity: string }[],
  ) => readonly object[];
}

/** Opens an empty list: every address is reached (`CAPABILITY_FULL`) until an order says otherwise. */
export function openCapabilities(projectId: string, now: () => number): Capabilities {
  const orders = new Map<string, CapabilityOrder>();
  const keyOf = ({ channel, identity }: { readonly channel: string; readonly identity: string }) =>
    `${channel} ${identity}`;
  return {
    put: (order) => void orders.set(keyOf(order), order),
    answer: ({ app_id, recipient }, request_id, addresses) =>
      addresses.map((address) => {
        const { channel, identity } = address;
        const order = orders.get(keyOf(address));
        const time = new Date(now()).toISOString();
        return {
          ...{ app_id, project_id: projectId, accepted_time: time, event_time: time },
          ...{ message_metadata: '', correlation_id: '' },
          capability_notification: {
            ...{ request_id, contact_id: recipient.contact_id ?? '', channel, identity },
            capability_status: order?.capability_status ?? 'CAPABILITY_FULL',
            ...(order?.display_name
              ? {
                  channel_recipient_identities: [
                    { channel_identity: { channel, identity }, display_name: order.display_name },
                  ],
                }
              : { channel_capabilities: [] }),
          },
        };
      }),
  };
}

import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';

/** A contact at Sinch: its id and its addresses. */
export interface SinchContact {
  readonly id: string;
  readonly addresses: readonly Address[];
}

/** The response of `GET /contacts/{id}`. Source: Sinch specification, Contact. */
const Stored = v.looseObject({
  id: v.optional(v.string()),
  channel_identities: v.optional(
    v.array(
      v.looseObject({
        channel: v.optional(v.string()),
        identity: v.optional(v.string()),
        app_id: v.optional(v.string()),
      }),
    ),
  ),
});

/** Reads a contact; `id`: the one that was asked for. */
export function readContact(answer: unknown, id: string): SinchContact {
  const { channel_identities: identities = [] } = v.parse(Stored, answer);
  return {
    id,
    addresses: identities.flatMap(({ channel, identity, app_id: appId = '' }) =>
      channel && identity ? [{ channel, identity, appId }] : [],
    ),
  };
}
